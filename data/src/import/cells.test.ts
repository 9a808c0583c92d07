import { describe, expect, it } from "vitest";
import { dates, failure, flows, importTexts, long, weather } from "./testing.ts";

const files = (text: string) => ({ "q.csv": text, "p.csv": weather });

describe("a column that is called a variable and holds more texts than numbers", () => {
  it("stops the import, also beside other variables", async () => {
    const units = long("site_id,date,discharge_cms,temp_c", (day) => `${day}.5 m3/s,${day}`);
    expect(await failure(files(units))).toMatchInlineSnapshot(`
      "Cannot import "q.csv": its column "discharge_cms" holds texts and no numbers
        it begins with  0.5 m3/s, 1.5 m3/s, 2.5 m3/s
        Write numbers alone: put units in the name of the column, and codes in a column of their own."
    `);
    const ice = long("site_id,date,discharge_cms,temp_c", (day) => `${day < 12 ? "Ice" : day},${day}`);
    expect(await failure(files(ice))).toMatchInlineSnapshot(`
      "Cannot import "q.csv": its column "discharge_cms" holds more texts than numbers
        it begins with  Ice, 12, 13
        If they mean a missing value, say so in a mapping (--mapping FILE): missing: ["Ice"]"
    `);
    const { lines } = await importTexts(files(ice), { mapping: "missing: [Ice]" });
    expect(lines("obs_file.csv").slice(12, 14)).toEqual(["01,2001-01-12,,11", "01,2001-01-13,12,12"]);
  });

  it("stops it in a table of attributes", async () => {
    const sites = "site_id,area_km2\n01,10 km2\n02,20 km2\n";
    expect(await failure({ ...files(flows), "s.csv": sites })).toContain(
      'Cannot import "s.csv": its column "area_km2" holds texts and no numbers\n',
    );
  });

  it("is not used if it holds words alone", async () => {
    const words = long("site_id,date,discharge_cms,wind", (day) => `${day},${day % 2 ? "strong" : "weak"}`);
    const { unused } = await importTexts(files(words));
    expect([...unused]).toEqual([["q.csv", ["wind"]]]);
  });
});

describe("a number with a thousands separator", () => {
  const flow = (text: string) =>
    long("site_id,date,flow_cms", (day) => (day === 7 ? `"${text}"` : `${day}.25`));

  it.each(["25,703", "1 234"])("%s beside decimals may be a typing error", async (text) => {
    expect(await failure(files(flow(text)))).toContain(
      `Cannot import "q.csv": "${text}" in its column "flow_cms" may have a thousands separator or a typing error: other numbers have decimals, such as "0.25", and none has both\n`,
    );
    const { lines } = await importTexts(files(flow(text)), { mapping: 'files: { q.csv: { decimal: "." } }' });
    expect(lines("obs_file.csv")[8]).toBe(`01,2001-01-08,${text.replace(/\D/, "")}`);
  });

  it("with what to do about it", async () => {
    expect(await failure(files(flow("25,703")))).toMatchInlineSnapshot(`
      "Cannot import "q.csv": "25,703" in its column "flow_cms" may have a thousands separator or a typing error: other numbers have decimals, such as "0.25", and none has both
        If it is an error, correct it. If it is a separator, name the decimal sign in a mapping (--mapping FILE):
          files: { "q.csv": { decimal: "." } }"
    `);
  });

  it.each(["25,703.5", "1 234.5"])("%s is one, since it has decimals too", async (text) => {
    const { lines } = await importTexts(files(flow(text)));
    expect(lines("obs_file.csv")[8]).toBe(`01,2001-01-08,${text.replace(/[, ]/, "")}`);
  });

  it("is one in a column without decimals, whatever others hold", async () => {
    const text = long("site_id,date,flow_cms,temp_c", (day) => `"1,23${day % 10}",${day}.5`);
    const { lines } = await importTexts(files(text));
    expect(lines("obs_file.csv")[1]).toBe("01,2001-01-01,1230,0.5");
  });
});

describe("an exponent", () => {
  it("without a sign, after several digits, may be a code", async () => {
    expect(await failure(files(flows.replaceAll(",14.5", ",14.5E1")))).toContain(
      `line 15: "14.5E1" in its column "discharge_cms" is not a number\n  Write only the number, and put codes in a column of their own.`,
    );
  });

  it.each(["1.45E1", "14.5e+0", "145E-1", ".145E2"])("%s is one as programs write it", async (text) => {
    const { lines } = await importTexts(files(flows.replaceAll(",14.5", `,${text}`)));
    expect(lines("obs_file.csv")[14]).toBe("01,2001-01-14,14.5");
  });
});

it("a line of totals is to be removed", async () => {
  const wide = `date,01,02\n${dates(20).join(",1,2\n")},1,2\nMean,1,2\n`;
  expect(await failure({ "flow_cms.csv": wide, "p.csv": weather })).toBe(
    'Cannot import "flow_cms.csv": line 22: "Mean" is not a date in the format YYYY-MM-DD\n  Remove lines of totals and means.',
  );
});
