/** What files of agencies and archives have: repeated headers, ids and columns without what they had, tenths of a unit. */
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { dates, failure, flows, importTexts, long, weather } from "./testing.ts";

const rows = (site: string, row: (day: number, date: string) => string) =>
  dates(20)
    .map((date, day) => `USGS\t${site}\t${row(day, date)}\n`)
    .join("");

/** The daily values of two gauges of the USGS in one file. */
const rdb = (first: string, second: string, more: (day: number, date: string) => string) =>
  [
    "# Data for the sites contained in this file",
    `agency_cd\tsite_no\tdatetime\t${first}`,
    "5s\t15s\t20d\t14n\t10s",
    `${rows("01", (day, date) => `${date}\t${day + 1}\tA`)}# Data for 02`,
    `agency_cd\tsite_no\tdatetime\t${second}`,
    "5s\t15s\t20d\t14n\t10s",
    rows("02", more),
  ].join("\n");

describe("a line that names the columns again", () => {
  it("is skipped with the line of types below it, also with another number of a time series", async () => {
    const text = rdb(
      "7_00060_00003\t7_00060_00003_cd",
      "8_00060_00003\t8_00060_00003_cd",
      (day, date) => `${date}\t${day + 2}\tP`,
    );
    const { lines, notes, leftOut } = await importTexts({ "dv.txt": text, "w.csv": weather });
    expect(lines("obs_file.csv")).toHaveLength(41);
    expect(lines("obs_file.csv")[21]).toBe("02,2001-01-01,0.05663369318,P");
    expect([notes, leftOut]).toEqual([[], []]);
  });

  it("is skipped with the line of units below it, in joined files", async () => {
    const [header, ...all] = flows.trimEnd().split("\n");
    const units = "-,-,m3/s";
    const text = [header, units, ...all.slice(0, 20), header, units, ...all.slice(20), ""].join("\n");
    const { lines, leftOut } = await importTexts({ "q.csv": text, "w.csv": weather });
    expect(lines("obs_file.csv")).toHaveLength(41);
    expect(leftOut).toEqual([]);
  });

  it("stops the import if it names others: their values would count as those of the first", async () => {
    const text = rdb(
      "7_00060_00003\t8_00010_00003",
      "8_00010_00003\t7_00060_00003",
      (day, date) => `${date}\t7.5\t${day + 1}`,
    );
    expect(
      await failure({ "dv.txt": text.replaceAll("\tA\n", "\t7\n"), "w.csv": weather }),
    ).toMatchInlineSnapshot(`
        "Cannot read "dv.txt": line 25 names the columns again, and not the same ones
          column names  agency_cd | site_no | datetime | 7_00060_00003 | 8_00010_00003
          line 25       agency_cd | site_no | datetime | 8_00010_00003 | 7_00060_00003
          Write the lines from there on into a file of their own: their columns mean something else."
      `);
    const wider = flows.replace("02,2001-01-01", "site_id,date,discharge_cms,temp_c\n02,2001-01-01");
    expect(await failure({ "q.csv": wider, "w.csv": weather })).toContain(
      'Cannot read "q.csv": line 22 names the columns again, and not the same ones',
    );
  });
});

it("a line of entirely other names stops the import too", async () => {
  const other = flows.replace("02,2001-01-01", "gauge,Datum,Q_cfs\n02,2001-01-01");
  expect(await failure({ "q.csv": other, "w.csv": weather })).toContain(
    'Cannot read "q.csv": line 22 names the columns again, and not the same ones\n',
  );
});

describe("ids without their zeros", () => {
  const attributes = "site_id,slope,area_km2\n1,2,30\n2,3,40\n";

  it("stop the import in a table of attributes too", async () => {
    const message = `Cannot import: site 01: the id differs from "1" only by leading zeros: one of the two lost some
  in the observations  01
  in the drivers       01
  in the attributes    1
  Say in the mapping how many digits ids have: site_id: { from: ..., digits: 2 }`;
    expect(await failure({ "q.csv": flows, "w.csv": weather, "a.csv": attributes })).toBe(message);
    const depths = flows.replace("discharge_cms", "runoff_mmd");
    expect(await failure({ "q.csv": depths, "w.csv": weather, "a.csv": attributes })).toContain(
      "in the attributes  1\n",
    );
    const { lines } = await importTexts(
      { "q.csv": depths, "w.csv": weather, "a.csv": attributes },
      { mapping: "files: { a.csv: { columns: { site_id: { digits: 2 } } } }" },
    );
    expect(lines("sites.csv")).toEqual(["site_id,drainage_area_km2,slope", "01,30,2", "02,40,3"]);
  });

  it("of attributes alone are no matter; a site without attributes is named", async () => {
    const text = "site_id,slope\n01,2\n7,3\n07,3\n";
    const { notes } = await importTexts({ "q.csv": flows, "w.csv": weather, "a.csv": text });
    expect(notes).toEqual(["Sites without attributes, because no table has a row for them: 02"]);
  });

  it("get them in the names of columns and of files, by `digits`", async () => {
    const wide = `date,1,2\n${dates(20).join(",1,2\n")},1,2\n`;
    const { lines } = await importTexts(
      { "flow_cms.csv": wide, "w.csv": weather },
      { mapping: "files: { flow_cms.csv: { columns: { site_id: { digits: 2 } } } }" },
    );
    expect(lines("obs_file.csv").slice(20, 22)).toEqual(["01,2001-01-20,1", "02,2001-01-01,2"]);
    const one = `date,Q_cms\n${dates(20).join(",1\n")},1\n`;
    const named = await importTexts(
      { "q_1.csv": one, "q_2.csv": one, "w.csv": weather },
      {
        mapping:
          'files: { "q_{site_id}.csv": { columns: { site_id: { digits: 2 }, date: date, discharge_cms: Q_cms } } }',
      },
    );
    expect(named.lines("sites.csv")).toEqual(["site_id", "01", "02"]);
  });

  it("get them in Parquet, in a column of any name", async () => {
    const stored = parquetWriteBuffer({
      columnData: [
        { name: "site_id", data: dates(20).map(() => 1), type: "INT32" },
        { name: "date", data: dates(20), type: "STRING" },
        { name: "Q_cms", data: dates(20).map((_, day) => day + 0.5), type: "DOUBLE" },
      ],
    });
    const files = { "q.parquet": new Uint8Array(stored), "w.csv": weather };
    expect(await failure(files)).toContain('its column "site_id" stores site ids as numbers');
    const { lines } = await importTexts(files, {
      mapping: "files: { q.parquet: { columns: { site_id: { from: site_id, digits: 2 } } } }",
    });
    expect(lines("sites.csv")).toEqual(["site_id", "01"]);
  });
});

describe("drivers without a value", () => {
  const filled = long("site_id,date,RSK,FM,PM", (day) => `${day % 3}.5,-999,`);

  it("are left out, by name, and not asked for", async () => {
    const { lines, notes, shown, unused } = await importTexts({ "q.csv": flows, "w.csv": filled });
    expect(lines("input_file.csv")[0]).toBe("site_id,date,prcp_mm");
    expect(lines("input_file.csv")).toHaveLength(41);
    expect(shown).toContain("# not used, no row has a value: FM, PM");
    expect(notes).toEqual(["w.csv: not used, no row has a value: FM, PM"]);
    expect(unused).toEqual(new Map());
  });

  it("cost no site if a mapping names them", async () => {
    const { lines, notes } = await importTexts(
      { "q.csv": flows, "w.csv": filled },
      {
        mapping:
          "files: { w.csv: { columns: { site_id: site_id, date: date, prcp_mm: RSK, wind_ms: { from: FM, unit: m/s } } } }",
      },
    );
    expect(lines("input_file.csv")[0]).toBe("site_id,date,prcp_mm");
    expect(notes).toContain("wind_ms has no value at any site, and is left out of the drivers");
  });
});

describe("tenths of a unit", () => {
  it("-99 tenths of a degree are a value, -999 are none", async () => {
    const cold = long(
      "site_id,date,P_mm,TN",
      (day) => `1,${day === 3 ? -999 : day === 4 ? -99 : -250 + day}`,
    );
    const { lines, notes } = await importTexts(
      { "q.csv": flows, "w.csv": cold },
      {
        mapping:
          "files: { w.csv: { columns: { site_id: site_id, date: date, prcp_mm: P_mm, tmin_c: { from: TN, unit: 0.1 degC } } } }",
      },
    );
    expect(lines("input_file.csv").slice(4, 6)).toEqual(["01,2001-01-04,1,", "01,2001-01-05,1,-9.9"]);
    expect(notes).toEqual(['tmin_c: -999 is a code for "missing", 2 times; the field is left empty']);
  });

  it("rain without decimals may be in them: its unit is asked for", async () => {
    const rain = (value: (day: number) => number | string) =>
      failure({ "q.csv": flows, "w.csv": long("site_id,date,rain", (day) => String(value(day))) });
    expect(await rain((day) => (day % 2) * 10)).toContain('the unit of its column "rain" is not known');
    expect(await rain((day) => `${(day % 2) * 10}.5`)).toBe("it was imported");
    expect(await rain((day) => (day === 7 ? 25 : 0))).toBe("it was imported");
  });
});

it("attributes that come from observed flow are left out, unless the mapping names them", async () => {
  const files = {
    "q.csv": flows,
    "w.csv": weather,
    "a.csv": "site_id,Längengrad,frac snow (%),q_mean,runoff_ratio\n01,8.5,3,1,0.5\n02,8.6,4,2,0.6\n",
  };
  const { lines, notes } = await importTexts(files);
  expect(lines("sites.csv").slice(0, 2)).toEqual(["site_id,longitude,frac_snow", "01,8.5,3"]);
  expect(notes).toEqual([
    "a.csv: not used, because it is computed from the flow that a model predicts: q_mean, runoff_ratio",
  ]);
  const mapping =
    "files: { a.csv: { columns: { site_id: site_id, q_mean: { from: q_mean, role: attribute } } } }";
  expect((await importTexts(files, { mapping })).lines("sites.csv")[0]).toBe("site_id,q_mean");
});

it.each([
  ["tmmn(K)", "tmin_c"],
  ["2m_temp_max", "tmax_c"],
  ["temperature_2m_min", "tmin_c"],
  ["temperature_2m_mean", "tmean_c"],
  ["GLOT (J/cm2)", "srad_wm2"],
])("the column %s of an archive is %s", async (name, target) => {
  const value = target === "srad_wm2" ? "1500" : name.includes("K") ? "280.5" : "8.5";
  const text = long(`STN,date,rain_mm,${name}`, (day) => `1,${value}${day}`);
  const { lines } = await importTexts({ "q.csv": flows, "w.csv": text });
  expect(lines("input_file.csv")[0]).toBe(`site_id,date,prcp_mm,${target}`);
});

describe("dates in a column of years and one of days of the year", () => {
  const daymet = (days: readonly number[]) =>
    `Latitude: 44.6\nTile: 12297\nyear,yday,prcp (mm/day),tmax (deg c)\n${days.map((day) => `${day < 367 ? 2004 : 2005},${day < 367 ? day : day - 366},1.5,${day}`).join("\n")}\n`;

  it("are read, as Daymet writes them", async () => {
    const { lines, shown } = await importTexts({
      "daymet_01.csv": daymet([1, 59, 60, 61, 366, 367]),
      "daymet_02.csv": daymet([1, 2]),
      "q.csv": flows.replaceAll("2001-", "2004-"),
    });
    expect(shown).toContain("date: { from: [ year, yday ], format: YYYY-DDD }");
    expect(lines("input_file.csv").slice(1, 7)).toEqual([
      "01,2004-01-01,1.5,1",
      "01,2004-02-28,1.5,59",
      "01,2004-02-29,1.5,60",
      "01,2004-03-01,1.5,61",
      "01,2004-12-31,1.5,366",
      "01,2005-01-01,1.5,367",
    ]);
  });

  it("are no dates beyond the end of the year", async () => {
    const text = daymet([1, 2]).replace("2004,2,", "2005,366,");
    const files = {
      "daymet_01.csv": text,
      "daymet_02.csv": daymet([1, 2]),
      "q.csv": flows.replaceAll("2001-", "2004-"),
    };
    const { notes } = await importTexts(files);
    expect(notes[0]).toContain(
      '01: "daymet_01.csv": line 5: "2005-366" is not a date in the format YYYY-DDD',
    );
  });
});

it("snow in a column of its own beside rain is named", async () => {
  const text = long("site_id,date,rain [mm],snowfall [mm],snow_depth_cm", (day) => `1.5,${day % 2},3`);
  const { notes, unused } = await importTexts({ "q.csv": flows, "w.csv": text });
  expect(notes).toEqual([
    'w.csv: not used, and prcp_mm lacks it if "rain [mm]" is rain alone (then add the two columns first): snowfall [mm]',
  ]);
  expect(unused).toEqual(new Map([["w.csv", ["snow_depth_cm"]]]));
});

describe("the last line of an error says what to do", () => {
  it("about a trace of rain", async () => {
    const text = long("site_id,date,rain_in", (day) => (day === 3 ? "T" : "0.5"));
    expect(await failure({ "q.csv": flows, "w.csv": text })).toMatchInlineSnapshot(`
      "Cannot import "w.csv": line 5: "T" in its column "rain_in" is not a number
        A trace of precipitation is too little to measure: write 0, or the amount to use."
    `);
  });

  it("about an attribute that changes", async () => {
    const text = long("site_id,date,rain_mm,name", (day) => `1.5,${day < 9 ? "Old" : "New"}`);
    expect(await failure({ "q.csv": flows, "w.csv": text })).toMatchInlineSnapshot(`
      "Cannot import "w.csv": site 01 has two values of name: Old and New
        the second  line 11 of w.csv
        An attribute has one value for all days. Write the same in all rows, or leave the column out of the mapping."
    `);
  });
});

it("codes of the KNMI are what its tables say, and not what they are elsewhere", async () => {
  const text = long(
    "# comment\n# STN,YYYYMMDD,   TG,   TN,   RH,    Q,   UG,   PG",
    (day, date) => `${date.replaceAll("-", "")},  ${day - 100},  -25,${day === 0 ? -1 : day}, 864, 88, 10130`,
  ).replaceAll(/^(0\d),[^,]*,/gm, "$1,");
  const { lines, notes, unused } = await importTexts({ "knmi.txt": text, "q.csv": flows });
  expect(lines("input_file.csv").slice(0, 3)).toEqual([
    "site_id,date,prcp_mm,tmin_c,tmean_c,srad_wm2,rh_percent",
    "01,2001-01-01,0,-2.5,-10,100,88",
    "01,2001-01-02,0.1,-2.5,-9.9,100,88",
  ]);
  expect(notes).toEqual([
    "prcp_mm: -1, which means less than 0.05 mm in KNMI tables, is read as 0 (2 times)",
  ]);
  expect(unused).toEqual(new Map([["knmi.txt", ["PG"]]]));
});
