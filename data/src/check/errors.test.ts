import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newFolder } from "../testing/files.ts";
import { checkFolder } from "./check-folder.ts";
import { edited, type Files, found, headers, soundRows, text } from "./testing.ts";

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
      "error obs_file.csv 01022500: a line does not have the 4 fields of the header",
    ],
    [
      "a date that is none",
      () => ({
        observations: edited("observations", (rows) => {
          rows[row] = "01022500,2001-02-30,1,2";
        }),
      }),
      "error obs_file.csv 01022500: there is no 30 February 2001: does the calendar have 360 days?",
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
      "error obs_file.csv 01022500: a day occurs twice",
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
      'error the files 1022500: the id differs from "01022500" only by leading zeros: one of the two lost some',
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
    await expect(checkFolder(join(newFolder(), "none"))).rejects.toThrow("the folder does not exist");
  });

  it("both a CSV and a Parquet file", async () => {
    const folder = newFolder();
    await writeFile(join(folder, "obs_file.parquet"), "");
    expect((await found({}, folder))[0]).toContain("there are both a CSV and a Parquet file of that name");
  });
});
