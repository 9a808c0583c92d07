import fc from "fast-check";
import { expect, test } from "vitest";
import { lineChanges } from "./line-changes.ts";

test("a line that changed is taken out and put in", () => {
  expect(lineChanges("a\nb\nc", "a\nB\nc")).toEqual([
    { sign: "-", line: "b" },
    { sign: "+", line: "B" },
  ]);
});

test("lines that are only elsewhere because of others are not told", () => {
  expect(lineChanges("a\nb\nc\nd", "a\nx\nb\nc\ny\nd")).toEqual([
    { sign: "+", line: "x" },
    { sign: "+", line: "y" },
  ]);
});

test("equal texts do not differ", () => {
  expect(lineChanges("a\nb", "a\nb")).toEqual([]);
});

test("for any two texts, what is taken out and put in makes the one from the other", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", ""), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const changes = lineChanges(before.join("\n"), after.join("\n"));
      const counted = (lines: readonly string[], sign: 1 | -1, to: Map<string, number>) => {
        for (const line of lines) to.set(line, (to.get(line) ?? 0) + sign);
        return to;
      };
      const balance = counted(before, 1, counted(after, -1, new Map()));
      for (const { sign, line } of changes) balance.set(line, balance.get(line)! + (sign === "-" ? -1 : 1));
      expect([...balance.values()].every((n) => n === 0)).toBe(true);
    }),
  );
});

test("texts too long to be compared line by line are told whole", () => {
  const lines = (start: string) => Array.from({ length: 3_000 }, (_, i) => `${start}${i}`).join("\n");
  expect(lineChanges(lines("a"), lines("b"))).toHaveLength(6_000);
});
