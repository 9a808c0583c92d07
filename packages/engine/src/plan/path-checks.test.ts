/** Which paths some rule makes, and which are too long, told before a job is known. */
import { expect, test } from "vitest";
import { directory } from "../rules/marks.ts";
import { rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { isTooLong, recursionCheck, repeatsItself } from "./path-checks.ts";
import { canMake } from "./select.ts";
import type { Plan } from "./table.ts";

const run = () => {};

test("some rule makes a path in its output folder, however deep, and no path beside it", () => {
  const rules = ruleset({
    folder: rule({ output: directory("d"), run }),
    file: rule({ output: "f_{x}", log: "f_{x}.log", run }),
  });
  const made = (path: string) => canMake({ rules } as unknown as Plan, path);
  expect(["d", "d/a", "d/a/b", "f_1", "f_1.log"].map(made)).toEqual([true, true, true, true, true]);
  expect(["e/a", "f_1/a", "x/d"].map(made)).toEqual([false, false, false]);
});

test("a name may have 255 bytes and a path 4,095", () => {
  expect([isTooLong("a".repeat(255)), isTooLong("a".repeat(256))]).toEqual([false, true]);
  expect([isTooLong("é".repeat(127)), isTooLong("é".repeat(128))]).toEqual([false, true]);
  const path = (bytes: number) => `${"a".repeat(199)}/`.repeat(21).slice(0, bytes);
  expect([isTooLong(path(4_095)), isTooLong(path(4_096))]).toEqual([false, true]);
});

test("a path that repeats a part ten times repeats itself", () => {
  expect(repeatsItself(`x${".txt".repeat(10)}`)).toBe(true);
  expect(repeatsItself(`x${".txt".repeat(9)}`)).toBe(false);
  expect(repeatsItself("ab".repeat(10))).toBe(false);
});

test("a recursion is seen when paths of a rule have grown 20 times and repeat themselves; as long ones do not count", () => {
  const [one, two] = ruleset({ one: rule({ output: "{x}.a", run }), two: rule({ output: "{x}.b", run }) });
  const isRecursion = recursionCheck();
  const path = (n: number) => `x${".txt".repeat(n)}`;
  for (let n = 1; n <= 20; n++) {
    expect(isRecursion(one!, path(n))).toBe(false);
    expect(isRecursion(one!, path(n))).toBe(false);
    expect(isRecursion(two!, path(1))).toBe(false);
  }
  expect(isRecursion(two!, path(21))).toBe(false);
  expect(isRecursion(one!, path(21))).toBe(true);
});
