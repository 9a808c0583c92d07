import { describe, expect, it } from "vitest";
import { dates, failure, flows, importTexts, long, weather } from "./testing.ts";

/** A table with a column for each of `names` beside the date. */
const wide = (names: readonly string[]) =>
  `date,${names.join()}\n${dates(20)
    .map((date, i) => [date, ...names.map((_, at) => i + at / 2)].join())
    .join("\n")}\n`;

describe("a column for each site", () => {
  it.each([
    ["01 (m3/s)", "02 (m3/s)"],
    ["01", "02", "Mean"],
    ["Q_01 [m3/s]", "Q_02 [l/s]"],
  ])("%s, %s: says what the names should be", async (...names) => {
    const message = await failure({ "flow_cms.csv": wide(names), "p.csv": weather });
    expect(message).toContain(
      'Cannot import "flow_cms.csv": the import recognises none of its column names\n',
    );
    expect(message).toContain(
      "\n  If each column is a site, its name must be the id alone, without a unit; name the file by the variable and its unit, such as flow_m3s.csv, and leave out columns of means.",
    );
  });

  it("and variable stops the import", async () => {
    const names = ["01_flow_cms", "01_temp_c", "02_flow_cms", "02_temp_c"];
    expect(await failure({ "data.csv": wide(names), "p.csv": weather })).toMatchInlineSnapshot(`
      "Cannot import "data.csv": its columns are named after a site and a variable each
        its columns  date, 01_flow_cms, 01_temp_c, 02_flow_cms, 02_temp_c
        Write a file for each variable, with the ids alone as names of columns, and name it by the variable and its unit, such as flow_m3s.csv."
    `);
  });
});

it("a column for each day stops the import", async () => {
  for (const sign of ["-", ""]) {
    const days = dates(20).map((date) => date.replaceAll("-", sign));
    const text = `site_id,${days.join()}\n01,${days.map((_, i) => i).join()}\n`;
    expect(await failure({ "flow_cms.csv": text, "p.csv": weather })).toBe(
      `Cannot import "flow_cms.csv": it has a column a day (${days[0]} to ${days.at(-1)})\n  Write it with a row a day: site_id,date,value.`,
    );
  }
});

describe("a table without dates", () => {
  it("stops the import if sites have several rows of a variable", async () => {
    const step = flows.replace("date", "step").replaceAll(/2001-01-/g, "");
    expect(await failure({ "q.csv": step, "p.csv": weather })).toMatchInlineSnapshot(`
      "Cannot import "q.csv": it has several rows for a site, and none of its columns can be a date
        its columns  site_id, step, discharge_cms
        Write a column of dates like 2018-01-31, or name it in a mapping (--mapping FILE): columns: { date: ... }"
    `);
  });

  it("holds attributes if each site has one row", async () => {
    const sites = "site_id,p_mean,flow\n01,3,4\n02,5,6\n";
    const { lines } = await importTexts({ "q.csv": flows, "p.csv": weather, "s.csv": sites });
    expect(lines("sites.csv")[1]).toMatch(/^01,3/);
  });
});

describe("a key of a mapping in another place than its own", () => {
  it.each([
    [
      "columns: { date: { from: date, time_zone: UTC } }",
      'the key "time_zone" does not belong in columns.date, but beside columns, at the top or in the section of a file',
    ],
    [
      "digits: 8",
      'the key "digits" does not belong at the top, but to a column, as in columns: { temp_c: { from: ..., digits: ... } }',
    ],
    ["files: { a.csv: { files: {} } }", 'the key "files" does not belong in files.a.csv, but at the top'],
  ])("%s", async (mapping, why) => {
    const files = { "q.csv": long("site_id,date,flow_cms", () => "1"), "p.csv": weather };
    expect(await failure(files, { mapping })).toBe(`Cannot read "given.yml": ${why}`);
  });
});
