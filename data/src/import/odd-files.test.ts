import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { dates, failure, flows, importTexts, long, weather } from "./testing.ts";

/** 800 days of the sites 01 and 02, as `row` writes them. */
function twoYears(header: string, row: (day: number, date: string) => string): string {
  const rows = ["01", "02"].flatMap((site) => dates(800).map((date, day) => `${site},${row(day, date)}`));
  return `${header}\n${rows.join("\n")}\n`;
}

const files = (text: string | Uint8Array) => ({ "a.csv": text, "b.csv": weather });

describe("units that a mean does not tell", () => {
  const season = (day: number) => 10 - 12 * Math.cos(day / 58.1);
  const flow = twoYears("site_id,date,Q_cms", (day, date) => `${date},${day}`);
  const of = (name: string, value: (day: number) => number) =>
    failure({
      "q.csv": flow,
      "w.csv": twoYears(`site_id,date,${name}`, (day, date) => `${date},${value(day).toFixed(3)}`),
    });

  it.each([
    [
      "tmin in degrees Fahrenheit, whose mean might be Celsius",
      "tmin",
      (day: number) => (season(day) - 9) * 1.8 + 32,
    ],
    ["rain in inches", "rain", (day: number) => (day % 4 === 0 ? 0.5 : 0)],
    ["rain in tenths of mm", "rain", (day: number) => (day % 10 === 0 ? 90 + day / 4 : 0)],
    ["wind in knots", "wind", (day: number) => 6 + (day % 5)],
    ["a calm site's wind", "wind", (day: number) => 2 + (day % 5)],
    ["air pressure in mmHg", "luftdruck", (day: number) => 750 + (day % 20)],
    [
      "air temperature in degrees Fahrenheit of a cold place",
      "tmax",
      (day: number) => 25 + season(day) * 2.4,
    ],
    ["evaporation in inches", "pet", (day: number) => (day % 5) / 20],
  ])("are asked for: %s", async (_, name, value) => {
    expect(await of(name, value)).toContain(
      `Cannot import "w.csv": the unit of its column "${name}" is not known`,
    );
  });

  it.each([
    ["tmin", season],
    ["rain", (day: number) => (day % 40 === 0 ? 21 : 0)],
    ["luftdruck", (day: number) => 1000 + (day % 20)],
  ] as const)("are the usual ones where no other is likely: %s", async (name, value) => {
    expect(await of(name, value)).toBe("it was imported");
  });

  it("are others where these alone fit", async () => {
    const pressure = twoYears(
      "site_id,date,luftdruck,rh",
      (day, date) => `${date},${101_000 + day},${0.5 + (day % 5) / 10}`,
    );
    const { lines } = await importTexts({ "q.csv": flow, "w.csv": pressure });
    expect(lines("input_file.csv").slice(0, 2)).toEqual([
      "site_id,date,pressure_hpa,rh_percent",
      "01,2001-01-01,1010,50",
    ]);
  });
});

it("99.99 inches are a code for missing rain", async () => {
  const rain = long("site_id,date,rain (in)", (day) => (day === 4 ? "99.99" : "0.1"));
  const { notes } = await importTexts({ "a.csv": flows, "b.csv": rain });
  expect(notes[0]).toBe('prcp_mm: 99.99 is a code for "missing", 2 times; the field is left empty');
});

it("dates with the day first beside others with the month first are refused", async () => {
  const spell = (date: string) => {
    const [y, m, d] = date.split("-") as [string, string, string];
    return Number(d) > 12 ? `${d}/${m}/${y}` : `${m}/${d}/${y}`;
  };
  expect(
    await failure(files(twoYears("site_id,date,Q_cms", (day, date) => `${spell(date)},${day}`))),
  ).toMatchInlineSnapshot(`
    "Cannot import "a.csv": its column "date" seems to hold dates with the day first beside dates with the month first
      not MM/DD/YYYY  "13/01/2001" in line 14
      but             in MM/DD/YYYY other dates follow one another day by day, and in DD/MM/YYYY they do not
      Spreadsheets do this when they open a file: export it again with dates like 2018-01-31, or say the format in a mapping."
  `);
  const right = twoYears(
    "site_id,date,Q_cms",
    (day, date) => `${date.split("-").reverse().join("/")},${day}`,
  );
  expect(await failure(files(right))).toBe("it was imported");
});

it("a last line without an end is told: it may be cut", async () => {
  const { notes } = await importTexts(files(flows.slice(0, -3)));
  expect(notes).toEqual(["a.csv: line 41, the last one, does not end in a line feed: is the file complete?"]);
});

describe("what stands above a table", () => {
  it("may be titles that a spreadsheet filled up with separators, or names in a comment", async () => {
    const titled = await importTexts(files(`Daily flow,,\nprinted 2020,,\n${flows}`));
    expect(titled.lines("obs_file.csv")[1]).toBe("01,2001-01-01,1.5");
    const commented = await importTexts(files(`# made up\n# ${flows}`));
    expect(commented.lines("obs_file.csv")[1]).toBe("01,2001-01-01,1.5");
  });

  it("is no table where names are fewer than fields, or lines have another width", async () => {
    expect(await failure(files(flows.replaceAll(".5", ",5")))).toMatchInlineSnapshot(`
      "Cannot read "a.csv": line 2 has 4 fields, and line 1 has 3 column names
        line 1  site_id,date,discharge_cms
        line 2  01,2001-01-01,1,5
        Are decimals written with a comma? Write a point, or separate the fields by semicolons."
    `);
    expect(
      await failure(
        files(
          `Station;X\nValues:\n${flows
            .replace(/^.*\n/, "")
            .replace(/^01,/gm, "")
            .replace(/^02,.*\n/gm, "")
            .replaceAll(",", ";")}`,
        ),
      ),
    ).toMatchInlineSnapshot(`
      "Cannot read "a.csv": line 2 has 1 fields, the line of the column names has 2
        column names  Station | X
        line          Values:
        Remove lines above the column names and below the table that do not belong to it, or mend the line."
    `);
    expect(await failure(files(flows.replaceAll(",", "  ")))).toMatchInlineSnapshot(`
      "Cannot read "a.csv": it is not a table: its lines do not have the same number of fields
        it begins  site_id  date  discharge_cms
        Its fields seem to be separated by blanks: separate them with commas."
    `);
    expect(await failure(files("site_id,date,discharge_cms\n"))).toMatchInlineSnapshot(`
      "Cannot import "a.csv": it has column names and no rows below them
        its columns  site_id, date, discharge_cms
        Leave the file out, or export it again with its rows."
    `);
  });
});

describe("files that are no text tables are told by their first bytes", () => {
  it.each([
    ["compressed", gzipSync(flows), "it is compressed by gzip"],
    ["NetCDF", Buffer.from("CDF\x01...."), "it is a NetCDF file"],
    ["Parquet", Buffer.from("PAR1...."), "it is a Parquet file"],
    ["a spreadsheet", Buffer.from("PK\x03\x04...."), "it is a spreadsheet or a zip archive"],
  ])("%s", async (_, bytes, what) => {
    expect(await failure(files(bytes))).toContain(
      `Cannot read "a.csv": ${what}; only text tables (CSV) and Parquet files can be imported\n`,
    );
  });

  it("UTF-16 without its mark is read", async () => {
    const { lines } = await importTexts(files(Buffer.from(flows, "utf16le")));
    expect(lines("obs_file.csv")[1]).toBe("01,2001-01-01,1.5");
  });
});

describe("lines that no CSV reader reads", () => {
  it.each([
    [
      "JSON",
      '[{"site_id":"01","date":"2001-01-01"},\n{"site_id":"02","date":"2001-01-02"}]\n',
      "This looks like JSON: write the table as CSV.",
    ],
    [
      "a web page",
      "<!DOCTYPE html>\n<html><title>404</title>\n</html>\n",
      "This is a web page, so the download failed: download the file again.",
    ],
    [
      "formulas of a spreadsheet",
      flows.replaceAll(/^(0[12])/gm, '="$1"'),
      'Spreadsheets keep text in this way (="01"): write it without the equals sign and the quotes.',
    ],
    [
      "names on two lines",
      flows.replace("discharge_cms", '"flow\n(m3/s)"'),
      "A row must be on one line, with quotes only around whole fields. Does a field contain a line break?",
    ],
  ])("%s", async (_, text, hint) => {
    expect((await failure(files(text))).split("\n").at(-1)).toBe(`  ${hint}`);
  });
});

it("tables with a row per month and a column per day are refused", async () => {
  const names = Array.from({ length: 31 }, (_, i) => `Vazao${String(i + 1).padStart(2, "0")}`);
  const values = names.map(() => "5").join(",");
  const text = `codigo,Data,${names.join(",")}\n01,01/02/2001,${values}\n01,01/03/2001,${values}\n`;
  expect(await failure(files(text))).toMatchInlineSnapshot(`
    "Cannot import "a.csv": it has a row per month and a column per day (Vazao01 to Vazao31)
      Write it with a row per day: site_id,date,value."
  `);
});

it("a column each of 31 sites is no month", async () => {
  const names = Array.from({ length: 31 }, (_, i) => `S${i + 1}`);
  const wide = `date,${names.join(",")}\n${dates(20)
    .map((date, day) => `${date},${names.map((_, i) => (i + day) % 7).join(",")}\n`)
    .join("")}`;
  const { lines } = await importTexts({ "flow_cms.csv": wide, "rain_mm.csv": wide });
  expect(lines("sites.csv")).toHaveLength(32);
});

it("files with a value a day at different times need no rule", async () => {
  const at = (time: string) => `date,Q_cms,P_mm\n${dates(20).join(`${time},1,2\n`)}${time},1,2\n`;
  const { lines } = await importTexts({
    "g_1.csv": at(" 00:00"),
    "g_2.csv": at(" 12:00"),
    "g_3.csv": at(""),
  });
  expect(lines("obs_file.csv")).toHaveLength(61);
});

it("a section of a mapping for a file that is not there is told", async () => {
  const { notes } = await importTexts(files(flows), { mapping: 'files: { c.csv: { decimal: "," } }' });
  expect(notes).toEqual(["The mapping has a section for c.csv, and no file of this name is imported."]);
});

it("a row without an id stops the import: it belongs to no site", async () => {
  expect(await failure(files(flows.replace("01,2001-01-03", ",2001-01-03")))).toBe(
    'Cannot import "a.csv": line 4: the site id is empty\n  Write the id of its site there, or remove the line.',
  );
});

describe("values that are no plain numbers", () => {
  it("have other signs or digits, and blanks in quotes", async () => {
    const { lines } = await importTexts({
      "a.csv": long(
        "site_id,date,Q_cms,wtemp_C",
        (day) => `１２.５," ${day % 2 ? "\u2013" : "\u2212"}0.25 "`,
      ),
      "b.csv": weather,
    });
    expect(lines("obs_file.csv")[1]).toBe("01,2001-01-01,12.5,-0.25");
  });

  it.each([
    ["<0.5", "A limit is not a value: leave the field empty, or write the number to use."],
    ["4.5e", "Write only the number, and put codes in a column of their own."],
    ["Ice", 'If it means a missing value, say so in the mapping of the file: missing: ["Ice"]'],
  ])("%s", async (text, hint) => {
    expect(await failure(files(flows.replaceAll(",4.5", `,${text}`)))).toContain(
      `line 5: "${text}" in its column "discharge_cms" is not a number\n  ${hint}`,
    );
  });

  it("in a table with a column per site", async () => {
    const wide = `date,01,02\n${dates(20).join(",1,2\n")},1,2e\n`;
    const { notes } = await importTexts({ "flow_cms.csv": wide, "w.csv": weather });
    expect(notes[0]).toContain('02: "flow_cms.csv": line 21: "2e" in its column "02" is not a number');
  });

  it("all of a column that is called a variable", async () => {
    expect(await failure(files(flows.replaceAll(".5", ".5 m3/s")))).toMatchInlineSnapshot(`
      "Cannot import "a.csv": its column "discharge_cms" holds texts and no numbers
        it begins with  1.5 m3/s, 2.5 m3/s, 3.5 m3/s
        Write numbers alone: put units in the name of the column, and codes in a column of their own."
    `);
  });
});

it.each([
  [
    "36892",
    "This looks like the day number of a spreadsheet: format its column as a date there, and save it again.",
  ],
  ["978307200", "This looks like seconds since 1970: write dates like 2018-01-31."],
  ["2001-01-01 00:00 EST", "Write time zones as Z, UTC or +01:00."],
  ["01-Jan-01", "Years need four digits."],
  ["week 1", "Write dates like 2018-01-31."],
])("a column of dates such as %s says what to write", async (text, hint) => {
  expect((await failure(files(flows.replaceAll(/2001-01-\d\d/g, text)))).split("\n").at(-1)).toBe(
    `  ${hint}`,
  );
});

it("sites are read where none has two rows, and characters of no width in ids count for nothing", async () => {
  const single = await importTexts({
    "a.csv": "site_no,date,Q_cms\n01\u200b,2001-01-03,5\n02,2001-01-04,6\n",
    "b.csv": weather,
  });
  expect(single.lines("obs_file.csv").slice(1)).toEqual(["01,2001-01-03,5", "02,2001-01-04,6"]);
});
