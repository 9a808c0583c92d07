import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newFolder } from "../testing.ts";
import { formatDay } from "./dates.ts";
import { readRecords, type SiteRecord } from "./site-record.ts";

async function read(text: string, numbers = ["q"], site = "01"): Promise<SiteRecord> {
  const file = join(newFolder(), "obs_file.csv");
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
      /obs_file.csv": "Ice" is not a number\n {2}site {4}01\n {2}column {2}q\n {2}date {4}2000-01-01\n {2}Leave the field empty/,
    );
    await expect(read("site_id,date,q\n01,2000-01-01,1e999\n")).rejects.toThrow('"1e999" is not a number');
  });

  test("a missing column", async () => {
    await expect(read("site_id,date,flow\n01,2000-01-01,1\n")).rejects.toThrow(
      /it has no column "q"\n {2}its columns {2}site_id, date, flow/,
    );
  });

  test("an unknown site, with the closest", async () => {
    await expect(read("site_id,date,q\n01022500,2000-01-01,1\n", ["q"], "1022500")).rejects.toThrow(
      /Cannot read site "1022500": .* has no line of it\n {2}closest {2}01022500/,
    );
  });

  test("a date that is none", async () => {
    await expect(read("site_id,date,q\n01,1/1/2000,1\n")).rejects.toThrow(
      '"1/1/2000" of site 01 is not a date',
    );
  });

  test("a date twice", async () => {
    await expect(read("site_id,date,q\n01,2000-01-01,1\n01,2000-01-01,1\n")).rejects.toThrow(
      "site 01 has two lines for 2000-01-01",
    );
  });

  test("a line cut short", async () => {
    await expect(read("site_id,date,q\n01,2000-01-01\n")).rejects.toThrow("a line of site 01 has 2 fields");
  });

  test("a quote that is never closed", async () => {
    await expect(read('site_id,date,q\n01,2000-01-01,"1\n')).rejects.toThrow(
      "the lines of site 01 are not CSV",
    );
  });
});
