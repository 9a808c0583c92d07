import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newFolder } from "../testing.ts";
import { indexSites, linesOf, readHeader } from "./site-index.ts";

function file(text: string): string {
  const path = join(newFolder(), "file.csv");
  writeFileSync(path, text);
  return path;
}

async function lines(path: string, ...sites: string[]): Promise<Record<string, string>> {
  const read: Record<string, string> = {};
  for await (const [site, text] of linesOf(path, await indexSites(path), sites)) read[site] = text;
  return read;
}

describe("the lines of a site", () => {
  const sorted = "site_id,date,q\n01,2000-01-01,1\n01,2000-01-02,2\n02,2000-01-01,3\n1,2000-01-01,4\n";

  test("are found by its text, leading zeros and all", async () => {
    const path = file(sorted);
    expect([...(await indexSites(path)).spans.keys()]).toEqual(["01", "02", "1"]);
    expect(await lines(path, "1", "01")).toEqual({
      "01": "01,2000-01-01,1\n01,2000-01-02,2\n",
      1: "1,2000-01-01,4\n",
    });
  });

  test("are found when sites alternate", async () => {
    const path = file("site_id,date,q\nb,1,1\na,1,2\nb,2,3\na,2,4\nc,1,5\n");
    expect(await lines(path, "a", "b")).toEqual({ a: "a,1,2\na,2,4\n", b: "b,1,1\nb,2,3\n" });
    expect(await lines(path, "c")).toEqual({ c: "c,1,5\n" });
  });

  test("are found in files with a byte order mark, Windows line ends, quotes, and no last line end", async () => {
    const path = file('\ufeff"site_id","date","q"\r\n"01",2000-01-01,1\r\n\r\n"02",2000-01-01,2');
    expect((await indexSites(path)).header).toEqual(["site_id", "date", "q"]);
    expect(await readHeader(path)).toEqual(["site_id", "date", "q"]);
    expect(await lines(path, "01", "02")).toEqual({
      "01": '"01",2000-01-01,1\r\n',
      "02": '"02",2000-01-01,2',
    });
  });

  test("are whole where they cross the chunks that are read at a time", async () => {
    const rows = (site: string) =>
      Array.from({ length: 60_000 }, (_, i) => `${site},2000-01-01,${i}\n`).join("");
    const path = file(`site_id,date,q\n${rows("a")}${rows("b")}${rows("a")}`);
    expect(await lines(path, "a", "b")).toEqual({ a: rows("a") + rows("a"), b: rows("b") });
    expect(await lines(path, "b")).toEqual({ b: rows("b") });
  });

  test("are looked for again when the file has changed", async () => {
    const path = file(sorted);
    await indexSites(path);
    appendFileSync(path, "03,2000-01-01,5\n");
    expect([...(await indexSites(path)).spans.keys()]).toContain("03");
  });
});

describe("a file that cannot be indexed says why", () => {
  test("because it is not there", async () => {
    await expect(indexSites("/nowhere/obs_file.csv")).rejects.toThrow(
      'Cannot read "/nowhere/obs_file.csv": it does not exist',
    );
  });

  test("because it is empty", async () => {
    await expect(indexSites(file(""))).rejects.toThrow("it is empty");
    await expect(readHeader(file(""))).rejects.toThrow("it is empty");
  });

  test("because its first column is another one", async () => {
    await expect(indexSites(file("site_id;date;q\n"))).rejects.toThrow(
      'its first column must be "site_id", and it is "site_id;date;q"',
    );
  });
});
