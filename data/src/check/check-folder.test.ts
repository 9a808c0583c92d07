import { describe, expect, it } from "vitest";
import { formatReport, hasErrors } from "./format-report.ts";
import { check, edited, found, headers, soundRows, text } from "./testing.ts";

describe("a sound folder", () => {
  it("has no findings, and a table of what it holds", async () => {
    const report = await check();
    expect(report.findings).toEqual([]);
    expect(hasErrors(report)).toBe(false);
    const printed = formatReport(report);
    expect(printed).toContain("01022500  2001-01-01  2002-02-04  400   0     5..11.23 (10.0 % missing)");
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
