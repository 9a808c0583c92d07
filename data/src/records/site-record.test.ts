import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatDay } from "../tables/day.ts";
import { newFolder } from "../testing/files.ts";
import { readRecords, type SiteRecord } from "./site-record.ts";

async function read(text: string, numbers = ["q"], site = "01", name = "obs_file.csv"): Promise<SiteRecord> {
  const file = join(newFolder(), name);
  writeFileSync(file, text);
  for await (const [, record] of readRecords(file, [site], { numbers, texts: ["q_qualifiers"] })) {
    if (record instanceof Error) throw record;
    return record;
  }
  throw new Error("nothing was read");
}

describe("a site's record", () => {
  test("has its days in order and empty fields as missing values", async () => {
    const record = await read(
      "site_id,date,q,t\n01,2000-01-03,3,\n01,2000-01-01,1,9\n02,2000-01-01,7,7\n01,2000-01-02,,8\n",
    );
    expect(Array.from(record.days, formatDay)).toEqual(["2000-01-01", "2000-01-02", "2000-01-03"]);
    expect(record.numbers).toEqual({ q: Float64Array.of(1, Number.NaN, 3) });
    expect(record.texts).toEqual({});
  });

  test("has its texts as they are written", async () => {
    const record = await read("site_id,date,q,q_qualifiers\n01,2000-01-01,1,A:e\n01,2000-01-02,,\n");
    expect(record.texts.q_qualifiers).toEqual(["A:e", ""]);
  });

  test("comes with what looks odd in it", async () => {
    const file = join(newFolder(), "obs_file.csv");
    writeFileSync(file, "site_id,date,temp_c\n01,2000-01-01,77\n01,2000-01-02,78\n01,2000-01-03,7");
    for await (const [, record] of readRecords(file, ["01"], { numbers: ["temp_c"] })) {
      if (record instanceof Error) throw record;
      expect(record.warnings.map(({ text, example, count }) => [text, example, count])).toEqual([
        ["the last line does not end in a line feed: is the file complete?", "line 4", 1],
        ["temp_c is above 42", "line 2, 2000-01-01: 77", 2],
      ]);
    }
  });

  test("comes with a warning where the night is warmer than the day", async () => {
    const file = join(newFolder(), "input_file.csv");
    writeFileSync(file, "site_id,date,tmin_c,tmax_c\n01,2000-01-01,5,-5\n01,2000-01-02,,3\n");
    for await (const [, record] of readRecords(file, ["01"], { numbers: ["tmin_c", "tmax_c"] }))
      expect(record).toMatchObject({
        warnings: [{ text: "tmin_c is above tmax_c", example: "line 2, 2000-01-01", count: 1 }],
      });
  });

  test("comes with an error of its own, and the next site all the same", async () => {
    const file = join(newFolder(), "obs_file.csv");
    writeFileSync(file, "site_id,date,q\n01,2000-01-01,Ice\n02,2000-01-01,2\n");
    const results = new Map<string, SiteRecord | Error>();
    for await (const [site, record] of readRecords(file, ["01", "02", "03"], { numbers: ["q"] }))
      results.set(site, record);
    expect(results.get("01")).toBeInstanceOf(Error);
    expect(results.get("02")).toMatchObject({ site: "02" });
    expect(String(results.get("03"))).toContain('Cannot read site "03"');
  });
});

describe("a record that cannot be read says where and why", () => {
  test("text in a number column", async () => {
    await expect(read("site_id,date,q\n01,2000-01-01,Ice\n")).rejects.toThrow(
      /obs_file.csv": q is not a number\n {2}value {2}"Ice"\n {2}site {3}01\n {2}date {3}2000-01-01\n {2}line {3}2\n {2}Leave the field empty/,
    );
  });

  test("text in a column of drivers, where an empty field would be the next error", async () => {
    const reading = read("site_id,date,tmax_c\n01,2000-01-01,x\n", ["tmax_c"], "01", "input_file.csv");
    await expect(reading).rejects.toThrow(
      /input_file.csv": tmax_c is not a number\n {2}value {2}"x"\n[\s\S]*\n {2}A driver needs a number on every day: write it, or leave the field empty and set `fillGaps: N` in the config/,
    );
    await expect(reading).rejects.not.toThrow("where nothing was observed");
  });

  test.each(["0x10", "0b11", "0o7", "1e400", "Infinity", "-inf", "NaN", "NA", "1_000", "12 3", "1.2.3"])(
    "%s in a number column",
    async (text) => {
      await expect(read(`site_id,date,q\n01,2000-01-01,${text}\n`)).rejects.toThrow("q is not a number");
    },
  );

  test.each(["-999", "-9999.0", "-99999", "1e20"])("%s, a code for missing", async (text) => {
    await expect(read(`site_id,date,q\n01,2000-01-01,1\n01,2000-01-02,${text}\n`)).rejects.toThrow(
      /q holds a code for "missing": leave the field empty\n[\s\S]*date {3}2000-01-02\n {2}line {3}3/,
    );
  });

  test("a number with a comma, in quotes", async () => {
    await expect(read('site_id,date,q\n01,2000-01-01,"1,5"\n')).rejects.toThrow(
      "q has a comma: write decimals with a point",
    );
  });

  test("a comma for a point", async () => {
    await expect(read("site_id,date,q\n01,2000-01-01,1,5\n")).rejects.toThrow(
      /a line does not have the 3 fields of the header: are decimals written with a comma\? Write a point\n {2}line {2}2: 01,2000-01-01,1,5\n {2}site {2}01/,
    );
  });

  test("a day of another millennium", async () => {
    await expect(read("site_id,date,q\n01,3018-01-01,1\n")).rejects.toThrow(
      "a date is not between 1800 and 2199",
    );
  });

  test("text that is not UTF-8", async () => {
    const file = join(newFolder(), "obs_file.csv");
    writeFileSync(file, Buffer.from("site_id,date,q\n01,2000-01-01,1\xb0\n", "latin1"));
    for await (const [, record] of readRecords(file, ["01"], { numbers: ["q"] }))
      expect(String(record)).toContain("it is not UTF-8 text, at or after line 2");
  });

  test("a missing column", async () => {
    await expect(read("site_id,date,flow\n01,2000-01-01,1\n")).rejects.toThrow(
      /it has no column "q"\n {2}its columns {2}site_id, date, flow/,
    );
  });

  test("an unknown site, with the closest", async () => {
    await expect(read("site_id,date,q\n01022500,2000-01-01,1\n", ["q"], "01022501")).rejects.toThrow(
      /Cannot read site "01022501": .* has no line of it\n {2}closest {2}01022500/,
    );
    await expect(read("site_id,date,q\n01022500,2000-01-01,1\n", ["q"], "1022500")).rejects.toThrow(
      /Cannot read site "1022500": .* has it as "01022500"/,
    );
  });

  test("a date that is none", async () => {
    await expect(read("site_id,date,q\n01,1/1/2000,1\n")).rejects.toThrow(
      /a date is not written like 2018-01-31: the year is not first, .*\n {2}line {2}2: 01,1\/1\/2000,1\n {2}site {2}01/,
    );
  });

  test("a date twice", async () => {
    await expect(read("site_id,date,q\n01,2000-01-01,1\n01,2000-01-01,1\n")).rejects.toThrow(
      /site 01 has two lines for 2000-01-01\n {2}line {2}3/,
    );
  });

  test("a line cut short", async () => {
    await expect(read("site_id,date,q\n01,2000-01-01\n")).rejects.toThrow(
      "a line does not have the 3 fields of the header",
    );
  });

  test("a quote that is never closed", async () => {
    await expect(read('site_id,date,q\n01,2000-01-01,"1\n')).rejects.toThrow("line 2 is not CSV");
  });
});
