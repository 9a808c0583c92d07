import { describe, expect, it } from "vitest";
import { dates, failure, flows, importTexts, long, weather } from "./testing.ts";

const files = (text: string) => ({ "a.csv": text, "b.csv": weather });
const leapDay = "does the calendar make every year a leap year, or have 360 days?";

describe("a row that cannot be read costs its site alone, and a note says why", () => {
  it.each([
    [
      "a day that no calendar has",
      "2001-01-05,5.5",
      "2001-02-29,5.5",
      `line 6: "2001-02-29": there is no 29 February 2001: ${leapDay}`,
    ],
    [
      "a month that is none",
      "2001-01-05,5.5",
      "2001-13-05,5.5",
      'line 6: "2001-13-05": there is no month 13: are day and month swapped?',
    ],
    [
      "a date of another form",
      "2001-01-05,5.5",
      "5.1.2001,5.5",
      'line 6: "5.1.2001" is not a date in the format YYYY-MM-DD',
    ],
    ["no date", "2001-01-05,5.5", ",5.5", "line 6: its date is empty"],
    [
      "a time that no clock shows",
      "2001-01-05,5.5",
      "2001-01-05 24:30,5.5",
      'line 6: "2001-01-05 24:30": it is not a time of day, which is between 00:00 and 24:00',
    ],
    ["another century", "2001-01-05,5.5", "2501-01-05,5.5", "line 6: its date is not between 1800 and 2199"],
    [
      "a word",
      "2001-01-05,5.5",
      "2001-01-05,Ice",
      'line 6: "Ice" in its column "discharge_cms" is not a number',
    ],
    ["a day twice", "2001-01-05,5.5", "2001-01-06,5.5", "site 01 has 2001-01-06 twice"],
  ])("%s", async (_, from, to, why) => {
    const spoilt = files(flows.replace(from, to));
    const { lines, notes } = await importTexts(spoilt);
    expect(lines("sites.csv")).toEqual(["site_id", "02"]);
    expect(lines("obs_file.csv")).toHaveLength(21);
    expect(notes[0]!.split("\n").slice(0, 2)).toEqual([
      "Left out, 1 site with rows that cannot be read. Mend them and import again (--strict stops at the first):",
      `  01: "a.csv": ${why}`,
    ]);
    expect(await failure(spoilt, { strict: true })).toContain(`Cannot import "a.csv": ${why}`);
  });

  it("with what to do, how many more there are, and at most ten sites", async () => {
    const row = (site: number, date: string, day: number) =>
      `${site},${date},${site < 13 && day < 3 ? "Eis" : day},1`;
    const all = Array.from({ length: 14 }, (_, i) => dates(20).map((date, day) => row(i + 1, date, day)));
    const { notes, lines } = await importTexts({
      "a.csv": `site,date,Q_cms,P_mm\n${all.flat().join("\n")}\n`,
    });
    expect(lines("sites.csv")).toEqual(["site_id", "13", "14"]);
    const told = notes[0]!.split("\n");
    expect(told).toHaveLength(13);
    expect(told[1]).toBe(
      '  1: "a.csv": line 2: "Eis" in its column "Q_cms" is not a number; and 2 more faults',
    );
    expect(told.slice(11)).toEqual([
      "  and for the same reasons: 11, 12",
      '  If it means a missing value, say so in the mapping of the file: missing: ["Eis"]',
    ]);
  });

  it("stops the import where no other site is left, or where a row belongs to all sites", async () => {
    const leap = flows.replaceAll("2001-01-20", "2001-02-29");
    expect((await failure(files(leap))).split("\n")[0]).toBe(
      `Cannot import "a.csv": line 21: "2001-02-29": there is no 29 February 2001: ${leapDay}`,
    );
    const wide = `date,01,02\n${dates(20).join(",1,2\n")},1,2\n`;
    const rain = wide.replace("2001-01-09", "2001-02-30");
    expect(await failure({ "flow_cms.csv": wide, "rain_mm.csv": rain })).toContain(
      'Cannot import "rain_mm.csv": line 10: "2001-02-30": there is no 30 February 2001',
    );
    const word = await importTexts({
      "flow_cms.csv": wide.replace("09,1,2", "09,dry,2"),
      "rain_mm.csv": wide,
    });
    expect(word.lines("sites.csv")).toEqual(["site_id", "02"]);
  });

  it("in any form of dates, with the text that stands there", async () => {
    const german = flows
      .replace(/(\d{4})-(\d\d)-(\d\d)/g, "$3.$2.$1")
      .replace("31.01.2001", "x")
      .replace("20.01.2001", "30.02.2001");
    const { notes } = await importTexts(files(german));
    expect(notes[0]).toContain(
      'line 21: "30.02.2001": there is no 30 February 2001: does the calendar have 360 days?',
    );
  });
});

describe("files of one header", () => {
  const table = (spell: (y: string, m: string, d: string) => string, decimal = ".") =>
    `date,Q (m3/s),P (mm)\n${dates(20)
      .map((date, day) => `${spell(...(date.split("-") as [string, string, string]))},"${day}${decimal}5",1`)
      .join("\n")}\n`;
  const iso = table((y, m, d) => `${y}-${m}-${d}`);

  it("may each have a form of dates and a decimal sign of their own", async () => {
    const { lines, shown, folder } = await importTexts({
      "gauge_01.csv": iso,
      "gauge_02.csv": table((y, m, d) => `${m}/${d}/${y}`),
      "gauge_03.csv": table((y, m, d) => `${d}/${m}/${y}`),
      "gauge_04.csv": table((y, m, d) => `${y}-${m}-${d}`, ","),
      "gauge_05.csv": iso,
    });
    for (const [at, site] of ["01", "02", "03", "04", "05"].entries())
      expect(lines("obs_file.csv")[20 * at + 2]).toBe(`${site},2001-01-02,1.5`);
    expect(shown).toContain("gauge_{site_id}.csv:");
    expect(shown).toContain(
      'gauge_02.csv:\n    columns:\n      site_id: { is: "02" }\n      date: { from: date, format: MM/DD/YYYY }',
    );
    const again = await importTexts(
      { "gauge_01.csv": iso, "gauge_02.csv": table((y, m, d) => `${m}/${d}/${y}`) },
      { folder, yes: false },
    );
    expect(again.lines("obs_file.csv")[22]).toBe("02,2001-01-02,1.5");
  });

  it("follow the others where their own dates may be read in two ways, if the others agree", async () => {
    const few = table((y, m, d) => `${d}/${m}/${y}`)
      .split("\n")
      .slice(0, 10)
      .join("\n");
    const agreed = await importTexts({ "g_1.csv": few, "g_2.csv": table((y, m, d) => `${d}/${m}/${y}`) });
    expect(agreed.lines("obs_file.csv")[2]).toBe("1,2001-01-02,1.5");
    const split = {
      "g_1.csv": few,
      "g_2.csv": table((y, m, d) => `${d}/${m}/${y}`),
      "g_3.csv": table((y, m, d) => `${m}/${d}/${y}`),
    };
    expect(await failure(split)).toContain('Cannot import "g_1.csv": its dates may be read in 2 ways');
  });

  it.each([
    ["2.500", "1.234,5", '"2.500" has a decimal point, or a point between thousands'],
    ['"2,500"', "1234.5", '"2,500" has a decimal comma, or a comma between thousands'],
  ])("are asked about if their %s may be a thousand, beside the %s of others", async (open, sure, cause) => {
    const gauge = (number: string) =>
      `date;Q (m3/s);P (mm)\n${dates(20)
        .map((date) => `${date};${number};1`)
        .join("\n")}\n`;
    const given = { "g_1.csv": gauge(open), "g_2.csv": gauge(sure), "g_3.csv": gauge(sure) };
    expect(await failure(given)).toContain(`Cannot import "g_1.csv": ${cause}\n`);
    const { lines } = await importTexts(given, { answers: ['"."', "yes"] });
    expect(lines("obs_file.csv").filter((_, at) => at % 20 === 1)).toEqual([
      `1,2001-01-01,${open === "2.500" ? "2.5" : "2500"}`,
      "2,2001-01-01,1234.5",
      "3,2001-01-01,1234.5",
    ]);
  });

  it("are asked about if one of them alone, with most of a year, looks like another unit", async () => {
    const rain = (days: number, amount: (day: number) => number) =>
      `date,P\n${dates(days)
        .map((date, day) => `${date},${amount(day).toFixed(2)}`)
        .join("\n")}\n`;
    const mm = rain(400, (day) => (day % 4) * 2.5);
    const inches = (days: number) => rain(days, (day) => (day % 4) / 10);
    const files = { "q.csv": flows, "met_01.csv": mm };
    expect(await failure({ ...files, "met_02.csv": inches(400) })).toContain(
      'Cannot import "met_{site_id}.csv": the unit of its column "P" is not known: the values of all files look like mm, but those of met_02.csv alone do not; if it has another unit, give it a section of its own in the mapping\n',
    );
    expect(await failure({ ...files, "met_02.csv": inches(200) })).toBe("it was imported");
    const { lines } = await importTexts(
      { ...files, "met_02.csv": inches(400) },
      {
        mapping:
          'files: { met_01.csv: { columns: { site_id: { is: "01" }, date: date, prcp_mm: { from: P, unit: mm } } }, met_02.csv: { columns: { site_id: { is: "02" }, date: date, prcp_mm: { from: P, unit: in } } } }',
      },
    );
    expect(lines("input_file.csv").filter((line) => line.includes("-01-02,"))).toContain(
      "02,2001-01-02,2.54",
    );
  });
});

describe("ids that differ in how accents are written", () => {
  const [one, two] = ["M\u00f6rsch", "Mo\u0308rsch"];

  it("are one site, in rows, names of columns and names of files", async () => {
    const row = long("Pegel,date,discharge_cms", (day) => `${day}`).replaceAll(/^01/gm, one);
    const rain = weather.replaceAll(/^01/gm, two);
    expect((await importTexts({ "a.csv": row, "b.csv": rain })).lines("sites.csv")).toEqual([
      "site_id",
      "02",
      one,
    ]);
    const wide = `date,${two},02\n${dates(20).join(",1,2\n")},1,2\n`;
    expect((await importTexts({ "a.csv": row, "rain_mm.csv": wide })).lines("sites.csv")).toEqual([
      "site_id",
      "02",
      one,
    ]);
    const alone = (header: string) => `${header}\n${dates(20).join(",1\n")},1\n`;
    const named = {
      [`q_${two}.csv`]: alone("date,Q_cms"),
      [`p_${one}.csv`]: alone("date,P_mm"),
      "q_2.csv": alone("date,Q_cms"),
      "p_2.csv": alone("date,P_mm"),
    };
    expect((await importTexts(named)).lines("sites.csv")).toEqual(["site_id", "2", one]);
  });
});

describe("columns of codes", () => {
  const coded = (header: string, cells = (day: number) => `${day},${day % 2 ? "A" : "P"}`) =>
    importTexts({ "a.csv": long(`site_id,date,${header}`, cells), "b.csv": weather });

  it.each([
    ["Q_cfs,Q_cfs_cd", "discharge_cms"],
    ["discharge_cms,Q_cd", "discharge_cms"],
    ["discharge_cms,00060_cd", "discharge_cms"],
    ["00060_Mean,00060_Mean_cd", "discharge_cms"],
    ["Flow (m3/s),Flow Quality", "discharge_cms"],
    ["streamflow_cms,streamflow_qc", "discharge_cms"],
    ["discharge_cms,dischargeQC", "discharge_cms"],
    ["discharge_cms,Flag of flow", "discharge_cms"],
    ["discharge_cms,Quality code", "discharge_cms"],
    ["wtemp_C,wtemp_cd", "temp_c"],
    ["wtemp_C,flag", "temp_c"],
  ])("%s are codes of %s", async (header, target) => {
    const { lines, notes } = await coded(header);
    expect(lines("obs_file.csv")[0]).toBe(`site_id,date,${target},${target}_qualifiers`);
    expect(lines("obs_file.csv")[2]).toMatch(/^01,2001-01-02,[^,]+,A$/);
    expect(notes).toEqual([]);
  });

  it.each([
    [
      "discharge_cms,foo_cd",
      "which variable they belong to is not known; to keep them, name it in the mapping, such as discharge_cms_qualifiers: foo_cd",
    ],
    ["discharge_cms,P_flag", "they are those of prcp_mm, and only observations have codes"],
  ])("%s are left out, and a note says why", async (header, why) => {
    const { lines, notes, shown } = await coded(header);
    const name = header.split(",")[1];
    expect(lines("obs_file.csv")[0]).toBe("site_id,date,discharge_cms");
    expect(notes).toEqual([`a.csv: the codes in the column "${name}" are left out: ${why}`]);
    expect(shown).toContain(`# the codes in the column "${name}" are left out: ${why}`);
  });

  it("of several variables, several of one, or that the mapping does not name", async () => {
    const two = await coded("Q_cms,wtemp_C,flag", () => "1,2,A");
    expect(two.notes).toEqual([
      'a.csv: the codes in the column "flag" are left out: which variable they belong to is not known; to keep them, name it in the mapping, such as discharge_cms_qualifiers: flag',
    ]);
    const twice = await coded("Q_cms,Q_cd,Q_flag", () => "1,A,x");
    expect(twice.notes).toEqual([
      'a.csv: the codes in the column "Q_cd" are left out: discharge_cms has several columns of codes; to keep them, write discharge_cms_qualifiers: Q_cd into the mapping',
      'a.csv: the codes in the column "Q_flag" are left out: discharge_cms has several columns of codes; to keep them, write discharge_cms_qualifiers: Q_flag into the mapping',
    ]);
    const mapped = await importTexts(
      { "a.csv": long("site_id,date,level,level_cd", () => "1,A"), "b.csv": weather },
      {
        mapping:
          "files: { a.csv: { columns: { site_id: site_id, date: date, stage_m: { from: level, role: observation } } } }",
      },
    );
    expect(mapped.notes).toEqual([
      'a.csv: the codes in the column "level_cd" are left out: the mapping does not name them; to keep them, write stage_m_qualifiers: level_cd into the mapping',
    ]);
  });

  it("are no sites, in a file of one site", async () => {
    const table = `date,discharge_cms,remark,Q_cd\n${dates(20)
      .map((date, day) => `${date},${day},${day % 2 ? "ok" : "late"},A`)
      .join("\n")}\n`;
    const { lines } = await importTexts(
      { "gauge_7.csv": table, "rain_7.csv": table.replace(/.*/, "date,P_mm,remark,x").replaceAll(",A", ",") },
      { mapping: "files: { 'gauge_{site_id}.csv': {}, 'rain_{site_id}.csv': {} }" },
    );
    expect(lines("sites.csv")).toEqual(["site_id", "7"]);
    expect(lines("obs_file.csv")[1]).toBe("7,2001-01-01,0,A");
  });

  it("of places and offices are none", async () => {
    const { notes } = await coded("discharge_cms,agency_cd,tz_cd", () => "1,USGS,EST");
    expect(notes).toEqual([]);
  });
});
