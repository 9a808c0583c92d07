/** The same numbers in any dress give the same data folder: a wrong number would be worse than an error. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { parseNumber } from "../tables/number.ts";
import { dates, importTexts } from "./testing.ts";

const days = dates(40);
const sites = ["007", "0123"];

/** How a file writes its numbers, dates and columns. */
const dress = fc.record({
  separator: fc.constantFrom(",", ";", "\t", "|"),
  decimal: fc.constantFrom(".", ","),
  thousands: fc.boolean(),
  date: fc.constantFrom<(y: string, m: string, d: string) => string>(
    (y, m, d) => `${y}-${m}-${d}`,
    (y, m, d) => `${y}/${+m}/${+d}`,
    (y, m, d) => `${y}${m}${d}`,
    (y, m, d) => `${d}.${m}.${y}`,
    (y, m, d) => `${d}/${m}/${y}`,
    (y, m, d) => `${m}/${d}/${y}`,
    (y, m, d) => `${+d} ${m === "01" ? "Jan" : "Feb"} ${y}`,
    (y, m, d) => `${y}-${m}-${d} 00:00:00`,
  ),
  flow: fc.constantFrom(
    ["Q [m³/s]", 1],
    ["Abfluss_m3s", 1],
    ["q_cfs", 0.028316846592],
    ["flow (L/s)", 0.001],
    ["Q_MLd", 1 / 86.4],
  ),
  rain: fc.constantFrom(
    ["P (mm)", 1],
    ["rain_in", 25.4],
    ["Niederschlag [mm/d]", 1],
    ["pr (kg m-2 s-1)", 86_400],
  ),
  temperature: fc.constantFrom(["Tmax °C", 1, 0], ["tmax_F", 1 / 1.8, -32], ["TX [K]", 1, -273.15]),
  layout: fc.constantFrom("long", "by date", "file per site"),
  windows: fc.boolean(),
});

/** Flows, rain and temperatures of a site in the units of the file; some flows are missing. */
const values = (site: number, day: number, hot: number) =>
  [day % 9 === 4 ? -999 : 1000.25 + 7 * day + site, (day % 4) + 0.5, hot + day / 4] as const;

it("whatever the separators, decimals, dates, units and layout", async () => {
  await fc.assert(
    fc.asyncProperty(
      dress,
      async ({ separator, decimal, thousands, date, flow, rain, temperature, layout, windows }) => {
        const spell = (value: number) => {
          const [whole = "", part] = String(value).split(".");
          const mark = decimal === "," ? "." : ",";
          const grouped = thousands && part !== undefined ? whole.replace(/\B(?=(\d{3})+$)/g, mark) : whole;
          const text = part === undefined ? grouped : `${grouped}${decimal}${part}`;
          return text.includes(separator) ? `"${text}"` : text;
        };
        const hot = temperature[1] === 1 && temperature[2] === 0 ? 5 : temperature[2] === -32 ? 50 : 280;
        const rowOf = (site: number, day: number) => {
          const [y, m, d] = days[day]!.split("-") as [string, string, string];
          return [date(y, m, d), ...values(site, day, hot).map(spell)];
        };
        const header = ["Datum", flow[0], rain[0], temperature[0]];
        const end = windows ? "\r\n" : "\n";
        const text = (rows: readonly (readonly string[])[]) =>
          `${rows.map((row) => row.join(separator)).join(end)}${end}`;
        const all = sites.flatMap((site, at) => days.map((_, day) => ({ site, at, day })));
        if (layout === "by date") all.sort((a, b) => a.day - b.day);
        const files: Record<string, string> =
          layout === "file per site"
            ? Object.fromEntries(
                sites.map((site, at) => [
                  `gauge_${site}.csv`,
                  text([header, ...days.map((_, day) => rowOf(at, day))]),
                ]),
              )
            : {
                "all.csv": text([
                  ["Pegelnummer", ...header],
                  ...all.map(({ site, at, day }) => [site, ...rowOf(at, day)]),
                ]),
              };
        const { lines } = await importTexts(files);
        const read = (name: string) =>
          lines(name)
            .slice(1)
            .map((line) => line.split(","));
        const observed = new Map(
          read("obs_file.csv").map(([site, day, value]) => [`${site} ${day}`, value!]),
        );
        for (const [site, day, prcp, tmax] of read("input_file.csv")) {
          const [q, p, t] = values(sites.indexOf(site!), days.indexOf(day!), hot);
          const found = observed.get(`${site} ${day}`);
          if (q === -999) expect(found).toBeUndefined();
          else expect(parseNumber(found!)).toBeCloseTo(q * flow[1], 6);
          expect(parseNumber(prcp!)).toBeCloseTo(p * rain[1], 4);
          expect(parseNumber(tmax!)).toBeCloseTo((t + temperature[2]) * temperature[1], 6);
        }
        expect(read("input_file.csv")).toHaveLength(sites.length * days.length);
        expect(lines("sites.csv")).toEqual(["site_id", ...sites]);
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});
