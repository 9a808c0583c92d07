import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkFolder } from "../check/check-folder.ts";
import { formatFinding } from "../check/format-report.ts";
import { newFolder } from "../testing/files.ts";
import { dates, failure, flows, importTexts, long, weather } from "./testing.ts";

describe("dates", () => {
  const dated = (spell: (date: string, day: number) => string) =>
    long("site_id,date,discharge_cms", (day) => String(day)).replace(/2001-01-(\d\d)/g, (date, day) =>
      spell(date, +day),
    );

  it("that may be read in two ways", async () => {
    expect(
      await failure({
        "a.csv": dated((_, day) => `0${(day % 9) + 1}/0${Math.floor(day / 9) + 1}/2001`),
        "b.csv": weather,
      }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": its dates may be read in 2 ways, and no value in the column "date" tells which
        DD/MM/YYYY  "02/01/2001" is 2 January 2001
        MM/DD/YYYY  "02/01/2001" is 1 February 2001
        key         files > "a.csv" > columns > date > format
        Edit out/mapping.proposed.yml and run the command again with --mapping out/mapping.proposed.yml"
    `);
  });

  it("of no form, of two forms, with years of two digits", async () => {
    expect(
      await failure({ "a.csv": dated((_, day) => `day ${day}`), "b.csv": weather }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": its column "date" holds "day 1", which is not a date in a known format
        known forms  YYYY-MM-DD; YYYYMMDD; DD.MM.YYYY; DD/MM/YYYY; MM/DD/YYYY; D MMM YYYY; MMM D, YYYY; YYYY-DDD
        Write dates like 2018-01-31."
    `);
    expect(
      await failure({
        "a.csv": dated((date, day) =>
          day % 2 === 0 ? `${day}.1.2001` : date === "2001-01-07" ? "?!" : date,
        ),
        "b.csv": weather,
      }),
    ).toMatchInlineSnapshot(
      `
      "Cannot import "a.csv": no date format fits most values of its column "date"
        it begins with  2001-01-01
        not DD.MM.YYYY  "2001-01-01" in line 2
        not YYYY-MM-DD  "2.1.2001" in line 3
        Write all dates in one format, preferably 2018-01-31."
    `,
    );
    expect(
      await failure({ "a.csv": dated((_, day) => `${day}.1.01`), "b.csv": weather }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": its column "date" holds "1.1.01", which is not a date in a known format
        known forms  YYYY-MM-DD; YYYYMMDD; DD.MM.YYYY; DD/MM/YYYY; MM/DD/YYYY; D MMM YYYY; MMM D, YYYY; YYYY-DDD
        Years need four digits."
    `);
  });

  it("not of the form that the mapping says", async () => {
    expect(
      await failure(
        { "a.csv": dated((date) => date), "b.csv": weather },
        { mapping: "columns: { date: { from: date, format: DD.MM.YYYY } }" },
      ),
    ).toMatchInlineSnapshot(
      `
      "Cannot import "a.csv": line 2: "2001-01-01" is not a date in the format DD.MM.YYYY, nor are most values of its column "date"
        Say in the mapping which format they have: YYYY-MM-DD; YYYYMMDD; DD.MM.YYYY; DD/MM/YYYY; MM/DD/YYYY; D MMM YYYY; MMM D, YYYY; YYYY-DDD"
    `,
    );
  });

  it("a day twice", async () => {
    expect(
      await failure({ "a.csv": `${flows}01,2001-01-05,9\n`, "b.csv": weather }, { strict: true }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": site 01 has 2001-01-05 twice
        first  line 6 of a.csv
        again  line 42 of a.csv
        A site can have each day only once: remove one of the two lines. If the times are in a column of their own, join it with the dates."
    `);
    expect(
      await failure({
        "a.csv": flows,
        "b.csv": weather,
        "c.csv": long("site_id,date,Q_cfs,temp_c", () => "1,2"),
      }),
    ).toMatchInlineSnapshot(`
      "Cannot import "c.csv": it gives discharge_cms of site 01 on 2001-01-01, and so does another line or file
        again  line 2 of c.csv
        Leave one of the lines or files out, or take the column out of its mapping."
    `);
  });
});

describe("gaps in drivers", () => {
  it("are found by the check of the folder, with site and first day", async () => {
    const gappy = long("site_id,date,prcp_mm,tmax_c", (_, date) =>
      date === "2001-01-07" ? "1," : "1,5",
    ).replace(/01,2001-01-1[12].*\n/g, "");
    const { folder } = await importTexts({ "a.csv": flows, "b.csv": gappy });
    const { findings } = await checkFolder(join(folder, "out"));
    expect(
      findings.filter(({ level }) => level === "error").map((one) => formatFinding(one)),
    ).toMatchInlineSnapshot(`
      [
        "input_file.csv, site 01: tmax_c is missing; first: line 8, 2001-01-07: """,
        "input_file.csv, site 02: tmax_c is missing; first: line 26, 2001-01-07: """,
        "input_file.csv, site 01: a day is missing between the first and the last (2 times); first: 2001-01-11",
      ]
    `);
    expect(existsSync(join(folder, "out/config.yml"))).toBe(true);
  });
});

describe("values of parts of a day", () => {
  const hours = (unit: string, zone = "") =>
    `site_id,time,${unit},rain_mm\n${dates(20)
      .flatMap((date, day) =>
        Array.from(
          { length: 24 },
          (_, hour) => `01,${date} ${String(hour).padStart(2, "0")}:00${zone},${day + hour / 100},0.5`,
        ),
      )
      .join("\n")}\n`;
  const rules =
    "columns: { site_id: site_id, date: time, discharge_cms: { from: Q_m3s, aggregate: mean }, prcp_mm: { from: rain_mm, unit: mm, aggregate: sum } }\n";

  it("need a rule", async () => {
    expect(await failure({ "a.csv": hours("Q_m3s") })).toMatchInlineSnapshot(`
      "Cannot import "a.csv": it has several values a day, and a run needs one
        times           2001-01-01 00:00, 2001-01-01 01:00
        proposed rules  discharge_cms: mean, prcp_mm: sum
        key             files > "a.csv" > columns > aggregate (mean, sum, min or max) of each column
        If the proposed rules are right, run the command again with --mapping out/mapping.proposed.yml; else edit that file first."
    `);
  });

  it("are all named, and nothing needs editing where the proposal is right", async () => {
    const flow = hours("Q_m3s").replaceAll(/,[^,\n]*$/gm, "");
    const rain = hours("x").replaceAll(/^((?:[^,\n]*,){2})[^,\n]*,/gm, "$1");
    const folder = newFolder();
    const files = { "a.csv": flow, "b.csv": rain };
    const told = await failure(files, { folder });
    expect(told).toContain('\n  also open: "b.csv": it has several values a day, and a run needs one\n');
    expect(told).toContain("If the proposed rules are right, run the command again with --mapping");
    const mapping = readFileSync(join(folder, "out/mapping.proposed.yml"), "utf8");
    const { lines } = await importTexts(files, { folder, mapping, yes: false });
    expect(lines("input_file.csv")[1]).toBe("01,2001-01-01,12");
  });

  it("of the right kind", async () => {
    expect(await failure({ "a.csv": hours("Q_m3s") }, { mapping: "aggregate: mean" })).toMatchInlineSnapshot(`
      "Cannot import "a.csv": prcp_mm is in mm, an amount in an interval: the mean of a day's values is not the day's amount
        Use aggregate: sum."
    `);
    expect(await failure({ "a.csv": hours("Q_m3s") }, { mapping: "aggregate: sum" })).toMatchInlineSnapshot(`
      "Cannot import "a.csv": discharge_cms is in m3/s, a rate or a state: its values of a day cannot be added
        Use aggregate: mean."
    `);
  });

  it("become daily ones; a day with too few has none", async () => {
    const text = hours("Q_m3s").replace(/01,2001-01-05 (0[0-9]).*\n/g, "");
    const { lines } = await importTexts({ "a.csv": text }, { mapping: rules });
    expect(lines("obs_file.csv").slice(1, 6)).toMatchInlineSnapshot(`
      [
        "01,2001-01-01,0.115",
        "01,2001-01-02,1.115",
        "01,2001-01-03,2.115",
        "01,2001-01-04,3.115",
        "01,2001-01-06,5.115",
      ]
    `);
    expect(lines("input_file.csv").slice(1, 6)).toMatchInlineSnapshot(`
      [
        "01,2001-01-01,12",
        "01,2001-01-02,12",
        "01,2001-01-03,12",
        "01,2001-01-04,12",
        "01,2001-01-06,12",
      ]
    `);
    const half = await importTexts({ "a.csv": text }, { mapping: `${rules}minimum_share: 0.5\n` });
    expect(half.lines("obs_file.csv")[5]).toMatchInlineSnapshot(`"01,2001-01-05,4.165"`);
  });

  it("that stand twice stop the import, and days with too few are counted", async () => {
    const twice = hours("Q_m3s").replace(/^01,2001-01-03.*\n/gm, "$&$&");
    expect(await failure({ "a.csv": twice }, { mapping: rules })).toMatchInlineSnapshot(`
      "Cannot import: site 01 has 48 values of discharge_cms on 2001-01-03, and a day has 24 of them
        Duplicate lines look like this: remove them."
    `);
    const text = hours("Q_m3s").replace(/01,2001-01-05 (0[0-9]).*\n/g, "");
    const { notes } = await importTexts({ "a.csv": text }, { mapping: rules });
    expect(notes).toMatchInlineSnapshot(`
      [
        "discharge_cms is left empty on 1 day (over all sites) with fewer than 80 % of 24 values",
        "prcp_mm is left empty on 1 day (over all sites) with fewer than 100 % of 24 values",
      ]
    `);
  });

  it("that overlap by a row are told, since clocks may have changed", async () => {
    const text = hours("Q_m3s").replace(/^01,2001-01-03 00.*\n/gm, "$&$&");
    const { notes } = await importTexts({ "a.csv": text }, { mapping: rules });
    const why = "and all of them count: if clocks do not change then, files overlap or lines are repeated";
    expect(notes).toEqual([
      `discharge_cms has more than 24 values on 1 day (over all sites), ${why}`,
      `prcp_mm has more than 24 values on 1 day (over all sites), ${why}`,
    ]);
  });

  it("with a zone need the zone of the days", async () => {
    expect(await failure({ "a.csv": hours("Q_m3s", "Z") }, { mapping: rules })).toMatchInlineSnapshot(`
      "Cannot import "a.csv": its times have a time zone, and the zone of the sites decides the day of a value
        for example  2001-01-01 00:00Z
        zones        UTC, America/New_York, Europe/Berlin, +01:00 and the like
        key          files > "a.csv" > time_zone
        Edit out/mapping.proposed.yml and run the command again with --mapping out/mapping.proposed.yml"
    `);
    const { lines } = await importTexts(
      { "a.csv": hours("Q_m3s", "Z") },
      { mapping: `${rules}time_zone: America/New_York\n` },
    );
    expect(lines("obs_file.csv").slice(1, 4)).toMatchInlineSnapshot(`
      [
        "01,2001-01-01,0.3233333333",
        "01,2001-01-02,1.323333333",
        "01,2001-01-03,2.323333333",
      ]
    `);
  });
});
