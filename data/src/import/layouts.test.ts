import { parquetWriteBuffer } from "hyparquet-writer";
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

it("a column per day stops the import", async () => {
  for (const sign of ["-", ""]) {
    const days = dates(20).map((date) => date.replaceAll("-", sign));
    const text = `site_id,${days.join()}\n01,${days.map((_, i) => i).join()}\n`;
    expect(await failure({ "flow_cms.csv": text, "p.csv": weather })).toBe(
      `Cannot import "flow_cms.csv": it has a column per day (${days[0]} to ${days.at(-1)})\n  Write it with a row per day: site_id,date,value.`,
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

it("attributes with the name of a variable are left out, by name", async () => {
  const { lines, notes } = await importTexts({
    "q.csv": flows,
    "p.csv": weather,
    "s.csv": "site_id,temp_c,prcp_mm,slope\n01,9,1000,3\n02,8,900,4\n",
  });
  expect(lines("sites.csv")).toEqual(["site_id,slope", "01,3", "02,4"]);
  expect(notes).toContain(
    "s.csv: not used, because a variable that changes from day to day has this name: temp_c, prcp_mm",
  );
  const alone = { "q.csv": flows, "p.csv": weather, "s.csv": "site_id,prcp_mm\n01,1000\n02,900\n" };
  expect((await importTexts(alone)).lines("sites.csv")).toEqual(["site_id", "01", "02"]);
});

describe("temp_c in a table of weather", () => {
  const met = (temperature: (day: number) => number) =>
    long("site_id,date,prcp_mm,temp_c", (day) => `${day % 3},${temperature(day)}`);

  it("may be that of the air, which data folders call tmean_c", async () => {
    const files = { "q.csv": flows, "p.csv": met((day) => day + 5) };
    expect(await failure(files)).toContain(
      'Cannot import "p.csv": its column "temp_c" may be the temperature of the water (temp_c) or of the air (tmean_c)\n',
    );
    const { lines } = await importTexts(files, { answers: ["tmean_c: ", "yes"] });
    expect(lines("input_file.csv")[0]).toBe("site_id,date,prcp_mm,tmean_c");
  });

  it("is that of the air if it freezes", async () => {
    const { lines } = await importTexts({ "q.csv": flows, "p.csv": met((day) => day - 5) });
    expect(lines("input_file.csv")[0]).toBe("site_id,date,prcp_mm,tmean_c");
  });

  it("is that of the water beside flow", async () => {
    const all = long("site_id,date,discharge_cms,temp_c,prcp_mm", (day) => `${day},${day + 5},${day % 3}`);
    const { lines } = await importTexts({ "all.csv": all });
    expect(lines("obs_file.csv")[0]).toBe("site_id,date,discharge_cms,temp_c");
  });
});

it("numbers that Parquet stores as texts with a comma stop the import", async () => {
  const data = flows
    .split("\n")
    .slice(1, -1)
    .map((line) => line.split(","));
  const column = (name: string, at: number, of = (text: string) => text) => ({
    name,
    data: data.map((cells) => of(cells[at]!)),
    type: "STRING" as const,
  });
  const bytes = (of: (text: string) => string) =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [column("site_id", 0), column("date", 1), column("flow_cms", 2, of)],
      }),
    );
  const comma = bytes((text) => `${text}00`.replace(".", ","));
  expect(await failure({ "q.parquet": comma, "p.csv": weather })).toMatchInlineSnapshot(`
    "Cannot import "q.parquet": its column "flow_cms" stores numbers as texts, such as "1,500"
      Store them as numbers, or as texts with a decimal point and no signs between thousands."
  `);
  const point = await importTexts({ "q.parquet": bytes((text) => text), "p.csv": weather });
  expect(point.lines("obs_file.csv")[1]).toBe("01,2001-01-01,1.5");
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
