import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newFolder } from "../testing/files.ts";
import { dates, failure, flows, importTexts, long, weather } from "./testing.ts";

const second = (lines: string[]) => lines[1];

describe("tables of any form", () => {
  it("long, with names, units, dates and signs of another country", async () => {
    const { lines, notes } = await importTexts({
      "pegel.csv": long(
        "Pegelnummer;Datum;Abfluss [L/s];Wassertemperatur (°F);Bemerkung",
        (day) => [`${day === 3 ? "-999" : `1.00${day % 10},5`}`, "50,0", ""].join(";"),
        ";",
      ).replace(/(\d{4})-(\d\d)-(\d\d)/g, "$3.$2.$1"),
      "wetter.txt": long("Stationsnummer\tTag\tNiederschlag mm\tTmax °C", (day) => `${day % 3}.5\t4`, "\t"),
    });
    expect(lines("obs_file.csv").slice(0, 6)).toEqual([
      "site_id,date,discharge_cms,temp_c",
      "01,2001-01-01,1.0005,10",
      "01,2001-01-02,1.0015,10",
      "01,2001-01-03,1.0025,10",
      "01,2001-01-04,,10",
      "01,2001-01-05,1.0045,10",
    ]);
    expect(lines("input_file.csv").slice(0, 2)).toEqual([
      "site_id,date,prcp_mm,tmax_c",
      "01,2001-01-01,0.5,4",
    ]);
    expect(notes).toEqual([
      'discharge_cms: -999 is a code for "missing", twice; the field is left empty'.replace(
        "twice",
        "2 times",
      ),
    ]);
  });

  it("wide, a column per site", async () => {
    const wide = (value: (day: number) => string) =>
      `Date,01013500,00200\n${dates(20)
        .map((date, i) => `${date},${value(i)},${value(i + 1)}`)
        .join("\n")}\n`;
    const { lines, shown } = await importTexts({
      "flow_cfs.csv": wide((day) => String(100 + day)),
      "rain_mm.csv": wide((day) => String(day)),
    });
    expect(shown).toContain('discharge_cms: { from: "*", unit: ft3/s }');
    expect(lines("obs_file.csv").slice(0, 2)).toEqual([
      "site_id,date,discharge_cms",
      "00200,2001-01-01,2.860001506",
    ]);
    expect(lines("sites.csv")).toEqual(["site_id", "00200", "01013500"]);
    expect(lines("input_file.csv")[21]).toBe("01013500,2001-01-01,0");
  });

  it("a file per site, with the id in its name", async () => {
    const table = (factor: number) =>
      `date,Q (m3/s),P (mm)\n${dates(20)
        .map((date, i) => `${date},${factor * (i + 1)},1`)
        .join("\n")}\n`;
    const { lines, shown } = await importTexts({ "gauge_0101.csv": table(1), "gauge_0102.csv": table(2) });
    expect(shown).toContain("gauge_{site_id}.csv:");
    expect(second(lines("obs_file.csv"))).toBe("0101,2001-01-01,1");
    expect(lines("obs_file.csv")[21]).toBe("0102,2001-01-01,2");
  });

  it("one file of one site", async () => {
    const text = `date,Q (m3/s),P (mm)\n${dates(20)
      .map((date, i) => `${date},${i},1`)
      .join("\n")}\n`;
    const { lines, shown } = await importTexts({ "mygauge.csv": text });
    expect(shown).toContain("site_id: { is: mygauge }");
    expect(second(lines("obs_file.csv"))).toBe("mygauge,2001-01-01,0");
  });

  it("a file per year, and attributes of sites beside them, whose area turns a depth into a flow", async () => {
    const year = (first: string) =>
      long("gauge_id,date,runoff_mmd,P_mm", (day) => `${day / 4 + 1},1`).replaceAll("2001-01", first);
    const { lines, shown } = await importTexts({
      "q_2001.csv": year("2001-01"),
      "q_2002.csv": year("2001-02"),
      "attributes.csv":
        "gauge_id,gauge_name,Area_sqmi,aridity\n01,Little River,100,0.5\n02,Big River,200,0.7\n03,Dry River,1,9\n",
    });
    expect(shown).toContain("q_*.csv:");
    // 1 mm/d on 258.9988 km2 are 2.9977 m3/s
    expect(second(lines("obs_file.csv"))).toBe("01,2001-01-01,2.997671424");
    expect(lines("obs_file.csv")).toHaveLength(81);
    expect(lines("sites.csv")).toEqual([
      "site_id,name,drainage_area_km2,aridity",
      "01,Little River,258.998811,0.5",
      "02,Big River,517.9976221,0.7",
    ]);
  });

  it("columns of year, month and day, a line of units, comments, quotes, an index, Windows line ends", async () => {
    const rows = dates(20).map(
      (date, i) => `${i},"01",${date.replaceAll("-0", "-").split("-").join(",")},${i},"1,000.5"`,
    );
    const { lines } = await importTexts({
      "a.csv": `# made up\r\n# by a test\r\n,site,year,month,day,rain,streamflow\r\n,-,-,-,-,mm,m3/s\r\n${rows.join("\r\n")}\r\n`,
    });
    expect(second(lines("obs_file.csv"))).toBe("01,2001-01-01,1000.5");
    expect(lines("input_file.csv")[20]).toBe("01,2001-01-20,19");
  });

  it("Parquet, with dates and text ids", async () => {
    const { lines } = await importTexts({ "a.parquet": flows, "b.csv": weather });
    expect(second(lines("obs_file.csv"))).toBe("01,2001-01-01,1.5");
  });

  it("with another sign in every text or number", async () => {
    const { lines } = await importTexts({
      "a.csv": long("site_id,date,discharge_cms,discharge_cms_qualifiers", (day) => `${day},A;e`),
      "b.csv": long("site_id\tdate\tprcp_mm\tnote", () => '1,5\t"dry, or wet"', "\t"),
    });
    expect(lines("obs_file.csv")[2]).toBe("01,2001-01-02,1,A;e");
    expect(lines("input_file.csv")[1]).toBe("01,2001-01-01,1.5");
  });

  it("text of an older Windows, and of UTF-16", async () => {
    const text = long("Messstelle;Datum;Abfluß m³/s;Niederschlag mm", () => "1,5;2", ";").replace(
      "Messstelle",
      "Meßstelle",
    );
    const { lines } = await importTexts(
      { "a.csv": Buffer.from(text, "latin1") },
      {
        mapping:
          'columns: { site_id: Meßstelle, date: Datum, discharge_cms: { from: "Abfluß m³/s", unit: m3/s }, prcp_mm: Niederschlag mm }',
      },
    );
    expect(second(lines("obs_file.csv"))).toBe("01,2001-01-01,1.5");
    const wide = await importTexts({
      "b.csv": Buffer.from(
        `\ufeff${text.replace("Meßstelle", "Pegel").replace("Abfluß", "Abfluss")}`,
        "utf16le",
      ),
    });
    expect(second(wide.lines("obs_file.csv"))).toBe("01,2001-01-01,1.5");
  });
});

describe("dates of any unambiguous form", () => {
  it.each([
    ["2001/1/2", (y: string, m: string, d: string) => `${y}/${+m}/${+d}`],
    ["1/25/2001", (y: string, m: string, d: string) => `${+m}/${+d}/${y}`],
    ["25/01/2001", (y: string, m: string, d: string) => `${d}/${m}/${y}`],
    ["20010125", (y: string, m: string, d: string) => `${y}${m}${d}`],
    ["25 Jan 2001", (y: string, _: string, d: string) => `${+d} Jan ${y}`],
    ["25-Januar-2001", (y: string, _: string, d: string) => `${+d}-Januar-${y}`],
    ["January 25, 2001", (y: string, _: string, d: string) => `"January ${+d}, ${y}"`],
    ["2001-025", (y: string, _: string, d: string) => `${y}-0${d}`],
    ["2001-01-25T00:00:00Z", (y: string, m: string, d: string) => `${y}-${m}-${d}T00:00:00Z`],
    ["2001-01-25 07:30", (y: string, m: string, d: string) => `${y}-${m}-${d} 07:30`],
    ["1/25/2001 12:00:00 AM", (y: string, m: string, d: string) => `${+m}/${+d}/${y} 12:00:00 AM`],
  ])("%s", async (_, spell) => {
    const text = long("site_id,date,discharge_cms,prcp_mm", (day) => `${day},1`).replace(
      /(\d{4})-(\d\d)-(\d\d)/g,
      (__, y, m, d) => spell(y, m, d),
    );
    const { lines } = await importTexts({ "a.csv": text });
    expect(second(lines("obs_file.csv"))).toBe("01,2001-01-01,0");
    expect(lines("obs_file.csv")[20]).toBe("01,2001-01-20,19");
  });
});

describe("the mapping", () => {
  const mapping =
    "columns: { site_id: STAID, date: Datum, discharge_cms: { from: Q_cfs, unit: ft3/s }, prcp_mm: N }\n";
  const text = long("STAID,Datum,Q_cfs,N,Q_m3s", (day) => `${day},1,7`);

  it("is a user's, and then nothing has to be confirmed but what it leaves open", async () => {
    const { lines, shown } = await importTexts(
      { "a.csv": text },
      { mapping: mapping.replace("N }", "{ from: N, unit: mm } }"), yes: false },
    );
    expect(shown).not.toContain("The mapping of the files");
    expect(lines("obs_file.csv")[2]).toBe("01,2001-01-02,0.02831684659");
  });

  it("is written into the folder, and the next import uses it without a question", async () => {
    const folder = newFolder();
    await importTexts({ "a.csv": text }, { mapping, folder });
    const saved = join(folder, "out/mapping.yml");
    expect(readFileSync(saved, "utf8")).toContain("discharge_cms: { from: Q_cfs, unit: ft3/s } # such as 1");
    writeFileSync(saved, readFileSync(saved, "utf8").replace("ft3/s", "L/s"));
    const again = await importTexts({ "a.csv": text }, { yes: false, folder });
    expect(again.lines("obs_file.csv")[2]).toBe("01,2001-01-02,0.001");
    expect(again.shown).toContain(`Mapping: ${saved}`);
  });

  it("that was written down reads the same files again, in every layout", async () => {
    const perDay = (header: string, row: (day: number) => string) =>
      `${header}\n${dates(20)
        .map((date, day) => `${date},${row(day)}`)
        .join("\n")}\n`;
    const hourly = perDay("time,Q (m3/s),P (mm)", (day) => `${day},1`).replace(
      /^(2001-01-\d\d)(.*)$/gm,
      "$1 00:00$2\n$1 12:00$2",
    );
    const settings: Record<string, Record<string, string>> = {
      wide: {
        "flow_cfs.csv": perDay("date,01,02", (day) => `${day},5`),
        "rain_mm.csv": perDay("date,01,02", () => "1,2"),
      },
      sites: {
        "g_01.csv": perDay("date,Q_cfs,P_mm", (day) => `${day},1`),
        "g_02.csv": perDay("date,Q_cfs,P_mm", () => "3,1"),
      },
      one: { "river.csv": perDay("date,Q_cfs,P_mm", (day) => `${day},1`) },
      hourly: { "river.csv": hourly },
      years: { "y_1.csv": flows, "y_2.csv": flows.replaceAll("2001-01", "2001-02"), "w.csv": weather },
    };
    for (const [name, files] of Object.entries(settings)) {
      const folder = newFolder();
      if (name === "hourly") {
        await failure(files, { folder });
        const proposal = readFileSync(join(folder, "out/mapping.proposed.yml"), "utf8");
        await importTexts(files, { folder, mapping: proposal });
      } else await importTexts(files, { folder });
      const first = ["obs_file.csv", "input_file.csv", "mapping.yml"].map((file) =>
        readFileSync(join(folder, "out", file), "utf8"),
      );
      const { shown } = await importTexts(files, { folder, yes: false });
      expect(shown.split("\n"), name).toHaveLength(2);
      expect(
        ["obs_file.csv", "input_file.csv", "mapping.yml"].map((file) =>
          readFileSync(join(folder, "out", file), "utf8"),
        ),
        name,
      ).toEqual(first);
    }
  });

  it("is asked about on a terminal, with what is open", async () => {
    const open = long("STAID,Datum,Q_cfs,rain,Q_m3s", (day) => `${day},1,7`);
    const slashed = open.replace(
      /2001-01-(\d\d)/g,
      (_, day) => `0${(+day % 9) + 1}/0${Math.floor(+day / 9) + 1}/2001`,
    );
    const { shown, lines } = await importTexts(
      { "a.csv": slashed },
      { answers: ["MM/DD/YYYY", "Q_m3s", "yes"] },
    );
    expect(shown).toContain(
      [
        'a.csv: its dates may be read in 2 ways, and no value in the column "Datum" tells which',
        '  DD/MM/YYYY: "02/01/2001" is 2 January 2001',
        '  MM/DD/YYYY: "02/01/2001" is 1 February 2001',
        "DD/MM/YYYY or MM/DD/YYYY?",
      ].join("\n"),
    );
    expect(shown).toContain('two columns may be discharge_cms: "Q_cfs" and "Q_m3s"');
    expect(shown).toContain("Is this mapping right?\nyes or no?");
    expect(lines("obs_file.csv")[1]).toBe("01,2001-01-02,7");
    expect(lines("mapping.yml").join("\n")).toContain("date: { from: Datum, format: MM/DD/YYYY }");
  });

  it("says what was guessed, from what stands beside it or from a mean", async () => {
    const { shown } = await importTexts({
      "a.csv": long("site_id,date,Q_cfs,temp", (day) => `${day},${5 + day / 10}`),
      "b.csv": long("site_id,date,rain,temp", (day) => `${day % 4},${5 + day / 10}`),
    });
    expect(shown).toContain(
      "temp_c: { from: temp, unit: degC } # such as 5; taken for that of the water; tmean_c is that of the air; unit guessed from the mean, 5.95",
    );
    expect(shown).toContain(
      "tmean_c: { from: temp, unit: degC } # such as 5; taken for that of the air; temp_c is that of the water",
    );
    expect(shown).toContain(
      "prcp_mm: { from: rain, unit: mm } # such as 1; unit guessed from the mean, 1.50",
    );
  });

  it("stops the import where nobody has confirmed it, and is left as a proposal", async () => {
    const folder = newFolder();
    expect(await failure({ "a.csv": flows, "b.csv": weather }, { yes: false, folder })).toBe(
      "Cannot import: the mapping is a guess that you have not confirmed\n  If it is right, run the same command with --yes.\n  To change it, edit ".concat(
        `${folder}/out/mapping.proposed.yml and pass it with --mapping.`,
      ),
    );
    expect(readFileSync(join(folder, "out/mapping.proposed.yml"), "utf8")).toContain(
      "discharge_cms: { from: discharge_cms, unit: m3/s }",
    );
    expect(existsSync(join(folder, "out/obs_file.csv"))).toBe(false);
  });
});

describe("the mapping of the README", () => {
  it("reads files such as it describes", async () => {
    const text = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const mapping = /```yaml\n(columns:[\s\S]*?)```/.exec(text)![1]!;
    const rain = `Tag;N\n${dates(20)
      .map((date) => `${date};1,5`)
      .join("\n")}\n`;
    const flow = long("STAID,Datum,Q_cfs,level", (day) => `${day === 0 ? "Ice" : day},${day}`);
    const { lines } = await importTexts(
      {
        "gauges.csv": flow.replace(/(\d{4})-(\d\d)-(\d\d)/g, "$3.$2.$1"),
        "rain_01.txt": rain,
        "rain_02.txt": rain,
      },
      { mapping },
    );
    expect(lines("obs_file.csv").slice(0, 3)).toEqual([
      "site_id,date,discharge_cms,stage_m",
      "01,2001-01-01,,0",
      "01,2001-01-02,0.02831684659,1",
    ]);
    expect(lines("input_file.csv")[21]).toBe("02,2001-01-01,1.5");
  });
});

describe("the folder", () => {
  it("has a config for flow alone where there is no temperature, and for what a user's own variable is", async () => {
    const { lines } = await importTexts({ "a.csv": flows, "b.csv": weather });
    expect(lines("config.yml")).toEqual(
      expect.arrayContaining(["    factors: [0]", "    discharge: [discharge_cms]"]),
    );
    const own = await importTexts(
      { "a.csv": long("site_id,date,level,rain", (day) => `${day},1`) },
      {
        mapping:
          "columns: { stage_m: { from: level, role: observation }, prcp_mm: { from: rain, unit: in } }",
      },
    );
    expect(own.lines("config.yml")).toContain("    primary: stage_m");
    expect(own.lines("config.yml").join("\n")).not.toContain("discharge:");
    expect(own.lines("input_file.csv")[1]).toBe("01,2001-01-01,25.4");
  });

  it("lacks sites without drivers or observations, and days that lack some driver at the ends, and says so", async () => {
    const { lines, notes } = await importTexts({
      "a.csv": flows.replaceAll("02,2001", "03,2001"),
      "b.csv": long("site_id,date,prcp_mm,tmax_c", (day) => `1,${day < 2 ? "" : day}`).replaceAll(
        "02,2001",
        "04,2001",
      ),
    });
    expect(lines("sites.csv")).toEqual(["site_id", "01"]);
    expect(notes).toEqual([
      "Left out, they have no drivers: 03",
      "Left out, they have no observations: 04",
      "Site 01: drivers from 2001-01-03 to 2001-01-20; 2 days before or after lack some of them",
    ]);
  });
});

describe("files as archives write them", () => {
  const day = (date: string) => date.replaceAll("-", "");

  it("USGS daily values (RDB) and a weather station of the DWD", async () => {
    const rdb = `# made up by a test\n#\nagency_cd\tsite_no\tdatetime\t69928_00060_00003\t69928_00060_00003_cd\t69929_00010_00003\t69929_00010_00003_cd\n5s\t15s\t20d\t14n\t10s\t14n\t10s\n${dates(
      20,
    )
      .map((date, i) => `USGS\t01022500\t${date}\t${i === 2 ? "" : i + 10}\t${i === 2 ? "" : "A:e"}\t4.5\tP`)
      .join("\n")}\n`;
    const dwd = `STATIONS_ID;MESS_DATUM;QN_3;  FM;QN_4; RSK; VPM;  PM; TMK; TXK; TNK;eor\n${dates(20)
      .map(
        (date, i) => `01022500;${day(date)};   10;   3.1;   3;   ${i}.5;  8.2; 1012.3;   4.1;  8.0; -2.5;eor`,
      )
      .join("\n")}\n`;
    const { lines } = await importTexts({ "q.rdb": rdb, "produkt_klima_tag.txt": dwd });
    expect(lines("obs_file.csv").slice(0, 4)).toEqual([
      "site_id,date,discharge_cms,discharge_cms_qualifiers,temp_c,temp_c_qualifiers",
      "01022500,2001-01-01,0.2831684659,A:e,4.5,P",
      "01022500,2001-01-02,0.3114853125,A:e,4.5,P",
      "01022500,2001-01-03,,,4.5,P",
    ]);
    expect(lines("input_file.csv").slice(0, 2)).toEqual([
      "site_id,date,prcp_mm,tmin_c,tmax_c,tmean_c,vp_pa,pressure_hpa,wind_ms",
      "01022500,2001-01-01,0.5,-2.5,8,4.1,820,1012.3,3.1",
    ]);
  });
});
