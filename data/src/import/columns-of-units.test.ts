import { describe, expect, it } from "vitest";
import { failure, importTexts, long, weather } from "./testing.ts";

/** Flow of 1000 in rows with a unit, which `unit` gives by the day. */
const flowsIn = (header: string, unit: (day: number) => string) =>
  long(`site_id,date,${header}`, (day) => `1000,${unit(day)}`);

describe("a column of units beside a variable", () => {
  it.each(["Q,unit", "flow,flow_unit", "Q,Einheit", "flow_obs,unit of flow", "Q,Q units"])(
    "%s: tells the unit, and is not reported as unused",
    async (header) => {
      const files = {
        "q.csv": flowsIn(header, (day) => (day === 3 ? "" : "l/s")).replace("flow_obs", "flow"),
        "p.csv": weather,
      };
      const { lines, unused } = await importTexts(files);
      expect(lines("obs_file.csv")[1]).toBe("01,2001-01-01,1");
      expect(unused.size).toBe(0);
    },
  );

  it("stops the import if rows have different units, also where a mapping says one", async () => {
    const files = {
      "q.csv": flowsIn("Q,unit", (day) => (day < 10 ? "m³/s" : day < 15 ? "m3/s" : "l/s")),
      "p.csv": weather,
    };
    const message = await failure(files);
    expect(message).toMatchInlineSnapshot(`
      "Cannot import "q.csv": its column "Q" has two units by its column "unit": m³/s and l/s
        Write all its values in one unit, or write a file for each unit."
    `);
    expect(await failure(files, { mapping: "columns: { discharge_cms: { from: Q, unit: m3/s } }" })).toBe(
      message,
    );
  });

  it("that contradicts the name is asked about, with both", async () => {
    const files = { "q.csv": flowsIn("discharge_cms,unit", () => "cfs"), "p.csv": weather };
    expect(await failure(files)).toContain(
      'Cannot import "q.csv": its column "discharge_cms": its name says m3/s and its column "unit" "cfs"\n',
    );
    const { lines } = await importTexts(files, { answers: ["ft3/s", "yes"] });
    expect(lines("obs_file.csv")[1]).toBe("01,2001-01-01,28.31684659");
  });

  it("of an unknown unit is asked about", async () => {
    expect(await failure({ "q.csv": flowsIn("Q,unit", () => "kcfs"), "p.csv": weather })).toContain(
      'its column "Q": its column "unit" says "kcfs", which is not a known unit of discharge\n',
    );
  });

  it("of attributes belongs to the area, if it is one of an area", async () => {
    const sites = (name: string) => `site_id,${name},slope,unit\n01,10,3,mi2\n02,20,4,mi2\n`;
    const files = { "q.csv": long("site_id,date,discharge_cms", () => "1"), "p.csv": weather };
    const { lines } = await importTexts({ ...files, "s.csv": sites("area") });
    expect(lines("sites.csv").slice(0, 2).join("\n")).toContain("25.89988");
    expect(await failure({ ...files, "s.csv": sites("area_km2") })).toContain(
      'its column "area_km2": its name says km2 and its column "unit" "mi2"\n',
    );
  });

  it("is none if it holds numbers, as a hydrologic unit does", async () => {
    const { lines } = await importTexts({
      "q.csv": flowsIn("flow_cms,unit", (day) => String(day)),
      "p.csv": weather,
    });
    expect(lines("obs_file.csv")[1]).toBe("01,2001-01-01,1000");
  });
});

describe("a mapping of another unit than the file says", () => {
  it("counts, and a note says so", async () => {
    const mapping = "columns: { discharge_cms: { from: Q_cfs, unit: m3/s }, prcp_mm: prcp_mm }";
    const q = long("site_id,date,Q_cfs", () => "5");
    const { lines, notes } = await importTexts({ "q.csv": q, "p.csv": weather }, { mapping });
    expect(lines("obs_file.csv")[1]).toBe("01,2001-01-01,5");
    expect(notes).toContain(
      'q.csv: its column "Q_cfs" is in ft3/s by the file, and in m3/s by the mapping, which counts',
    );
  });
});
