import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newFolder } from "../testing/files.ts";
import { indexSites, linesOf, readHeader } from "./site-index.ts";

function file(text: string): string {
  const path = join(newFolder(), "file.csv");
  writeFileSync(path, text);
  return path;
}

async function lines(path: string, ...sites: string[]): Promise<Record<string, string>> {
  const read: Record<string, string> = {};
  for await (const [site, pieces] of linesOf(path, await indexSites(path), sites))
    read[site] = pieces.map(({ bytes }) => bytes.toString()).join("");
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

  test("keep the numbers that they have in the file", async () => {
    const numbers = async (path: string, site: string) => {
      for await (const [, pieces] of linesOf(path, await indexSites(path), [site]))
        return pieces.map(({ line }) => line);
      return [];
    };
    expect(await numbers(file(sorted), "02")).toEqual([4]);
    expect(await numbers(file("site_id,date,q\nb,1,1\na,1,2\n\nb,2,3\na,2,4\n"), "a")).toEqual([3, 6]);
  });

  test("are found by quoted ids with blanks around", async () => {
    const path = file('site_id,date,q\n "01" ,2000-01-01,1\n01,2000-01-02,2\n');
    expect([...(await indexSites(path)).spans.keys()]).toEqual(["01"]);
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
    await expect(indexSites(file("date,site_id,q\n"))).rejects.toThrow(
      'its first column must be "site_id", and it is "date"',
    );
    await expect(indexSites(file("site_id;date;q\n"))).rejects.toThrow("fields are separated by semicolons");
    await expect(indexSites(file("site_id\tdate\tq\n"))).rejects.toThrow("fields are separated by tabs");
  });

  test("because two columns have one name", async () => {
    await expect(indexSites(file("site_id,date,q,q\n01,2000-01-01,1,2\n"))).rejects.toThrow(
      'it has two columns named "q"',
    );
  });

  test("because a line has no site", async () => {
    await expect(indexSites(file("site_id,date,q\n01,2000-01-01,1\n,2000-01-02,2\n"))).rejects.toThrow(
      /the site id of line 3 is empty\n {2}line {2},2000-01-02,2/,
    );
  });

  test("because an id is not UTF-8", async () => {
    const path = file("");
    writeFileSync(path, Buffer.from("site_id,date,q\n0\xe91,2000-01-01,1\n", "latin1"));
    await expect(indexSites(path)).rejects.toThrow("it is not UTF-8 text, at or after line 2");
  });

  test("because its lines do not end in line feeds", async () => {
    await expect(indexSites(file("site_id,date,q\r01,2000-01-01,1\r"))).rejects.toThrow(
      "line 1 holds a carriage return without a line feed",
    );
    await expect(indexSites(file(`site_id,date,q\n01,2000-01-01,${"1".repeat(3_000_000)}`))).rejects.toThrow(
      /a line is longer than 100000 characters\n {2}it begins {2}01,2000-01-01,111/,
    );
  });
});
