import { describe, expect, it } from "vitest";
import { edited, type Files, found, headers, soundRows, text } from "./testing.ts";

describe("what looks odd is a warning", () => {
  const shift = (kind: "observations" | "drivers", column: number, change: (value: number) => number) =>
    edited(kind, (rows) => {
      for (const [i, row] of rows.entries()) {
        const cells = row.split(",");
        if (cells[column] !== "") cells[column] = change(Number(cells[column])).toFixed(3);
        rows[i] = cells.join(",");
      }
    });
  const cases: [string, () => Files, string][] = [
    [
      "negative flow",
      () => ({
        observations: edited("observations", (rows) => {
          rows[5] = "01022500,2001-01-06,-0.5,2";
        }),
      }),
      "discharge_cms is negative",
    ],
    [
      "boiling water",
      () => ({
        observations: edited("observations", (rows) => {
          rows[5] = "01022500,2001-01-06,1,99";
        }),
      }),
      "temp_c is above 42",
    ],
    [
      "days out of order",
      () => ({
        observations: edited("observations", (rows) => {
          rows.splice(3, 2, rows[4]!, rows[3]!);
        }),
      }),
      "days are not in order",
    ],
    [
      "Fahrenheit",
      () => ({ observations: shift("observations", 3, (c) => 1.8 * c + 32) }),
      "temp_c has an unlikely mean: is its unit degrees Fahrenheit or kelvin?",
    ],
    [
      "rain in metres",
      () => ({ drivers: shift("drivers", 2, (mm) => mm / 1000) }),
      "prcp_mm has an unlikely mean: is its unit inches, metres",
    ],
    [
      "a stuck instrument",
      () => ({ observations: shift("observations", 3, () => 7.5) }),
      "temp_c is the same for 30 days or more",
    ],
    [
      "weekly values on all days",
      () => ({
        observations: edited("observations", (rows) => {
          for (const [i, row] of rows.entries())
            rows[i] = row.replace(/[^,]*$/, rows[i - (i % 7)]!.split(",").at(-1)!);
        }),
      }),
      "temp_c repeats the value of the day before on most days: are these weekly or monthly values?",
    ],
    [
      "a variable never observed",
      () => ({
        observations: edited("observations", (rows) => {
          for (const [i, row] of rows.entries()) rows[i] = row.replace(/[^,]*$/, "");
        }),
      }),
      "temp_c was never observed",
    ],
    ["swapped extremes", () => ({ drivers: shift("drivers", 3, (c) => c + 40) }), "tmin_c is above tmax_c"],
    [
      "a file cut in its last line",
      () => ({ observations: text(headers.observations, soundRows().observations).slice(0, -2) }),
      "does not end in a line feed: is the file complete?",
    ],
    [
      "an unlisted site",
      () => ({ sites: "site_id\n01022500\n" }),
      "the site is not listed: `sites: all` leaves it out",
    ],
    [
      "observations beyond the drivers",
      () => ({
        observations: edited("observations", (rows) => {
          rows.push("01022500,2009-01-01,1,2");
        }),
      }),
      "observations reach beyond the drivers",
    ],
    [
      "seven digits",
      () => ({
        observations: text(headers.observations, ["1022500,2001-01-01,1,2"]),
        drivers: text(headers.drivers, ["1022500,2001-01-01,1,2,3"]),
      }),
      "the id has seven digits",
    ],
  ];
  it.each(cases)("%s", async (_, files, message) => {
    const messages = await found(files());
    expect(messages.filter((one) => one.startsWith("warning")).join("\n")).toContain(message);
  });

  it("more flow than falls as rain, where the area is known", async () => {
    // 8 m3/s of 200 km2 are 3.5 mm a day, 2.5 mm fall; in cubic feet per second the same flow is 35 times as much
    const ofArea = (area: number) => text("site_id,drainage_area_km2", [`01022500,${area}`, "01435000,"]);
    const odd = "warning obs_file.csv 01022500: discharge_cms is more than three times the precipitation";
    const inFeet = shift("observations", 2, (flow) => flow * 35.3147);
    expect((await found({ sites: ofArea(200) })).join("\n")).not.toContain("three times");
    expect((await found({ sites: ofArea(200), observations: inFeet })).join("\n")).toContain(odd);
    expect((await found({ observations: inFeet })).join("\n")).not.toContain("three times"); // no area
    // 77 square miles are 199.4 km2; 77 km2 would make of the same flow 9 mm a day
    const inMiles = text("site_id,drain_area_sqmi", ["01022500,77", "01435000,"]);
    expect((await found({ sites: inMiles })).join("\n")).not.toContain("three times");
    expect((await found({ sites: ofArea(77) })).join("\n")).toContain(odd);
    expect((await found({ sites: inMiles, observations: inFeet })).join("\n")).toContain(odd);
  });

  it("no seven digits where sites.csv names another source than the USGS", async () => {
    const files = {
      observations: text(headers.observations, ["1022500,2001-01-01,1,2"]),
      drivers: text(headers.drivers, ["1022500,2001-01-01,1,2,3"]),
    };
    const from = (source: string) => ({ ...files, sites: `site_id,source\n1022500,${source}\n` });
    expect((await found(from("CAMELS-CL"))).join("\n")).not.toContain("seven digits");
    for (const source of ["", "USGS"])
      expect((await found(from(source))).join("\n")).toContain("seven digits");
  });

  it("cfs under the name of cms", async () => {
    const both = soundRows().observations.map((row) => row.replace(/,([^,]*),[^,]*$/, ",$1,$1"));
    const messages = await found({ observations: text("site_id,date,discharge_cfs,discharge_cms", both) });
    expect(messages).toContain(
      "warning obs_file.csv 01022500: discharge_cms is not discharge_cfs x 0.0283168",
    );
  });
});
