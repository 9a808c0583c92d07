import { expect, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { rule } from "../rules/rule.ts";
import { bench, joining } from "../testing/run-in-memory.ts";
import { readHistory } from "./journal.ts";
import { configText, recordedConfig, ruleShapes, runFinder } from "./run-record.ts";

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

test("the shape of a rule has its jobs and up to 1,000 values of each wildcard; a rule without wildcards has none", () => {
  const many = Array.from({ length: 1_001 }, (_, i) => i);
  const b = bench({ src: "" });
  const shapes = (count: number) => {
    const { plan } = b.prepared({
      all: rule({ input: expand("{kind}_{n}", { kind: ["x", "y"], n: many.slice(0, count) }) }),
      one: joining(b.disk, "src", "{kind}_{n}"),
    });
    return ruleShapes(
      plan,
      Array.from({ length: plan.jobCount }, (_, row) => row),
    );
  };
  expect(Object.keys(shapes(2))).toEqual(["one"]);
  expect(shapes(2).one).toEqual({
    pattern: "{kind}_{n}",
    jobs: 4,
    values: { kind: ["x", "y"], n: ["0", "1"] },
  });
  expect(shapes(1_000).one!.values.n).toHaveLength(1_000);
  expect(Object.keys(shapes(1_001).one!.values)).toEqual(["kind"]);
});

test("a time belongs to the last run that began by then, in whichever order runs are recorded", () => {
  const find = runFinder([{ at: 20 }, { at: 10 }, { at: 30 }]);
  expect([9, 10, 19, 20, 29, 99].map((time) => find(time)?.at)).toEqual([undefined, 10, 10, 20, 20, 30]);
  expect(runFinder([])(5)).toBeUndefined();
});
