import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRecords } from "../records/index.ts";
import { newFolder } from "../testing/files.ts";
import { idFault } from "./site-ids.ts";
import { found, headers, soundRows, text } from "./testing.ts";

const asNumber = (likely: string) =>
  `the id is written as a number, as spreadsheets do: is it "${likely}"? Write ids as text`;
const cut = (likely: string) => asNumber(likely).replace("do:", "do, digits may be lost:");

describe("an id that a spreadsheet spoilt is refused with the likely one", () => {
  it.each([
    ["1435000.0", asNumber("01435000")],
    ["1435000.", asNumber("01435000")],
    ["14185000.0", asNumber("14185000")],
    ["1,435,000", asNumber("01435000")],
    ["40125807453801.0", asNumber("040125807453801")],
    ["4.10252E+14", cut("410252000000000")],
    ["4.10252074001101e+14", cut("410252074001101")],
    ["1.435E+06", cut("01435000")],
    ["'01435000", asNumber("01435000")],
    ['="01435000"', asNumber("01435000")],
  ])("%s", (id, message) => {
    expect(idFault(id)).toBe(message);
  });

  it("one that names no folder too", () => {
    expect(idFault("a/b")).toBe(
      "the id has a slash, and the folder of a site's results has the id as its name",
    );
    expect(idFault("a\\b")).toContain("slash");
    expect(idFault("..")).toBe("the id cannot be the name of a folder, which a site needs for its results");
  });

  it("and no sound one", () => {
    for (const id of [
      "01435000",
      "410252074001101",
      "USGS-01435000",
      "6335020",
      "DE.110.0",
      "camels_01",
      "E12",
      "1e",
    ])
      expect(idFault(id), id).toBeNull();
  });
});

describe("in a folder", () => {
  const renamed = (kind: "observations" | "drivers", id: string) =>
    text(
      headers[kind],
      soundRows()[kind].map((row) => row.replace(/^01435000/, id)),
    );
  const list = (id: string) => `site_id\n01022500\n${id}\n`;
  const both = (id: string) => ({
    observations: renamed("observations", id),
    drivers: renamed("drivers", id),
  });

  it.each([
    ["in all files", { ...both("1435000.0"), sites: list("1435000.0") }],
    ["in both tables without sites.csv", { ...both("1435000.0"), sites: null }],
    ["in the observations", { observations: renamed("observations", "1435000.0") }],
    ["in the drivers without sites.csv", { drivers: renamed("drivers", "1435000.0"), sites: null }],
    ["in sites.csv", { sites: list("1435000.0") }],
  ])("%s", async (_, files) => {
    const messages = await found(files);
    expect(messages.filter((one) => one.startsWith("error")).join("\n")).toContain(asNumber("01435000"));
  });

  it("zeros that are lost in sites.csv alone", async () => {
    expect(await found({ sites: list("1435000") })).toContain(
      'error the files 1435000: the id differs from "01435000" only by leading zeros: one of the two lost some',
    );
  });

  it("accents that one of the files writes apart, and characters that cannot be seen", async () => {
    const [one, two] = ["M\u00f6rsch", "Mo\u0308rsch"];
    const files = {
      observations: renamed("observations", one),
      drivers: renamed("drivers", two),
      sites: list(one),
    };
    expect((await found(files)).join("\n")).toContain(
      `looks like "${one}" and has other characters (separate accents, for example): write both in the same way`,
    );
    const hidden = { ...both("01435000\u200b"), sites: list("01435000\u200b") };
    expect((await found(hidden)).join("\n")).toContain(
      'the id contains an invisible character: write "01435000" again',
    );
  });

  it("zeros of fifteen digits", async () => {
    expect(await found({ ...both("40125807453801"), sites: null })).toContain(
      "warning obs_file.csv 40125807453801: the id has 14 digits: USGS ids of places have fifteen, was a leading zero lost?",
    );
  });

  it("a run that finds the spoilt id names it", async () => {
    const file = join(newFolder(), "obs_file.csv");
    await writeFile(file, renamed("observations", "1435000.0"));
    for await (const [, read] of readRecords(file, ["01435000"], { numbers: ["temp_c"] }))
      expect(String(read)).toContain(`Cannot read site "01435000": "${file}" has it as "1435000.0"`);
    await writeFile(file, renamed("observations", "Mo\u0308rsch"));
    for await (const [, read] of readRecords(file, ["M\u00f6rsch"], { numbers: ["temp_c"] }))
      expect(String(read)).toContain(
        "The two look the same but have different characters: write both in the same way.",
      );
  });
});
