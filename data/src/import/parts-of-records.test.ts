import { describe, expect, it } from "vitest";
import { dates, failure, importTexts } from "./testing.ts";

/** Flow and rain of one site from a day on. */
const record = (first: string) =>
  `date,flow_cms,prcp_mm\n${dates(20, first)
    .map((date, i) => `${date},${i + 1}.5,${i % 3}`)
    .join("\n")}\n`;
const [early, late] = [record("2001-01-01"), record("2002-01-01")];

describe("files named like sites that share no days", () => {
  it("stop the import, since they may be the years of one site", async () => {
    const files = { "flow_2001.csv": early, "flow_2002.csv": late };
    expect(await failure(files)).toMatchInlineSnapshot(`
      "Cannot import "flow_{site_id}.csv": its files seem to be parts of the record of one site, and would become a site each: no two of them share more than a day
        2001  2001-01-01 to 2001-01-20
        2002  2002-01-01 to 2002-01-20
        Say in a mapping (--mapping FILE) what the names of the files mean. If they are parts:
          files: { "flow_*.csv": { columns: { site_id: { is: "..." } } } }
        If each is a site:
          files: { "flow_{site_id}.csv": {} }"
    `);
    const mapping = 'files: { "flow_*.csv": { columns: { site_id: { is: "01" } } } }';
    const { lines } = await importTexts(files, { mapping });
    expect(lines("sites.csv")).toEqual(["site_id", "01"]);
    expect(lines("obs_file.csv")).toHaveLength(41);
  });

  it("stop it among those of other sites too", async () => {
    const files = { "01_2001.csv": early, "01_2002.csv": late, "02_2001.csv": early, "02_2002.csv": late };
    expect(await failure(files)).toContain('If they are parts:\n    files: { "{site_id}_*.csv": {} }');
    const { lines } = await importTexts(files, { mapping: 'files: { "{site_id}_*.csv": {} }' });
    expect(lines("sites.csv")).toEqual(["site_id", "01", "02"]);
  });

  it("stop it if the year comes first, and if two years share a day", async () => {
    const shared = early.replace("2001-01-20", "2002-01-01");
    const files = { "2001-01.csv": shared, "2002-01.csv": late, "2001-02.csv": early, "2002-02.csv": late };
    expect(await failure(files)).toContain('If they are parts:\n    files: { "*-{site_id}.csv": {} }');
  });

  it("stop it if their columns differ in order", async () => {
    const other = late.replace("flow_cms,prcp_mm", "prcp_mm,flow_cms");
    expect(await failure({ "flow_2001.csv": early, "flow_2002.csv": other })).toContain("seem to be parts");
  });

  it("are sites if a mapping says so", async () => {
    const { lines } = await importTexts(
      { "a.csv": early, "b.csv": late },
      { mapping: 'files: { "{site_id}.csv": {} }' },
    );
    expect(lines("sites.csv")).toEqual(["site_id", "a", "b"]);
  });

  it("are sites if others have their days", async () => {
    const { lines } = await importTexts({ "elbe.csv": early, "isar.csv": late, "main.csv": early });
    expect(lines("sites.csv")).toEqual(["site_id", "elbe", "isar", "main"]);
  });
});
