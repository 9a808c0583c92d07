/** Folders with links that lead round, and with names that are no text. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { globWildcards } from "../patterns/glob-wildcards.ts";
import { takeFingerprint } from "./fingerprint.ts";
import { memoryFiles } from "./memory-files.ts";
import { realFiles } from "./real-files.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "braid-walk-"));
  mkdirSync(join(root, "d/e"), { recursive: true });
  writeFileSync(join(root, "d/one"), "1");
  writeFileSync(join(root, "d/e/two"), "2");
});
afterEach(() => rmSync(root, { recursive: true }));

const names = (path = "d") => takeFingerprint(realFiles(root), path, 100)!.parts!.map((part) => part.name);

test.each([
  [".", "d/self"],
  ["..", "d/e/up"],
  ["../../d", "d/e/around"],
])("a link to a folder that is being walked (%s) is passed over", (target, path) => {
  symlinkSync(target, join(root, path));
  expect(names()).toEqual(["e/two", "one"]);
});

test("two folders with links to each other are each walked once", () => {
  mkdirSync(join(root, "other"));
  writeFileSync(join(root, "other/three"), "3");
  symlinkSync("../other", join(root, "d/over"));
  symlinkSync("../d", join(root, "other/back"));
  expect(names()).toEqual(["e/two", "one", "over/three"]);
});

test("a link to another folder is followed, also twice", () => {
  symlinkSync("e", join(root, "d/again"));
  expect(names()).toEqual(["again/two", "e/two", "one"]);
});

test("globWildcards ends where links lead round", () => {
  symlinkSync(".", join(root, "d/self"));
  expect(globWildcards("d/{name}", root).name).toEqual(["e", "one", "self"]);
});

test("a name that is not UTF-8 is an error, for a fingerprint and for globWildcards", () => {
  writeFileSync(Buffer.from(`${root}/d/b\xe9`, "latin1"), "2");
  const text =
    'Cannot read the folder "d": the name of a file in it is not UTF-8: "b\uFFFD"\n  Rename the file;';
  expect(() => names()).toThrow(text);
  expect(() => globWildcards("d/{name}", root)).toThrow(text);
});

test("a name may have the replacement character in it", () => {
  writeFileSync(join(root, "d/b\uFFFD"), "2");
  symlinkSync("nowhere", join(root, "d/c\uFFFD"));
  expect(names()).toEqual(["b\uFFFD", "e/two", "one"]);
  const files = memoryFiles({ "d/b\uFFFD": "1" });
  expect(takeFingerprint(files, "d", 100)!.parts).toHaveLength(1);
});
