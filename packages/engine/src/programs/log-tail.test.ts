import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { logTail } from "./log-tail.ts";

const folder = mkdtempSync(join(tmpdir(), "braid-tail-"));
const log = join(folder, "log");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join("");

test("the last five lines are quoted, of those since then alone", () => {
  writeFileSync(log, lines(9));
  expect(logTail(log, 0)).toBe("line 5\nline 6\nline 7\nline 8\nline 9");
  expect(logTail(log, 49)).toBe("line 8\nline 9");
  expect(logTail(log, 1_000)).toBe("");
});

test("a log of many gigabytes is quoted as any other", () => {
  writeFileSync(log, "");
  truncateSync(log, 5 * 2 ** 30);
  appendFileSync(log, `\n${lines(9)}`);
  expect(logTail(log, 0)).toBe("line 5\nline 6\nline 7\nline 8\nline 9");
  rmSync(log);
});

test("that no space was left is found further up, among thousands of lines after it", () => {
  writeFileSync(log, `${lines(9)}x.bin: No space left on device\n${lines(5_000)}`);
  expect(logTail(log, 0)).toBe(
    "x.bin: No space left on device\nline 4996\nline 4997\nline 4998\nline 4999\nline 5000",
  );
});

test("of lines without an end only the end is quoted", () => {
  writeFileSync(log, `${"x".repeat(50_000)}!`);
  expect(logTail(log, 0)).toBe(`${"x".repeat(1_999)}!`);
});

test("a log that is gone or is none is quoted as empty", () => {
  expect(logTail(join(folder, "none"), 0)).toBe("");
  expect(logTail(folder, 0)).toBe("");
});
