import { describe, expect, it } from "vitest";
import { dates, importTexts, long } from "./testing.ts";

const flow =
  "columns: { site_id: site_id, date: time, discharge_cms: { from: Q_m3s, aggregate: mean }, prcp_mm: { from: rain_mm, unit: mm, aggregate: sum } }\n";
const berlin = `${flow}time_zone: Europe/Berlin\n`;

/** 1 mm at every step of some days, at times as `spell` writes them. */
function steps(
  from: string,
  days: number,
  minutes: number,
  phase = 0,
  spell = (utc: Date) => utc.toISOString(),
): string {
  const rows = Array.from({ length: (days * 1440) / minutes }, (_, i) =>
    spell(new Date(Date.parse(from) + (phase + i * minutes) * 60_000)),
  );
  return `site_id,time,Q_m3s,rain_mm\n${rows.map((time) => `01,${time.replace(":00.000Z", "Z")},2,1`).join("\n")}\n`;
}

describe("days on which clocks change have the hours that they have", () => {
  const rain = async (text: string, mapping = berlin) => {
    const { lines, notes } = await importTexts({ "a.csv": text }, { mapping });
    return {
      notes,
      days: lines("input_file.csv")
        .slice(1)
        .map((line) => line.slice(8)),
    };
  };

  it("23 in spring and 25 in autumn; only the day that is cut at the end lacks some", async () => {
    const last = (whole: string) =>
      `prcp_mm is left empty on 1 day (over all sites) with fewer than ${whole}`;
    const spring = await rain(steps("2001-03-23T23:00Z", 3, 60));
    expect(spring.days).toEqual(["03-24,24", "03-25,23", "03-26,24"]);
    expect(spring.notes).toEqual([expect.stringContaining("discharge_cms"), last("100 % of 24 values")]);
    const autumn = await rain(steps("2001-10-26T22:00Z", 3, 60));
    expect(autumn.days).toEqual(["10-27,24", "10-28,25"]);
    expect(autumn.notes).toEqual([last("100 % of 24 values")]);
    expect((await rain(steps("2001-10-26T22:00Z", 4, 60))).days).toEqual([
      "10-27,24",
      "10-28,25",
      "10-29,24",
    ]);
  });

  it("one hour fewer is one too few", async () => {
    const text = steps("2001-03-23T23:00Z", 4, 60).replace(/.*2001-03-25T05:00Z.*\n/, "");
    const { days, notes } = await rain(text);
    expect(days).toEqual(["03-24,24", "03-26,24", "03-27,24"]);
    expect(notes).toContain(
      "prcp_mm is left empty on 1 day (over all sites) with fewer than 100 % of 23 values",
    );
  });

  it("in steps of three hours, the change falls between two of them or not", async () => {
    expect((await rain(steps("2001-03-24T00:00Z", 3, 180))).days).toEqual(["03-24,8", "03-25,8", "03-26,8"]);
    expect((await rain(steps("2001-03-24T00:00Z", 3, 180, 60))).days).toEqual([
      "03-24,8",
      "03-25,7",
      "03-26,8",
    ]);
  });

  it("that are written in local time have the hour of the change twice, or lack it", async () => {
    const local = (utc: Date) => {
      const hour = new Date(utc.getTime() + (utc.toISOString() < "2001-10-28T01:00" ? 7.2e6 : 3.6e6));
      return hour.toISOString().slice(0, 16);
    };
    const text = steps("2001-10-26T22:00Z", 4, 60, 0, local);
    expect((await rain(text)).days).toEqual(["10-27,24", "10-28,25", "10-29,24"]);
    const once = text.replace(/.*2001-10-28T02:00.*\n/, "");
    expect((await rain(once)).days).toEqual(["10-27,24", "10-29,24"]);
    expect((await rain(once, flow)).days).toEqual(["10-27,24", "10-28,24", "10-29,24"]);
  });
});

it("one value a day is the day's value on days of 23 and 25 hours too", async () => {
  const midnights = dates(40, "2001-10-10").map((date) => {
    const summer = date <= "2001-10-28";
    const before = new Date(Date.parse(date) - (summer ? 2 : 1) * 3_600_000).toISOString();
    return `01,${before},${date.slice(8)},1`;
  });
  const { lines, notes } = await importTexts(
    { "a.csv": `site_id,date,discharge_cms,prcp_mm\n${midnights.join("\n")}\n` },
    {
      mapping:
        "time_zone: Europe/Berlin\ncolumns: { site_id: site_id, date: date, discharge_cms: { from: discharge_cms, aggregate: mean }, prcp_mm: { from: prcp_mm, aggregate: sum } }",
    },
  );
  expect(notes).toEqual([]);
  expect(lines("obs_file.csv").slice(19, 21)).toEqual(["01,2001-10-28,28", "01,2001-10-29,29"]);
  expect(lines("input_file.csv")).toHaveLength(41);
});

describe("24:00", () => {
  it.each(["24:00", "24:00:00", "24:00Z"])(
    "in all rows (%s) is the end of the day that is written",
    async (time) => {
      const text = long("site_id,date,discharge_cms,prcp_mm", (day) => `${day},1`).replace(
        /2001-01-\d\d/g,
        `$& ${time}`,
      );
      const { lines } = await importTexts({ "a.csv": text });
      expect([lines("obs_file.csv")[1], lines("obs_file.csv")[20]]).toEqual([
        "01,2001-01-01,0",
        "01,2001-01-20,19",
      ]);
      const given = await importTexts({ "a.csv": text }, { mapping: "time_zone: Europe/Berlin" });
      expect(given.lines("obs_file.csv")[1]).toBe("01,2001-01-01,0");
    },
  );

  it("among other hours is the first moment of the next day", async () => {
    const text = steps("2001-01-01T01:00Z", 3, 60, 0, (utc) => utc.toISOString().slice(0, 16)).replace(
      /2001-01-0(\d)T00:00/g,
      (_, day) => `2001-01-0${day - 1}T24:00`,
    );
    const { lines } = await importTexts({ "a.csv": text }, { mapping: flow });
    expect(lines("input_file.csv").slice(1)).toEqual(["01,2001-01-02,24", "01,2001-01-03,24"]);
  });
});
