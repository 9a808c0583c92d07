import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newFolder } from "../testing/files.ts";
import { importFiles } from "./import-files.ts";
import { failure, flows, importTexts, long, weather } from "./testing.ts";

const dialogue = { show: () => {}, ask: null };

describe("columns", () => {
  it("without one that can be an id", async () => {
    expect(
      await failure({ "a.csv": flows.replace("site_id", "x").replaceAll(/^0[12]/gm, "7.5") }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": none of its columns can be a site id
        its columns  x, date, discharge_cms
        Name it in a mapping (--mapping FILE):
          columns: { site_id: x }"
    `);
  });

  it("without one that can be an id or a date", async () => {
    expect(await failure({ "a.csv": "x,y\n1.5,2\n2.5,2\n", "b.csv": weather })).toMatchInlineSnapshot(`
      "Cannot import "a.csv": none of its columns can be a date or a site id
        its columns  x, y
        Name them in a mapping (--mapping FILE):
          columns: { site_id: ..., date: ... }"
    `);
  });

  it("without a variable", async () => {
    expect(
      await failure({ "a.csv": flows.replace("discharge_cms", "level"), "b.csv": weather }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": the import recognises none of its column names
        its columns  site_id, date, level
        known        discharge_cms, temp_c, prcp_mm, tmin_c, tmax_c, tmean_c, srad_wm2, vp_pa, pressure_hpa, wind_ms, rh_percent, pet_mm
        Name them in a mapping (--mapping FILE):
          columns: { date: date, site_id: site_id, discharge_cms: { from: ..., unit: m3/s } }"
    `);
  });

  it("two for one variable", async () => {
    const text = long("site_id,date,Q_cfs,Q_m3s", (day) => `${day},7`);
    expect(await failure({ "a.csv": text, "b.csv": weather })).toMatchInlineSnapshot(`
      "Cannot import "a.csv": two columns may be discharge_cms: "Q_cfs" and "Q_m3s"
        Q_cfs  begins with 0, 1, 2
        Q_m3s  begins with 7
        key    files > "a.csv" > columns > discharge_cms > from
        Edit out/mapping.proposed.yml and run the command again with --mapping out/mapping.proposed.yml"
    `);
  });

  it("that the mapping names and no file has", async () => {
    const files = { "a.csv": flows, "b.csv": weather };
    expect(
      await failure(files, { mapping: "columns: { discharge_cms: { from: dicharge_cms, unit: m3/s } }" }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv, b.csv": the mapping takes discharge_cms from a column "dicharge_cms", and there is none of that name
        columns  site_id, date, discharge_cms, prcp_mm
        Did you mean "discharge_cms"? If the file has changed since the mapping was written, correct it or delete it."
    `);
    expect(
      await failure(files, { mapping: "files: { a.csv: { columns: { temp_c: temp } } }" }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": the mapping takes temp_c from a column "temp", and there is none of that name
        columns  site_id, date, discharge_cms
        Did you mean "date"? If the file has changed since the mapping was written, correct it or delete it."
    `);
  });

  it("of a name that no data folder has", async () => {
    expect(
      await failure(
        { "a.csv": flows, "b.csv": weather },
        { mapping: "files: { a.csv: { columns: { flow_cms: discharge_cms } } }" },
      ),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": "flow_cms" is not a column that the import knows
        known  discharge_cms, temp_c, prcp_mm, tmin_c, tmax_c, tmean_c, srad_wm2, vp_pa, pressure_hpa, wind_ms, rh_percent, pet_mm, elevation_m, drainage_area_km2
        For a variable of your own say what it is: flow_cms: { from: "discharge_cms", role: observation }, or role: driver, or role: attribute."
    `);
  });

  it("a temperature that may be of air or water", async () => {
    expect(
      await failure({ "a.csv": long("site_id,date,Q_cfs,rain_mm,temp_F", (day) => `${day},1,${50 + day}`) }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": its column "temp_F" may be the temperature of the water (temp_c) or of the air (tmean_c)
        it begins with  50, 51, 52
        key             files > "a.csv" > columns
        one of          temp_c: { from: temp_F, unit: degF }, tmean_c: { from: temp_F, unit: degF }
        Edit out/mapping.proposed.yml and run the command again with --mapping out/mapping.proposed.yml"
    `);
  });
});

describe("units", () => {
  it("that are not known", async () => {
    expect(
      await failure({ "a.csv": flows.replace("discharge_cms", "Q [hogsheads]"), "b.csv": weather }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": its column "Q [hogsheads]": "hogsheads" is not a known unit of discharge; if it is none of these, convert the column first
        for example  1.5
        key          files > "a.csv" > columns > discharge_cms > unit
        one of       m3/s, ft3/s, L/s, ML/d, m3/d, mm/d
        Edit out/mapping.proposed.yml and run the command again with --mapping out/mapping.proposed.yml"
    `);
    expect(
      await failure(
        { "a.csv": flows, "b.csv": weather },
        {
          mapping:
            "files: { a.csv: { columns: { discharge_cms: { from: discharge_cms, unit: furlongs } } } }",
        },
      ),
    ).toContain(
      'Cannot import "a.csv": its column "discharge_cms": "furlongs" is not a known unit of discharge; if it is none of these, convert the column first\n',
    );
  });

  it("that neither name nor values tell: of flow always, of others where no unit or several fit", async () => {
    expect(
      await failure({ "a.csv": flows.replace("discharge_cms", "flow"), "b.csv": weather }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": the unit of its column "flow" is not known: neither its name nor its values tell it
        for example  1.5
        key          files > "a.csv" > columns > discharge_cms > unit
        one of       m3/s, ft3/s, L/s, ML/d, m3/d, mm/d
        Edit out/mapping.proposed.yml and run the command again with --mapping out/mapping.proposed.yml"
    `);
  });

  it("a depth of runoff without an area", async () => {
    expect(
      await failure({ "a.csv": flows.replace("discharge_cms", "runoff_mm"), "b.csv": weather }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": discharge_cms of site 01 is a depth (mm/d), and the area of its basin is not known
        Give a table with a column of areas too (drainage_area_km2), or a mapping that names it."
    `);
  });
});

describe("numbers and ids", () => {
  it("commas that may be decimal or between thousands, and both signs", async () => {
    expect(
      await failure({ "a.csv": long("site_id;date;discharge_cms", () => "1,234", ";"), "b.csv": weather }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": "1,234" has a decimal comma, or a comma between thousands
        key     files > "a.csv" > decimal
        one of  ",", "."
        Edit out/mapping.proposed.yml and run the command again with --mapping out/mapping.proposed.yml"
    `);
    expect(
      await failure({
        "a.csv": long("site_id;date;discharge_cms", (day) => (day < 9 ? "1,5" : "1.5"), ";"),
        "b.csv": weather,
      }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": some numbers have a decimal comma and others a decimal point: "1,5" and "1.5"
        Write all of them with the same decimal sign."
    `);
  });

  it("words among numbers", async () => {
    const files = { "a.csv": flows.replace("4.5", "Ice"), "b.csv": weather };
    expect(await failure(files, { strict: true })).toMatchInlineSnapshot(`
      "Cannot import "a.csv": line 5: "Ice" in its column "discharge_cms" is not a number
        If it means a missing value, say so in the mapping of the file: missing: ["Ice"]"
    `);
    const { lines } = await importTexts(files, { mapping: "missing: [Ice]" });
    expect(lines("obs_file.csv")).toHaveLength(40);
    const code = { "a.csv": flows.replaceAll(",4.5", ",-5.50"), "b.csv": weather };
    expect((await importTexts(code, { mapping: "missing: [-5.5]" })).lines("obs_file.csv")).toHaveLength(39);
  });

  it("ids that lost their zeros, in one of the files or in Parquet", async () => {
    expect(
      await failure({ "a.csv": flows.replaceAll(/^0([12])/gm, "$1"), "b.csv": weather }),
    ).toMatchInlineSnapshot(`
      "Cannot import: site 1: the id differs from "01" only by leading zeros: one of the two lost some
        in the observations  1
        in the drivers       01
        Say in the mapping how many digits ids have: site_id: { from: ..., digits: 2 }"
    `);
    expect(
      await failure({ "a.csv": flows.replaceAll(/^01/gm, "1435000.0"), "b.csv": weather }),
    ).toMatchInlineSnapshot(`
      "Cannot import "a.csv": line 2: the id is written as a number, as spreadsheets do: is it "01435000"? Write ids as text
        id  1435000.0"
    `);
    const stored = flows.replace("site_id", "STAID").replaceAll(/^0/gm, "");
    expect(await failure({ "a.parquet": stored, "b.csv": weather })).toMatchInlineSnapshot(`
      "Cannot import "a.parquet": its column "STAID" stores site ids as numbers, so leading zeros are lost
        Say how many digits an id has in a mapping (--mapping FILE):
          columns: { site_id: { from: STAID, digits: 8 } }"
    `);
    const { lines } = await importTexts(
      { "a.parquet": stored, "b.csv": weather },
      { mapping: "files: { a.parquet: { columns: { site_id: { from: STAID, digits: 2 } } } }" },
    );
    expect(lines("sites.csv")).toEqual(["site_id", "01", "02"]);
  });
});

describe("files", () => {
  it("that do not fit together", async () => {
    expect(
      await failure({ "a.csv": flows, "b.csv": weather.replaceAll(/^0([12])/gm, "A$1") }),
    ).toMatchInlineSnapshot(`
      "Cannot import: the files do not fit together: no site has both observations and drivers
        with observations  01, 02
        with drivers       A1, A2
        Ids must be the same in all files. For files of one site say its id in the mapping: site_id: { is: ... }"
    `);
    expect(await failure({ "a.csv": flows })).toMatchInlineSnapshot(`
      "Cannot import "a.csv": no column is a driver: precipitation, air temperature and the like
        columns so far  discharge_cms
        Give the other files too, or name the columns in a mapping (--mapping FILE)."
    `);
    expect(await failure({ "b.csv": weather })).toMatchInlineSnapshot(`
      "Cannot import "b.csv": no column is an observed variable: discharge_cms or temp_c
        columns so far  prcp_mm
        Give the other files too, or name the columns in a mapping (--mapping FILE)."
    `);
  });

  it("that are none, folders, spreadsheets, empty, without a header, of no table, of uneven lines", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "sub"));
    const of = (name: string, text: string) => failure({ [name]: text });
    expect(await of("a.xlsx", "PK")).toMatchInlineSnapshot(`
      "Cannot read "a.xlsx": it is a spreadsheet or a zip archive; only text tables (CSV) and Parquet files can be imported
        Save each sheet of a spreadsheet as CSV; unpack an archive."
    `);
    expect(await of("empty.csv", "")).toMatchInlineSnapshot(`"Cannot read "empty.csv": it is empty"`);
    expect(await of("bare.csv", "01,2001-01-01,1\n01,2001-01-02,2\n")).toMatchInlineSnapshot(`
      "Cannot read "bare.csv": its first line has values instead of column names
        first line  01 | 2001-01-01 | 1
        Write a line with the names of the columns above it."
    `);
    expect(await of("prose.csv", "This is\nno table\n")).toMatchInlineSnapshot(`
      "Cannot read "prose.csv": it is not a table: its lines do not have the same number of fields
        it begins  This is
        Its fields seem to be separated by blanks: separate them with commas."
    `);
    expect(await of("uneven.csv", `${flows}01,2001-02-01,5,6\n`)).toMatchInlineSnapshot(`
      "Cannot read "uneven.csv": line 42 has 4 fields, the line of the column names has 3
        column names  site_id | date | discharge_cms
        line          01 | 2001-02-01 | 5 | 6
        Remove lines above the column names and below the table that do not belong to it, or mend the line."
    `);
    expect(
      (await importFiles({ files: [join(folder, "sub")], out: folder, yes: true }, dialogue).catch(String))
        .toString()
        .replaceAll(folder, "..."),
    ).toMatchInlineSnapshot(`
      "BraidError: Cannot read ".../sub": it is a folder
        Give its files: .../sub/*.csv"
    `);
    expect(
      await importFiles({ files: ["none.csv"], out: folder, yes: true }, dialogue).catch(String),
    ).toMatchInlineSnapshot(`"BraidError: Cannot read "none.csv": it does not exist"`);
  });
});

describe("mappings that cannot be read", () => {
  it("say where and why", async () => {
    const of = (mapping: string) => failure({ "a.csv": flows, "b.csv": weather }, { mapping });
    expect(await of("columns: [")).toMatchInlineSnapshot(
      `"Cannot read "given.yml": it is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 11"`,
    );
    expect(await of("colums: { date: x }")).toMatchInlineSnapshot(
      `"Cannot read "given.yml": unknown key "colums". Did you mean "columns"?"`,
    );
    expect(await of("columns: { date: { form: x } }")).toMatchInlineSnapshot(
      `"Cannot read "given.yml": unknown key "form" in columns.date. Did you mean "from"?"`,
    );
    expect(await of("columns: { date: { from: date, format: DD-MM } }")).toMatchInlineSnapshot(
      `"Cannot read "given.yml": columns.date.format is not a known date format: YYYY-MM-DD, YYYYMMDD, DD.MM.YYYY, DD/MM/YYYY, MM/DD/YYYY, D MMM YYYY, MMM D, YYYY, YYYY-DDD"`,
    );
    expect(await of("columns: { discharge_cms: { from: x, aggregate: median } }")).toMatchInlineSnapshot(
      `"Cannot read "given.yml": columns.discharge_cms.aggregate: expected mean, sum, min or max"`,
    );
    expect(await of("decimal: ';'")).toMatchInlineSnapshot(
      `"Cannot read "given.yml": decimal: expected "." or ",""`,
    );
    expect(await of("time_zone: Mars/Olympus")).toMatchInlineSnapshot(`
      "Cannot import "a.csv": "Mars/Olympus" is not a time zone
        For example: UTC, Europe/Berlin, America/New_York, +01:00."
    `);
  });
});
