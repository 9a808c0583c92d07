/** The real file system gives what the one in memory gives. */
import { hash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { memoryFiles } from "./memory-files.ts";
import { realFiles } from "./real-files.ts";

const folder = mkdtempSync(join(tmpdir(), "braid-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const content = Buffer.alloc(2_500_000, "a long file, ");

test("the hash of a long file is that of its content", () => {
  for (const files of [realFiles(folder), memoryFiles()]) {
    files.write("long", content);
    expect(files.sha256("long", "hex")).toBe(hash("sha256", content, "hex"));
    expect(files.sha256("long", "base64url")).toBe(hash("sha256", content, "base64url"));
  }
});

test("files are hashed one after the other, whatever their lengths", () => {
  for (const files of [realFiles(folder), memoryFiles()])
    for (const length of [2_500_000, 3, 1 << 20, 2 << 20, (1 << 20) - 1, 0]) {
      const part = content.subarray(0, length);
      files.write("any", part);
      expect(files.sha256("any", "hex")).toBe(hash("sha256", part, "hex"));
    }
});

test("a part of a file is read from where it begins to where it ends", () => {
  for (const files of [realFiles(folder), memoryFiles()]) {
    files.write("long", content);
    for (const [from, to] of [
      [0, 3],
      [7, 2_000_000],
      [2_499_990, undefined],
      [2_499_990, 9_999_999],
      [3_000_000, undefined],
    ] as const)
      expect(Buffer.compare(files.read("long", from, to), content.subarray(from, to))).toBe(0);
  }
});

test("pieces are written one behind the other", () => {
  for (const files of [realFiles(folder), memoryFiles()]) {
    files.write("pieces", [Buffer.from("one "), Buffer.from("two")]);
    expect(Buffer.from(files.read("pieces")).toString()).toBe("one two");
  }
});

test("what the disk does not let one look at is an error that says why", () => {
  const files = realFiles(folder);
  expect(() => files.stat(`${"n".repeat(300)}.txt`)).toThrow(
    /^Cannot look at "n{80}\.\.\.n{56}\.txt": its name is too long for the disk$/,
  );
  symlinkSync("round", join(folder, "round"));
  expect(() => files.stat("round")).toThrow('Cannot look at "round": its links form a loop');
});

test("a folder is protected with all in it, but for what its links point to, if anything", () => {
  const made = join(folder, "made");
  mkdirSync(join(made, "inner"), { recursive: true });
  for (const path of ["made/inner/file", "outside"]) writeFileSync(join(folder, path), "");
  symlinkSync("nowhere", join(made, "dangling"));
  symlinkSync("../outside", join(made, "inner", "link"));
  const files = realFiles(folder);
  files.protect("made");
  const writable = (path: string) => (statSync(join(folder, path)).mode & 0o222) !== 0;
  expect(["made", "made/inner", "made/inner/file", "outside"].map(writable)).toEqual([
    false,
    false,
    false,
    true,
  ]);
  for (const path of [made, join(made, "inner")]) chmodSync(path, 0o755);
});

test("protecting a link changes nothing, and a link to a read-only file is not protected", () => {
  const files = realFiles(folder);
  files.write("own", "1");
  chmodSync(join(folder, "own"), 0o640);
  symlinkSync("own", join(folder, "link-to-own"));
  files.protect("link-to-own");
  expect(statSync(join(folder, "own")).mode & 0o777).toBe(0o640);
  chmodSync(join(folder, "own"), 0o440);
  expect([files.isProtected("own"), files.isProtected("link-to-own")]).toEqual([true, false]);
});

test("a file with several hard links is not protected, in a folder neither", () => {
  const files = realFiles(folder);
  mkdirSync(join(folder, "linked"));
  files.write("shared", "1");
  for (const path of ["hard", "linked/hard"]) linkSync(join(folder, "shared"), join(folder, path));
  for (const path of ["hard", "linked"]) files.protect(path);
  expect(statSync(join(folder, "shared")).mode & 0o200).toBe(0o200);
  expect(["hard", "linked", "linked/hard"].map((path) => files.isProtected(path))).toEqual([
    false,
    true,
    false,
  ]);
  chmodSync(join(folder, "linked"), 0o755);
});

test("a copy has all that a folder holds, links as links, and its times", () => {
  const files = realFiles(folder);
  const memory = memoryFiles();
  for (const each of [files, memory]) {
    each.makeFolder("from/sub");
    each.write("from/sub/x", "x");
    if (each === files) symlinkSync("nowhere", join(folder, "from/link"));
    each.duplicate("from", "to");
    each.duplicate("from/sub/x", "file");
    expect(Buffer.from(each.read("to/sub/x")).toString()).toBe("x");
    for (const [copy, of] of [
      ["to/sub/x", "from/sub/x"],
      ["to/sub", "from/sub"],
      ["file", "from/sub/x"],
    ] as const)
      expect(each.stat(copy)!.mtime).toBe(each.stat(of)!.mtime);
  }
  expect(files.readLink("to/link")).toBe("nowhere");
});

test("a folder lies on a disk; a file and what does not stand lie nowhere", () => {
  for (const files of [realFiles(folder), memoryFiles()]) {
    files.makeFolder("place/inside");
    files.write("place/file", "");
    const found = files.place("place/inside");
    expect(found).toEqual({ device: files.place("")!.device, writable: true });
    expect([files.place("place/file"), files.place("place/file/x"), files.place("none")]).toEqual([
      null,
      null,
      null,
    ]);
  }
});

test("a folder is removed although a body has taken away the rights to what is in it", () => {
  const files = realFiles(folder);
  const own = join(folder, "mine");
  mkdirSync(join(own, "closed", "inner"), { recursive: true });
  writeFileSync(join(own, "closed", "inner", "file"), "");
  const nobody = 65534;
  // To root, nothing is closed.
  if (process.getuid?.() === 0) {
    for (const path of ["", "mine", "mine/closed", "mine/closed/inner"])
      chownSync(join(folder, path), nobody, 0);
    process.seteuid!(nobody);
  }
  try {
    chmodSync(join(own, "closed", "inner"), 0o500);
    chmodSync(join(own, "closed"), 0o000);
    expect(() => rmSync(own, { recursive: true, force: true })).toThrow("EACCES");
    files.remove("mine");
  } finally {
    if (process.getuid?.() === 0) process.seteuid!(0);
  }
  expect(files.stat("mine")).toBe(null);
});
