import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatDay, parseDay } from "../tables/day.ts";
import { checkFolder } from "./check-folder.ts";
import { formatReport, hasErrors } from "./format-report.ts";

const sites = ["01022500", "01435000"];
const start = parseDay("2001-01-01")!;

/** Two sites, 400 days, nothing wrong; every value belongs to its site and day. */
function soundRows(): { observations: string[]; drivers: string[] } {
  const observations: string[] = [];
  const drivers: string[] = [];
  for (const [s, site] of sites.entries())
    for (let i = 0; i < 400; i++) {
      const key = `${site},${formatDay(start + i)}`;
      const flow = i % 10 === 3 ? "" : (5 + s + (i % 37) * 0.173).toFixed(3);
      observations.push(`${key},${flow},${(10 + 8 * Math.sin(i / 58)).toFixed(2)}`);
      drivers.push(
        `${key},${((i * 7) % 11) / 2},${(2 + (i % 9) * 0.7).toFixed(2)},${(9 + (i % 13) * 0.6).toFixed(2)}`,
      );
    }
  return { observations, drivers };
}

const headers = {
  observations: "site_id,date,discharge_cms,temp_c",
  drivers: "site_id,date,prcp_mm,tmin_c,tmax_c",
};
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "braid-check-"));
});
afterEach(() => rm(folder, { recursive: true }));

const text = (header: string, rows: readonly string[]) => `${[header, ...rows].join("\n")}\n`;

interface Files {
  observations?: string | Uint8Array | null;
  drivers?: string | Uint8Array | null;
  sites?: string | null;
}

/** Checks a folder of sound files with some of them replaced; null leaves a file out. */
async function check(changed: Files = {}) {
  const { observations, drivers } = soundRows();
  const files = {
    "obs_file.csv":
      changed.observations === undefined ? text(headers.observations, observations) : changed.observations,
    "input_file.csv": changed.drivers === undefined ? text(headers.drivers, drivers) : changed.drivers,
    "sites.csv":
      changed.sites === undefined
        ? text(
            "site_id,name",
            sites.map((site) => `${site},"a, b"`),
          )
        : changed.sites,
  };
  for (const [name, content] of Object.entries(files))
    if (content !== null) await writeFile(join(folder, name), content);
  return checkFolder(folder);
}

/** `level file [site]: text`, without places. */
async function found(changed: Files) {
  const { findings } = await check(changed);
  return findings.map(
    ({ level, file, site, text }) =>
      `${level} ${file}${site === null ? "" : ` ${site}`}: ${text.split("\n")[0]}`,
  );
}

/** The sound rows with one line changed (index from 0). */
function edited(kind: "observations" | "drivers", edit: (rows: string[]) => void): string {
  const rows = soundRows()[kind];
  edit(rows);
  return text(headers[kind], rows);
}

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

describe("what would break a run is an error", () => {
  const row = 5;
  const cases: [string, () => Files, string][] = [
    ["a missing file", () => ({ drivers: null }), "error input_file.csv: the file does not exist"],
    ["an empty file", () => ({ drivers: "" }), "is empty"],
    ["a header alone", () => ({ drivers: `${headers.drivers}\n` }), "error input_file.csv: it has no rows"],
    [
      "no date column",
      () => ({ drivers: "site_id,prcp_mm\n01022500,1\n" }),
      'error input_file.csv: it has no column "date"',
    ],
    [
      "another first column",
      () => ({ drivers: "date,site_id,prcp_mm\n2001-01-01,01022500,1\n" }),
      'error input_file.csv: its first column is not "site_id"',
    ],
    [
      "two columns of one name",
      () => ({ drivers: "site_id,date,x,x\n01022500,2001-01-01,1,2\n" }),
      'it has two columns named "x"',
    ],
    [
      "a line of too few fields",
      () => ({
        observations: edited("observations", (rows) => {
          rows[row] = "01022500,2001-01-06";
        }),
      }),
      "error obs_file.csv 01022500: a line has not the 4 fields of the header",
    ],
    [
      "a date that is none",
      () => ({
        observations: edited("observations", (rows) => {
          rows[row] = "01022500,2001-02-30,1,2";
        }),
      }),
      "error obs_file.csv 01022500: a date is not written like 2018-01-31",
    ],
    [
      "a date far away",
      () => ({
        observations: edited("observations", (rows) => {
          rows[row] = "01022500,1101-02-03,1,2";
        }),
      }),
      "error obs_file.csv 01022500: a date is not between 1800 and 2199",
    ],
    [
      "a day twice",
      () => ({
        observations: edited("observations", (rows) => {
          rows.push(rows[row]!);
        }),
      }),
      "error obs_file.csv 01022500: a day stands twice",
    ],
    [
      "text for a number",
      () => ({
        observations: edited("observations", (rows) => {
          rows[row] = "01022500,2001-01-06,Ice,2";
        }),
      }),
      "error obs_file.csv 01022500: discharge_cms is not a number",
    ],
    [
      "a hexadecimal number",
      () => ({
        observations: edited("observations", (rows) => {
          rows[row] = "01022500,2001-01-06,0x10,2";
        }),
      }),
      "error obs_file.csv 01022500: discharge_cms is not a number",
    ],
    [
      "an infinite number",
      () => ({
        observations: edited("observations", (rows) => {
          rows[row] = "01022500,2001-01-06,Infinity,2";
        }),
      }),
      "error obs_file.csv 01022500: discharge_cms is not a number",
    ],
    [
      "NaN",
      () => ({
        observations: edited("observations", (rows) => {
          rows[row] = "01022500,2001-01-06,NaN,2";
        }),
      }),
      "error obs_file.csv 01022500: discharge_cms is not a number",
    ],
    [
      "a code for missing",
      () => ({
        observations: edited("observations", (rows) => {
          rows[row] = "01022500,2001-01-06,-999,2";
        }),
      }),
      'error obs_file.csv 01022500: discharge_cms holds a code for "missing": leave the field empty',
    ],
    [
      "a missing driver",
      () => ({
        drivers: edited("drivers", (rows) => {
          rows[row] = "01022500,2001-01-06,,1,2";
        }),
      }),
      "error input_file.csv 01022500: prcp_mm is missing",
    ],
    [
      "a gap in the drivers",
      () => ({
        drivers: edited("drivers", (rows) => {
          rows.splice(row, 1);
        }),
      }),
      "error input_file.csv 01022500: a day is missing between the first and the last",
    ],
    [
      "an empty site id",
      () => ({
        observations: edited("observations", (rows) => {
          rows[row] = ",2001-01-06,1,2";
        }),
      }),
      "error obs_file.csv : the site id is empty",
    ],
    [
      "a site without drivers",
      () => ({
        observations: edited("observations", (rows) => {
          rows.push("09000000,2001-01-06,1,2");
        }),
      }),
      "error input_file.csv 09000000: the site has observations and no drivers",
    ],
    [
      "a site without observations",
      () => ({
        drivers: edited("drivers", (rows) => {
          rows.push("09000000,2001-01-06,1,2,3");
        }),
      }),
      "error obs_file.csv 09000000: the site has drivers and no observations",
    ],
    [
      "an id that lost its zero",
      () => ({
        observations: edited("observations", (rows) => {
          rows.push("1022500,2001-01-06,1,2");
        }),
      }),
      'error the files 1022500: the id differs from "01022500" by leading zeros only: one of them lost some',
    ],
    [
      "a listed site without data",
      () => ({ sites: "site_id\n01022500\n01435000\n03\n" }),
      "error sites.csv 03: the site is listed and has neither observations nor drivers",
    ],
    [
      "a site listed twice",
      () => ({ sites: "site_id\n01022500\n01435000\n01022500\n" }),
      "error sites.csv 01022500: the site is listed twice",
    ],
    [
      "UTF-16",
      () => ({ drivers: Buffer.from(`\uFEFF${headers.drivers}\n`, "utf16le") }),
      "it is not UTF-8 text",
    ],
    [
      "Latin-1",
      () => ({ drivers: Buffer.from(`site_id,date,caf\u00e9\n01022500,2001-01-01,1\n`, "latin1") }),
      "it is not UTF-8 text, at or after line 1",
    ],
    [
      "NUL characters",
      () => ({
        drivers: edited("drivers", (rows) => {
          rows[row] += "\0";
        }),
      }),
      "holds a NUL character",
    ],
    [
      "an open quote",
      () => ({
        drivers: edited("drivers", (rows) => {
          rows[row] = `"${rows[row]}`;
        }),
      }),
      "is not CSV",
    ],
    [
      "an endless line",
      () => ({
        drivers: edited("drivers", (rows) => {
          rows[row] = "x".repeat(200_000);
        }),
      }),
      "is longer than 100000 characters",
    ],
    [
      "carriage returns alone",
      () => ({ drivers: text(headers.drivers, soundRows().drivers.slice(0, 20)).replaceAll("\n", "\r") }),
      "a carriage return without a line feed",
    ],
  ];
  it.each(cases)("%s", async (_, files, message) => {
    const messages = await found(files());
    expect(messages.filter((one) => one.startsWith("error")).join("\n")).toContain(message);
  });

  it("a folder that does not exist", async () => {
    await expect(checkFolder(join(folder, "none"))).rejects.toThrow("the folder does not exist");
  });

  it("both a CSV and a Parquet file", async () => {
    await writeFile(join(folder, "obs_file.parquet"), "");
    expect((await found({}))[0]).toContain("there are both a CSV and a Parquet file of that name");
  });
});

describe("what looks odd is a warning", () => {
  const shift = (kind: "observations" | "drivers", column: number, change: (value: number) => number) =>
    edited(kind, (rows) => {
      for (const [i, row] of rows.entries()) {
        const cells = row.split(",");
        if (cells[column] !== "") cells[column] = change(Number(cells[column])).toFixed(3);
        rows[i] = cells.join(",");
      }
    });
  const cases: [string, () => Files, string][] = [
    [
      "negative flow",
      () => ({
        observations: edited("observations", (rows) => {
          rows[5] = "01022500,2001-01-06,-0.5,2";
        }),
      }),
      "discharge_cms is negative",
    ],
    [
      "boiling water",
      () => ({
        observations: edited("observations", (rows) => {
          rows[5] = "01022500,2001-01-06,1,99";
        }),
      }),
      "temp_c is above 42",
    ],
    [
      "days out of order",
      () => ({
        observations: edited("observations", (rows) => {
          rows.splice(3, 2, rows[4]!, rows[3]!);
        }),
      }),
      "days are not in order",
    ],
    [
      "Fahrenheit",
      () => ({ observations: shift("observations", 3, (c) => 1.8 * c + 32) }),
      "temp_c has an unlikely mean: is its unit degrees Fahrenheit or kelvin?",
    ],
    [
      "rain in metres",
      () => ({ drivers: shift("drivers", 2, (mm) => mm / 1000) }),
      "prcp_mm has an unlikely mean: is its unit inches, metres",
    ],
    [
      "a stuck instrument",
      () => ({ observations: shift("observations", 3, () => 7.5) }),
      "temp_c is the same for 30 days or more",
    ],
    [
      "a variable never observed",
      () => ({
        observations: edited("observations", (rows) => {
          for (const [i, row] of rows.entries()) rows[i] = row.replace(/[^,]*$/, "");
        }),
      }),
      "temp_c was never observed",
    ],
    ["swapped extremes", () => ({ drivers: shift("drivers", 3, (c) => c + 40) }), "tmin_c is above tmax_c"],
    [
      "a file cut in its last line",
      () => ({ observations: text(headers.observations, soundRows().observations).slice(0, -2) }),
      "does not end in a line feed: is the file complete?",
    ],
    [
      "an unlisted site",
      () => ({ sites: "site_id\n01022500\n" }),
      "the site is not listed: `sites: all` leaves it out",
    ],
    [
      "observations beyond the drivers",
      () => ({
        observations: edited("observations", (rows) => {
          rows.push("01022500,2009-01-01,1,2");
        }),
      }),
      "observations reach beyond the drivers",
    ],
    [
      "seven digits",
      () => ({
        observations: text(headers.observations, ["1022500,2001-01-01,1,2"]),
        drivers: text(headers.drivers, ["1022500,2001-01-01,1,2,3"]),
      }),
      "the id has seven digits",
    ],
  ];
  it.each(cases)("%s", async (_, files, message) => {
    const messages = await found(files());
    expect(messages.filter((one) => one.startsWith("warning")).join("\n")).toContain(message);
  });

  it("cfs under the name of cms", async () => {
    const both = soundRows().observations.map((row) => row.replace(/,([^,]*),[^,]*$/, ",$1,$1"));
    const messages = await found({ observations: text("site_id,date,discharge_cfs,discharge_cms", both) });
    expect(messages).toContain(
      "warning obs_file.csv 01022500: discharge_cms is not discharge_cfs x 0.0283168",
    );
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
