import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkFolder } from "../check/check-folder.ts";
import { dates, failure, flows, importTexts, weather } from "./testing.ts";

const depths = flows.replace("discharge_cms", "runoff_mmd");

describe("attributes that are unknown", () => {
  it.each([
    ["-999", 'is a code for "missing"'],
    ["-9999", 'is a code for "missing"'],
    ["-5", "is not above 0, as an area must be"],
    ["0", "is not above 0, as an area must be"],
  ])("an area of %s makes no flow of a depth: the site is left out by name", async (area, why) => {
    const { lines, notes } = await importTexts({
      "q.csv": depths,
      "p.csv": weather,
      "sites.csv": `site_id,area_km2\n01,${area}\n02,86.4\n`,
    });
    expect(notes).toEqual([
      `drainage_area_km2: ${area} ${why}, once; the field is left empty`,
      "Left out, because their flow is a depth (mm/d) and the area of their basin is not known: 01",
    ]);
    expect(lines("sites.csv")).toEqual(["site_id,drainage_area_km2", "02,86.4"]);
    expect(lines("obs_file.csv")[1]).toBe("02,2001-01-01,1.5");
  });

  it("stop the import where no site has an area", async () => {
    const files = { "q.csv": depths, "p.csv": weather, "s.csv": "site_id,area_km2\n01,-999\n02,-999\n" };
    expect(await failure(files)).toMatchInlineSnapshot(`
      "Cannot import "q.csv": discharge_cms of site 01 is a depth (mm/d), and the area of its basin is not known
        Give a table with a column of areas too (drainage_area_km2), or a mapping that names it."
    `);
  });

  it("are left empty in any column, and counted; the check of a folder finds none", async () => {
    const { lines, notes, folder } = await importTexts({
      "q.csv": flows,
      "p.csv": weather,
      "s.csv":
        "site_id,area_km2,elevation_m,slope,dec_long_va,tmp_dc_smn\n01,-999,-9999,-99,-99.9,-99\n02,12,9999,-999,-9999,-999\n",
    });
    expect(lines("sites.csv")).toEqual([
      "site_id,longitude,elevation_m,drainage_area_km2,slope,tmp_dc_smn",
      "01,-99.9,,,,-99",
      "02,,,12,,",
    ]);
    expect(notes).toMatchInlineSnapshot(`
      [
        "drainage_area_km2: -999 is a code for "missing", once; the field is left empty",
        "elevation_m: -9999 is a code for "missing", once; the field is left empty",
        "slope: -99 is a code for "missing", once; the field is left empty",
        "elevation_m: 9999 is a code for "missing", once; the field is left empty",
        "longitude: -9999 is a code for "missing", once; the field is left empty",
        "slope: -999 is a code for "missing", once; the field is left empty",
        "tmp_dc_smn: -999 is a code for "missing", once; the field is left empty",
      ]
    `);
    const { findings } = await checkFolder(join(folder, "out"));
    expect(findings.filter(({ file, level }) => file === "sites.csv" && level === "error")).toEqual([]);
  });
});

describe("units of areas and elevations", () => {
  const sites = (header: string) => ({
    "q.csv": flows,
    "p.csv": weather,
    "s.csv": `${header}\n01,100,1000\n02,200,2000\n`,
  });

  it("of the USGS are square miles and feet by their names", async () => {
    const { lines, shown } = await importTexts(sites("site_no,drain_area_va,alt_va"));
    expect(shown).toContain("drainage_area_km2: { from: drain_area_va, unit: mi2 } # such as 100\n");
    expect(lines("sites.csv")).toEqual([
      "site_id,elevation_m,drainage_area_km2",
      "01,304.8,258.998811",
      "02,609.6,517.9976221",
    ]);
  });

  it("in feet and square miles know the codes that they know in metres", async () => {
    const files = sites("site_no,drain_area_va,alt_va");
    const text = files["s.csv"].replace("100,1000", "-999,-999");
    const { lines } = await importTexts({ ...files, "s.csv": text });
    expect(lines("sites.csv")[1]).toBe("01,,");
  });

  it("are asked about where the names say none, whatever the mean", async () => {
    expect(await failure(sites("site_id,drainage_area,elev_m"))).toMatchInlineSnapshot(`
      "Cannot import "s.csv": the unit of its column "drainage_area" is not known: its name does not tell it
        for example  100
        key          files > "s.csv" > columns > drainage_area_km2 > unit
        one of       km2, mi2, ha, m2
        Edit out/mapping.proposed.yml and run the command again with --mapping out/mapping.proposed.yml"
    `);
    expect(await failure(sites("site_id,area_km2,altitude"))).toMatchInlineSnapshot(`
      "Cannot import "s.csv": the unit of its column "altitude" is not known: its name does not tell it
        for example  1000
        key          files > "s.csv" > columns > elevation_m > unit
        one of       m, ft
        Edit out/mapping.proposed.yml and run the command again with --mapping out/mapping.proposed.yml"
    `);
    const { lines } = await importTexts(sites("site_id,area,elevation"), { answers: ["km2", "ft", "yes"] });
    expect(lines("sites.csv")[1]).toBe("01,304.8,100");
  });
});

describe("ids that lost their zeros in a table of depths", () => {
  it("are found though no flow can be computed without an area", async () => {
    const message = await failure({
      "flow_mm_day.csv": `date,1,2\n${dates(20)
        .map((date) => `${date},3,4`)
        .join("\n")}\n`,
      "p.csv": weather,
      "s.csv": "site_id,area_km2\n01,10\n02,20\n",
    });
    expect(message).toMatchInlineSnapshot(`
      "Cannot import: site 01: the id differs from "1" only by leading zeros: one of the two lost some
        in the drivers              01
        in the attributes           01
        in the rows without values  1
        Say in the mapping how many digits ids have: site_id: { from: ..., digits: 2 }"
    `);
  });
});
