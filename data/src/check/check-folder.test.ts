import { describe, expect, it } from "vitest";
import { formatFinding, formatReport, hasErrors } from "./format-report.ts";
import { check, edited, found, headers, soundRows, text } from "./testing.ts";

describe("a sound folder", () => {
  it("has no findings, and a table of what it holds", async () => {
    const report = await check();
    expect(report.findings).toEqual([]);
    expect(hasErrors(report)).toBe(false);
    const printed = formatReport(report);
    expect(printed).toContain("01022500  2001-01-01  2002-02-04  400   0       5..11.23 (10.0 % missing)");
    expect(printed).toContain("No errors, 0 warnings: a run can use this folder");
  });

  it("may have a byte order mark, CRLF, quotes and sites whose rows alternate", async () => {
    const rows = soundRows().observations;
    const mixed = rows.map((_, i) => rows[(i % 2) * 400 + Math.floor(i / 2)]!);
    const crlf = text(headers.observations, mixed).replaceAll("\n", "\r\n");
    expect(await found({ observations: `\uFEFF${crlf}` })).toEqual([]);
    const quoted = text(
      headers.observations,
      soundRows().observations.map((row) => row.replace(/^(\d+)/, '"$1"')),
    );
    expect(await found({ observations: quoted })).toEqual([]);
  });
});

it("two days without a driver are counted, lead to `fillGaps`, and cost one of the sites", async () => {
  const drivers = edited("drivers", (rows) => {
    for (const i of [5, 6]) rows[i] = rows[i]!.replace(/,[^,]*$/, ",");
  });
  const printed = formatReport(await check({ drivers }));
  expect(printed).toContain("(0.5 % missing)");
  expect(printed).toContain(
    "Gaps in the drivers: `fillGaps: N` in the config interpolates gaps of up to N days",
  );
  expect(printed).toContain(
    "1 error, 0 warnings, at 1 of 2 sites: a run leaves out a site whose data it cannot read",
  );
  const many = Array.from({ length: 5000 }, (_, i) => {
    const date = new Date(i * 86_400_000).toISOString().slice(0, 10);
    return `site-00,${date},1,2,${i === 7 || i === 8 ? "" : (i % 9) + 3}`;
  });
  const long = await check({ drivers: text(headers.drivers, many) });
  expect(formatReport(long)).toContain("3..11 (2 days missing)");
});

it("the same finding is listed once with a count", async () => {
  const report = await check({
    observations: edited("observations", (rows) => {
      for (let i = 0; i < 7; i++) rows[i] = rows[i]!.replace(/[^,]*$/, "?");
    }),
  });
  expect(formatReport(report)).toContain(
    'obs_file.csv, site 01022500: temp_c is not a number (7 times)\n    first: line 2, 2001-01-01: "?"',
  );
});

it("sites beyond the first forty are counted, unless all are asked for", async () => {
  const rows = (values: string) =>
    Array.from({ length: 43 }, (_, i) => `site-${String(i).padStart(2, "0")},2001-01-01,${values}`);
  const report = await check({
    observations: text(headers.observations, rows("1,2")),
    drivers: text(headers.drivers, rows("1,2,3")),
  });
  const printed = formatReport(report);
  expect(printed).toContain("  site-39  2001-01-01");
  expect(printed).not.toContain("  site-40  2001-01-01");
  expect(printed.split("  and 3 more: --all shows them")).toHaveLength(3);
  expect(formatReport(report, { all: true })).toContain("  site-42  2001-01-01");
});

it("numbers of sites.csv that cannot be right are named by column and site", async () => {
  const sites = "site_id,drainage_area_km2,slope,latitude\n01022500,-999,-9999,44\n01435000,0,1,99\n";
  const { findings } = await check({ sites });
  expect(findings.map((one) => `${one.level} ${formatFinding(one)}`)).toEqual([
    'error sites.csv, site 01022500: drainage_area_km2 holds a code for "missing": leave the field empty; first: "-999"',
    'error sites.csv, site 01022500: slope holds a code for "missing": leave the field empty; first: "-9999"',
    'error sites.csv, site 01435000: drainage_area_km2 is not above 0, as an area is: leave the field empty; first: "0"',
    'warning sites.csv, site 01435000: latitude is not between -90 and 90; first: "99"',
  ]);
});
