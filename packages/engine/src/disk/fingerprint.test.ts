import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { contentId, ListDigest, SetDigest, takeFingerprint } from "./fingerprint.ts";
import { memoryFiles } from "./memory-files.ts";

const limit = 1_000;

test("equal content is one identity, whatever the time; other content another", () => {
  const disk = memoryFiles({ a: "same", b: "same", c: "other" });
  const id = (path: string) => contentId(takeFingerprint(disk, path, limit)!);
  expect(id("a")).toBe(id("b"));
  expect(id("a")).not.toBe(id("c"));
  expect(takeFingerprint(disk, "none", limit)).toBeNull();
});

test("where size and time are as known, the file is not read", () => {
  const disk = memoryFiles({ a: "text" });
  const known = takeFingerprint(disk, "a", limit)!;
  disk.read = () => {
    throw new Error("read");
  };
  expect(takeFingerprint(disk, "a", limit, known)).toEqual(known);
  disk.touch("a");
  expect(() => takeFingerprint(disk, "a", limit, known)).toThrow("read");
});

test("a file over the limit is known by its size and time alone", () => {
  const disk = memoryFiles({ a: "x".repeat(2_000) });
  const before = takeFingerprint(disk, "a", limit)!;
  expect(before.hash).toBe("");
  disk.touch("a");
  expect(contentId(takeFingerprint(disk, "a", limit)!)).not.toBe(contentId(before));
});

test("a folder is the list of the files in it, with their content", () => {
  const disk = memoryFiles({ "m/a": "1", "m/deep/b": "2" });
  const before = takeFingerprint(disk, "m", limit)!;
  expect(before.parts?.map((part) => part.name)).toEqual(["a", "deep/b"]);
  disk.touch("m/a");
  expect(contentId(takeFingerprint(disk, "m", limit, before)!)).toBe(contentId(before));
  disk.write("m/deep/b", "3");
  expect(contentId(takeFingerprint(disk, "m", limit, before)!)).not.toBe(contentId(before));
  disk.write("m/deep/b", "2");
  disk.write("m/c", "");
  expect(contentId(takeFingerprint(disk, "m", limit, before)!)).not.toBe(contentId(before));
});

test("a digest of a set does not depend on the order, but on every member", () => {
  const digest = (texts: readonly string[]) => {
    const of = new SetDigest();
    for (const text of texts) of.add(text);
    return of.toString();
  };
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1 }), fc.string(), (texts, more) => {
      expect(digest([...texts].reverse())).toBe(digest(texts));
      expect(digest(texts.slice(1))).not.toBe(digest(texts));
      expect(digest([...texts, more])).not.toBe(digest(texts));
    }),
  );
});

test("a hundred thousand names have a hundred thousand digests", () => {
  const digests = new Set<string>();
  for (let i = 0; i < 100_000; i++) {
    const digest = new SetDigest();
    digest.add(`expA/site_id_${i}/prepped_data.npz`, createHash("md5").update(String(i)).digest("hex"));
    digests.add(digest.toString());
  }
  expect(digests.size).toBe(100_000);
});

test("digests of the parts of a set add up to that of the whole", () => {
  const digest = (texts: readonly string[]) => {
    const of = new SetDigest();
    for (const text of texts) of.add(text, "content");
    return of;
  };
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (some, others) => {
      const sum = digest(some);
      sum.merge(digest(others));
      expect(sum.toString()).toBe(digest([...some, ...others]).toString());
    }),
  );
});

test("a digest of a list depends on the order, and on where each text ends", () => {
  const digest = (...texts: readonly string[]) => {
    const of = new ListDigest();
    for (const text of texts) of.add(text);
    return of.toString();
  };
  expect(digest("a", "b")).toBe(digest("a", "b"));
  const all = [digest(), digest(""), digest("ab"), digest("a", "b"), digest("b", "a"), digest("a", "b", "")];
  expect(new Set(all).size).toBe(all.length);
});
