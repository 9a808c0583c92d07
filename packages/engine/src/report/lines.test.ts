import { expect, test } from "vitest";
import { withoutOwnFrames } from "../errors.ts";
import { canRedraw, errorLines, painterFor, removedText, ruleLines } from "./lines.ts";
import { fold } from "./live.ts";

test("files that were removed and that nothing needs are counted, one is named", () => {
  expect(removedText(1, "out/a")).toBe(
    "out/a was removed, but no job that will run needs it. To make a file again, name its path as a target.",
  );
  expect(removedText(1_200, "out/a")).toBe(
    "1,200 files such as out/a were removed, but no job that will run needs them. To make a file again, name its path as a target.",
  );
});

test.each([
  "file:///x/packages/engine/src/plan/planner.ts:1:2",
  "file:///x/node_modules/braid-engine/dist/plan/planner.js:1:2",
  "file:///x/node_modules/.pnpm/braid-engine@1.0.0/node_modules/braid-engine/dist/plan/planner.js:1:2",
  "node:internal/process/task_queues:1:2",
])("an error is shown without the frame %s of the engine or of Node", (place) => {
  const own = "Error: no\n    at run (file:///home/me/braid-engine-trial/workflow.ts:3:9)";
  const error = `${own}\n    at call (${place})`;
  expect(withoutOwnFrames(error)).toBe(own);
  expect(errorLines(error, 5)).toEqual(own.split("\n"));
});

test.each([
  ["a terminal", true, {}, true],
  ["a pipe", false, {}, false],
  ["NO_COLOR", true, { NO_COLOR: "1" }, false],
  ["an empty NO_COLOR", true, { NO_COLOR: "" }, true],
  ["a dumb terminal", true, { TERM: "dumb" }, false],
  ["FORCE_COLOR in a pipe", false, { FORCE_COLOR: "1" }, true],
  ["FORCE_COLOR on a dumb terminal", true, { FORCE_COLOR: "1", TERM: "dumb" }, true],
  ["FORCE_COLOR=0", true, { FORCE_COLOR: "0" }, false],
  ["both", true, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
] as const)("colours with %s", (_, isTTY, env, expected) => {
  const painted = painterFor({ isTTY }, env)("bad", "Failed");
  expect(painted).toBe(expected ? "\u001b[31mFailed\u001b[39m" : "Failed");
});

test.each([
  ["a terminal", true, {}, true],
  ["a pipe", false, {}, false],
  ["a dumb terminal", true, { TERM: "dumb" }, false],
  ["CI", true, { CI: "true" }, false],
  ["CI=false", true, { CI: "false" }, true],
  ["FORCE_COLOR in a pipe", false, { FORCE_COLOR: "1" }, false],
] as const)("lines are drawn again in place: %s", (_, isTTY, env, expected) => {
  expect(canRedraw({ isTTY }, env)).toBe(expected);
});

test("the bar of a rule has the colour of its state, and the width of its line is that of its letters", () => {
  const rule = { rule: "train", total: 4, done: 0, running: 0, failed: 0, pace: 1 };
  const paint = (style: string, text: string) => `<${style}>${text}</>`;
  const styleOf = (changes: Partial<typeof rule>) =>
    /<(\w+)>[█░]{20}<\/>/.exec(ruleLines([{ ...rule, ...changes }], paint)[0]!)?.[1];
  expect(styleOf({})).toBe("dim");
  expect(styleOf({ running: 1 })).toBe("active");
  expect(styleOf({ done: 2 })).toBe("active");
  expect(styleOf({ done: 4 })).toBe("good");
  expect(styleOf({ done: 3, failed: 1 })).toBe("bad");
  expect(ruleLines([{ ...rule, rule: "a_long_name" }], paint, { widestName: 6, columns: 14 })).toEqual([
    "a_lon…  <dim>░░░░░…</>",
  ]);
});

test("a line is broken between words, goes on below its beginning, and a long word stays whole", () => {
  expect(fold("one two three", 13)).toBe("one two three");
  expect(fold("one two three", 12)).toBe("one two\n  three");
  expect(fold("  log  /a/path/that/is/long\nnext", 12)).toBe("  log\n    /a/path/that/is/long\nnext");
});
