import { describe, expect, it } from "vitest";
import { dates, failure, importTexts, weather } from "./testing.ts";

/** Flow from December 2001 to January 2002, with the parts of dates that `parts` gives. */
const flow = (names: string, parts: (year: number, month: number, day: number) => string) => {
  const rows = ["01", "02"].flatMap((site) =>
    dates(20, "2001-12-22").map((date) => {
      const [year, month, day] = date.split("-").map(Number) as [number, number, number];
      return `${site},${parts(year, month, day)},5`;
    }),
  );
  return `site_id,${names},flow_cms\n${rows.join("\n")}\n`;
};
const waterYear = (year: number, month: number, day: number) =>
  `${month > 9 ? year + 1 : year},${month},${day}`;

describe("years that begin in October", () => {
  it.each(["water_year", "WY", "Hydrological year"])(
    "in a column %s stop the import, guessed or mapped",
    async (name) => {
      const files = { "q.csv": flow(`${name},month,day`, waterYear), "p.csv": weather };
      const message = await failure(files);
      expect(message).toBe(
        `Cannot import "q.csv": its column "${name}" counts from another month than January\n  A date made of it would be months off. Write a column of dates like 2018-01-31.`,
      );
      const mapping = `files: { q.csv: { columns: { site_id: site_id, date: [${name}, month, day] } } }`;
      expect(await failure(files, { mapping })).toBe(message);
    },
  );

  it("under another name are found where a December is followed by the January before it", async () => {
    expect(
      await failure({ "q.csv": flow("year,month,day", waterYear), "p.csv": weather }),
    ).toMatchInlineSnapshot(`
      "Cannot import "q.csv": line 12: 2002-01-01 follows 2002-12-31, as in years that begin in another month
        Dates made of water years would be months off. Write a column of dates like 2018-01-31."
    `);
  });

  it("are no matter beside dates or a column of calendar years", async () => {
    const both = flow("water_year,year,month,day", (...date) => `${waterYear(...date)[3]},${date.join()}`);
    const { lines } = await importTexts({ "q.csv": both, "p.csv": weather.replaceAll("2001-01", "2002-01") });
    expect(lines("obs_file.csv").slice(1, 12).at(-1)).toBe("01,2002-01-01,5");
  });

  it("are not meant by years of one site after those of another", async () => {
    const calendar = flow("year,month,day", (...date) => date.join()).replaceAll(",2002,", ",2001,");
    const decembers = calendar.replaceAll(/^0\d,2001,1,.*\n/gm, "");
    const januaries = calendar.replaceAll(/^0\d,2001,12,.*\n/gm, "").replaceAll(/^0/gm, "1");
    const { lines } = await importTexts({
      "q.csv": decembers + januaries.replace(/.*\n/, ""),
      "p.csv": weather,
    });
    expect(lines("obs_file.csv")).toContain("01,2001-12-22,5");
  });
});
