/** Tables with a row per site, day and variable. */
import { describe, expect, it } from "vitest";
import { dates, failure, flows, importTexts, long, weather } from "./testing.ts";

/** Twenty days of the sites 01 and 02, a row for each of the variables. */
function tidy(header: string, ...variables: readonly ((day: number, date: string) => string)[]): string {
  const rows = ["01", "02"].flatMap((site) =>
    variables.flatMap((row) => dates(20).map((date, day) => `${site},${date},${row(day, date)}`)),
  );
  return `${header}\n${rows.join("\n")}\n`;
}

describe("a row per site, day and variable", () => {
  it("is read with the units of a column, and other columns are named as not used", async () => {
    const text = tidy(
      "station,datum,parameter,wert,einheit,status",
      (day) => `Abfluss,${1000 * (day + 1)},l/s,gut`,
      (day) => `Niederschlag,${day},mm,gut`,
      () => "Pegel,120,cm,gut",
    );
    const { lines, shown, unused } = await importTexts({ "a.csv": text });
    expect(lines("obs_file.csv").slice(0, 3)).toEqual([
      "site_id,date,discharge_cms",
      "01,2001-01-01,1",
      "01,2001-01-02,2",
    ]);
    expect(lines("obs_file.csv")).toHaveLength(41);
    expect(lines("input_file.csv")[2]).toBe("01,2001-01-02,1");
    expect(shown).toContain('discharge_cms: { from: "Abfluss [l/s]", unit: L/s } # such as 1000');
    expect(unused).toEqual(new Map([["a.csv", ["Pegel [cm]", "status"]]]));
  });

  it("is read with codes of the USGS, in the unit that stands beside them", async () => {
    const header = "monitoring_location_id,time,parameter_code,value,unit_of_measure,qualifier";
    const text = tidy(
      header,
      (day) => `00060,${day + 1},ft^3/s,ICE`,
      (day) => `00010,${day + 1.5},degC,`,
    );
    const { lines } = await importTexts({ "a.csv": text, "w.csv": weather });
    expect(lines("obs_file.csv").slice(0, 2)).toEqual([
      "site_id,date,discharge_cms,temp_c",
      "01,2001-01-01,0.02831684659,1.5",
    ]);
    const metric = text.replaceAll("ft^3/s", "m3/s");
    const other = await importTexts({ "a.csv": metric, "w.csv": weather });
    expect(other.lines("obs_file.csv")[1]).toBe("01,2001-01-01,1,1.5");
  });

  it("is read again with the mapping that the import kept", async () => {
    const text = tidy(
      "site_id,date,variable,value",
      (day) => `flow_cms,${day}.5`,
      (day) => `rain_mm,${day}`,
    );
    const first = await importTexts({ "a.csv": text });
    const again = await importTexts({ "a.csv": text }, { folder: first.folder, yes: false });
    expect(again.lines("obs_file.csv")).toEqual(first.lines("obs_file.csv"));
    expect(again.lines("input_file.csv")).toHaveLength(41);
  });

  it("has a rule for several values a day", async () => {
    const text = tidy(
      "site_id,time,variable,value",
      (day) => `flow_cms,${day}.5`,
      (day) => `rain_mm,${day}`,
    );
    const hours = text.replaceAll(/^(.*)-(\d\d),(.*)$/gm, "$1-$2 00:00,$3\n$1-$2 12:00,$3");
    const { lines } = await importTexts({ "a.csv": hours }, { answers: ["yes", "yes"] });
    expect(lines("obs_file.csv")[2]).toBe("01,2001-01-02,1.5");
    expect(lines("input_file.csv")[2]).toBe("01,2001-01-02,2");
  });
});

describe("such a table is refused", () => {
  const rain = (day: number) => `rain,${day},mm`;

  it.each([
    [
      "with two units of a variable",
      (text: string) => text.replace("rain,7,mm", "rain,7,in"),
      'Cannot import "a.csv": its variable "rain" has two units: mm and in\n  the second  line 9\n',
    ],
    [
      "without the name of a variable",
      (text: string) => text.replace("rain,7", ",7"),
      'Cannot import "a.csv": line 9: its column "variable" is empty, so the variable is not known\n',
    ],
  ])("%s", async (_, change, message) => {
    const text = change(tidy("site_id,date,variable,value,unit", rain));
    expect(await failure({ "a.csv": text, "q.csv": flows })).toContain(message);
  });

  it("with two values of a variable on a day", async () => {
    const text = tidy(
      "site_id,date,variable,method,value,unit",
      (day) => `flow,mean,${day},m3/s`,
      (day) => `flow,max,${day + 1},m3/s`,
    );
    expect(await failure({ "a.csv": text, "w.csv": weather })).toMatchInlineSnapshot(`
      "Cannot import "a.csv": it gives discharge_cms of site 01 on 2001-01-01, and so does another line or file
        again  line 22 of a.csv
        Leave one of the lines or files out, or take the column out of its mapping."
    `);
  });
});

it("values that a mapping takes for one variable, and tables with variables of their own, are read as they are", async () => {
  const one = tidy("site_id,date,parameter,value,symbol", (day) => `1,${day}.5,B`);
  const mapping =
    "files: { a.csv: { columns: { site_id: site_id, date: date, discharge_cms: { from: value, unit: m3/s } } } }";
  const { lines } = await importTexts({ "a.csv": one, "w.csv": weather }, { mapping });
  expect(lines("obs_file.csv")[1]).toBe("01,2001-01-01,0.5");
  const own = long("site_id,date,Q_cms,parameter,value", (day) => `${day}.5,x,3`);
  expect((await importTexts({ "a.csv": own, "w.csv": weather })).unused).toEqual(
    new Map([["a.csv", ["parameter", "value"]]]),
  );
});

describe("a column of statistics", () => {
  it("stops the import if values of one variable are different ones", async () => {
    const rows = tidy(
      "site_id,date,parameter,value,unit,statistic",
      (day) => `Discharge,${day},m3/s,${day < 9 ? "mean" : "max"}`,
    );
    expect(await failure({ "q.csv": rows, "p.csv": weather })).toMatchInlineSnapshot(`
      "Cannot import "q.csv": its variable "Discharge" has two statistics by its column "statistic": mean and max
        Keep the rows of one of them, or write those of each into a column of its own."
    `);
    const flow = long("site_id,date,flow_cms,stat_cd", (day) => `${day},${day < 9 ? "00003" : "00001"}`);
    expect(await failure({ "q.csv": flow, "p.csv": weather })).toMatchInlineSnapshot(`
      "Cannot import "q.csv": it has two statistics by its column "stat_cd": 00003 and 00001
        Keep the rows of one of them, or write those of each into a column of its own."
    `);
  });

  it("may say another one of each variable", async () => {
    const rows = tidy(
      "site_id,date,parameter,value,unit,statistic",
      (day) => `Discharge,${day},m3/s,mean`,
      (day) => `Precipitation,${day},mm,${day === 5 ? "" : "sum"}`,
    );
    expect((await importTexts({ "a.csv": rows })).lines("obs_file.csv")[2]).toBe("01,2001-01-02,1");
  });

  it("is no matter to a mapping that names the columns", async () => {
    const flow = long("site_id,date,flow_cms,statistic", (day) => `${day},mean of ${day}`);
    const mapping = "columns: { discharge_cms: flow_cms, prcp_mm: prcp_mm }";
    const { lines } = await importTexts({ "q.csv": flow, "p.csv": weather }, { mapping });
    expect(lines("obs_file.csv")[2]).toBe("01,2001-01-02,1");
  });
});
