/** The real file system gives what the one in memory gives. */
import { hash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { realFiles } from "./files.ts";
import { memoryFiles } from "./memory-files.ts";

const folder = mkdtempSync(join(tmpdir(), "braid-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the hash of a file's first bytes is the same in pieces and at once", () => {
  const content = Buffer.alloc(2_500_000, "a streamed file, ");
  for (const files of [realFiles(folder), memoryFiles()]) {
    files.write("large", content);
    for (const bytes of [0, 7, 1 << 20, (1 << 20) + 1, 2_400_000, content.length])
      expect(files.sha256("large", "hex", bytes)).toBe(hash("sha256", content.subarray(0, bytes), "hex"));
    expect(files.sha256("large", "base64url")).toBe(hash("sha256", content, "base64url"));
  }
});

test("pieces are written one behind the other", () => {
  for (const files of [realFiles(folder), memoryFiles()]) {
    files.write("pieces", [Buffer.from("one "), Buffer.from("two")]);
    expect(Buffer.from(files.read("pieces")).toString()).toBe("one two");
  }
});
