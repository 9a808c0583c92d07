import { expect, test } from "vitest";
import { bench, joining } from "../testing/run-in-memory.ts";
import { readHistory } from "./journal.ts";
import { configText, recordedConfig } from "./run-record.ts";

test("each run records its config, once while it stays the same, and the versions that it ran with", async () => {
  const { disk, run } = bench({ "a.src": "" });
  for (const [to, config] of [
    ["1", { seeds: [1, 2] }],
    ["2", { seeds: [1, 2] }],
    ["3", { seeds: [3] }],
  ] as const)
    await run({ one: joining(disk, "a.src", `a.${to}`) }, { config });
  const history = readHistory(disk);
  expect(history.runs.map((each) => recordedConfig(each, history))).toEqual([
    '{"seeds":[1,2]}',
    '{"seeds":[1,2]}',
    '{"seeds":[3]}',
  ]);
  expect(new Set(history.runs.map((each) => each.config)).size).toBe(2);
  expect(history.runs[0]!.versions).toEqual({
    braid: expect.stringMatching(/^\d+\.\d+\.\d+/),
    node: process.versions.node,
  });
});

test("a config that JSON cannot say is not recorded, and neither is none", () => {
  expect(configText(undefined)).toBeNull();
  expect(configText({ n: 1n })).toBeNull();
});
