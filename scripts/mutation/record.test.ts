import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { equivalents } from "./equivalents.ts";
import { append, isSettled, type Result, readRecord } from "./record.ts";
import { survivors, table } from "./report.ts";

const folder = mkdtempSync(join(tmpdir(), "braid-record-"));
afterAll(() => rmSync(folder, { recursive: true }));

const result = (key: string, verdict: Result["verdict"], tests = "t"): Result => ({
  ...{ key, place: key, file: "a/b.ts", line: 1, mutator: "M", original: "x", replacement: "y" },
  ...{ verdict, tests },
});

test("a record has the last result of each mutant, without a line that a kill has cut", () => {
  const file = join(folder, "record.jsonl");
  expect(readRecord(file).size).toBe(0);
  for (const one of [result("1", "survived"), result("2", "killed"), result("1", "killed")])
    append(file, one);
  appendFileSync(file, '{"key":"3"');
  expect([...readRecord(file)].map(([key, { verdict }]) => [key, verdict])).toEqual([
    ["1", "killed"],
    ["2", "killed"],
  ]);
});

test("a killed mutant is not run again, a survivor only by other tests, an error always", () => {
  expect(isSettled(result("1", "killed"), "other")).toBe(true);
  expect(isSettled(result("1", "timeout"), "other")).toBe(true);
  expect(isSettled(result("1", "survived"), "t")).toBe(true);
  expect(isSettled(result("1", "survived"), "other")).toBe(false);
  expect(isSettled(result("1", "unreached"), "other")).toBe(false);
  expect(isSettled(result("1", "error"), "t")).toBe(false);
  expect(isSettled(undefined, "t")).toBe(false);
});

test("the table counts by folder, and says that timeouts count as killed; errors do not count", () => {
  const results = [
    result("1", "killed"),
    result("2", "timeout"),
    result("3", "survived"),
    result("4", "error"),
  ];
  expect(table(results)).toBe(
    `folder  killed  timeout  survived  unreached  equivalent  mutants   score
a            1        1         1          0           0        3  66.7 %
The score counts timeouts as killed. A timeout is an endless loop, or a slow test on a busy machine.`,
  );
  expect(table([result("1", "killed")])).not.toContain("timeouts");
});

test("equivalent mutants lower no score, and come last with their reason", () => {
  const { file, original, replacement, reason } = equivalents[0]!;
  const results = [
    { ...result("1", "survived"), file, original, replacement },
    { ...result("2", "unreached"), file, line: 2 },
    { ...result("3", "killed"), file, original, replacement },
  ];
  expect(table(results)).toMatch(/ 1 +0 +0 +1 +1 +3 +50\.0 %$/);
  expect(survivors(results)).toBe(
    `${file}:2 M, no test runs it\n  - x\n  + y\n` +
      `${file}:1 M\n  - ${original}\n  + ${replacement}\n  equivalent: ${reason}`,
  );
});
