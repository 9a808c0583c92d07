import { describe, expect, it } from "vitest";
import { edited, found, headers, soundRows, text } from "./testing.ts";

const error = "error obs_file.csv 01022500: discharge_cms, the primary, ";
const leaveOut = ": leave the site out, list the others under `sites:` of the config";

/** The sound observations, one column of the first site changed: 2 is discharge_cms, 3 temp_c. */
const firstSite = (column: number, value: (text: string) => string) =>
  edited("observations", (rows) => {
    for (const [i, row] of rows.entries()) {
      const cells = row.split(",");
      if (cells[0] === "01022500") cells[column] = value(cells[column]!);
      rows[i] = cells.join(",");
    }
  });
const noFlow = { observations: firstSite(2, () => "") };
const noTemperature = { observations: firstSite(3, () => "") };

describe("a primary from which nothing can be learnt is an error", () => {
  it("where it was never observed, and its site alone", async () => {
    expect(await found(noFlow)).toEqual([`${error}was never observed${leaveOut}`]);
  });

  it("where it is the same on every day that was observed", async () => {
    // A run refuses this too; 0 is no stuck instrument.
    expect(await found({ observations: firstSite(2, (text) => (text === "" ? "" : "0.000")) })).toEqual([
      `${error}is the same on every observed day${leaveOut}`,
    ]);
  });

  it("where the one that is named is not there", async () => {
    expect(await found({}, undefined, { primary: "stage_m" })).toEqual([
      'error obs_file.csv: it has no column "stage_m", the primary',
    ]);
  });
});

describe("it is a remark", () => {
  it("of another variable", async () => {
    expect(await found(noTemperature)).toEqual(["warning obs_file.csv 01022500: temp_c was never observed"]);
    const named = { primary: "temp_c" };
    expect(await found(noFlow, undefined, named)).toEqual([
      "warning obs_file.csv 01022500: discharge_cms was never observed",
    ]);
    expect(await found(noTemperature, undefined, named)).toEqual([
      `error obs_file.csv 01022500: temp_c, the primary, was never observed${leaveOut}`,
    ]);
  });

  it("that a primary has a value once a month, or once in seven days", async () => {
    const few = (every: number) => {
      let day = 0;
      return { observations: firstSite(2, (text) => (day++ % every === 0 ? text || "1.5" : "")) };
    };
    const remarks = await found(few(7));
    expect(remarks).toHaveLength(1);
    expect(remarks[0]).toMatch(
      /^warning obs_file\.csv 01022500: discharge_cms, the primary, was observed on few days: a run takes each value for that of its day, so weekly or monthly means would be wrong/,
    );
    expect(await found(few(5))).toEqual([]);
  });

  it("of a site that no run takes", async () => {
    const remark = "warning obs_file.csv 01022500: discharge_cms was never observed";
    expect(await found(noFlow, undefined, { sites: ["01435000"] })).toEqual([remark]);
    expect(await found({ ...noFlow, sites: "site_id\n01435000\n" })).toContain(remark);
    expect(await found({ ...noFlow, sites: null })).toContain(`${error}was never observed${leaveOut}`);
  });
});

it("without discharge_cms the first variable is the primary", async () => {
  const rows = soundRows().observations;
  const header = headers.observations.replace("discharge_cms", "stage_m");
  expect(await found({ observations: text(header, rows) })).toEqual([]);
  const unobserved = rows.map((row) => row.replace(/,[^,]*(,[^,]*)$/, ",$1"));
  expect(await found({ observations: text(header, unobserved) })).toEqual(
    ["01022500", "01435000"].map(
      (site) => `error obs_file.csv ${site}: stage_m, the primary, was never observed${leaveOut}`,
    ),
  );
});
