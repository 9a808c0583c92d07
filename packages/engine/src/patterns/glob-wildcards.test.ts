import { expect, expectTypeOf, test } from "vitest";
import { memoryFiles } from "../disk/memory-files.ts";
import { expand, expandedPaths } from "./expand.ts";
import { globWildcards } from "./glob-wildcards.ts";

const disk = memoryFiles({
  "test.0.txt": "",
  "test.1.txt": "",
  "other.txt": "",
  "test_a_a.txt": "",
  "test_a_b.txt": "",
  "in/s1/r1.fq": "",
  "in/s2/r1.fq": "",
});
const list = disk.list;
disk.list = (path) => list(path === "." ? "" : path);
const glob = <const P extends string>(pattern: P) => globWildcards(pattern, ".", disk);

test("the values of the files that stand", () => {
  const found = glob("test.{id}.txt");
  expect(found).toEqual({ id: ["0", "1"] });
  expectTypeOf(found.id).toEqualTypeOf<readonly string[]>();
});

test("a wildcard used twice matches only where both are equal", () => {
  expect(glob("test_{id}_{id}.txt")).toEqual({ id: ["a"] });
});

test("the lists belong together: zipped, they give the paths again", () => {
  const found = glob("in/{sample}/{read}.fq");
  expect(found).toEqual({ sample: ["s1", "s2"], read: ["r1", "r1"] });
  expect(expandedPaths(expand("in/{sample}/{read}.fq", found, { zip: true }))).toEqual([
    "in/s1/r1.fq",
    "in/s2/r1.fq",
  ]);
});

test("folders count, and nothing that stands is no match", () => {
  expect(glob("in/{sample}")).toEqual({ sample: ["s1", "s2"] });
  expect(glob("none/{x}")).toEqual({ x: [] });
});
