import { expect, test } from "vitest";
import { expand } from "../../patterns/expand.ts";
import { rule } from "../../rules/rule.ts";
import { bench, joining } from "../../testing/run-in-memory.ts";
import { runReport } from "./run-report.ts";

const about = { workflow: "/w/workflow.ts", folder: "/w", config: undefined, holder: null };

/** Four models, of which some fail, and a table of them. */
function models() {
  const b = bench({ "data.csv": "1" });
  const failing = new Set<string>();
  const train = rule({
    input: "data.csv",
    output: "model_{seed}",
    run: ({ output, wildcards: { seed } }) => {
      if (failing.has(seed)) throw new Error(`no minimum for ${seed}`);
      b.disk.write(output, seed);
    },
  });
  const gather = joining(b.disk, expand(train.output, { seed: [1, 2, 3, 4] }), "models");
  return { ...b, failing, rules: { gather, train } };
}

test("before anything has run there is the plan, and no run", () => {
  const { prepared, rules } = models();
  const report = runReport(prepared(rules), about);
  expect(report).toMatchObject({ status: null, runs: [], slowest: [], timeline: null, failures: [] });
  expect(report.rules.map(({ rule, jobs }) => [rule, jobs])).toEqual([
    ["train", 4],
    ["gather", 1],
  ]);
});

test("a failure stands until its job is made, and each run has the jobs that are still as it made them", async () => {
  const { prepared, rules, run, failing } = models();
  failing.add("2").add("3");
  await run(rules, { keepGoing: true, command: "first" });
  const broken = runReport(prepared(rules), about);
  expect(broken.status).toMatchObject({ state: "failed", run: { command: "first" } });
  expect(broken.failures).toMatchObject([
    { count: 2, latest: { error: expect.stringContaining("no minimum for") } },
  ]);
  expect(broken.rules[0]!.states).toMatchObject({ "up to date": 2, failed: 2 });
  failing.clear();
  // Runs are told apart by their times.
  await new Promise((resolve) => setTimeout(resolve, 5));
  await run(rules, { command: "second" });
  const mended = runReport(prepared(rules), about);
  expect(mended.failures).toEqual([]);
  expect(mended.runs.map(({ run, made }) => [run.command, made])).toEqual([
    ["first", 2],
    ["second", 3],
  ]);
  expect(mended.slowest).toHaveLength(5);
  expect(mended.slowest.find(({ name }) => name === "train (seed=2)")).toMatchObject({ path: "model_2" });
});

test("a job without outputs that failed counts as failed until the next run", async () => {
  const { disk, run, prepared } = bench({});
  let broken = true;
  const check = rule({
    run: () => {
      if (broken) throw new Error("not yet");
    },
  });
  const other = joining(disk, [], "other");
  await run({ check, other }, { targets: ["check"] });
  const failed = () => runReport(prepared({ check, other }), about).failures.map(({ latest }) => latest.rule);
  expect(failed()).toEqual(["check"]);
  broken = false;
  await run({ check, other }, { targets: ["check"] });
  expect(failed()).toEqual([]);
});

test("the config is that of the last run, with how it has changed since", async () => {
  const { prepared, rules, run } = models();
  await run(rules, { config: { seeds: 4, rate: 0.1 } });
  const { config } = runReport(prepared(rules), { ...about, config: { seeds: 5, rate: 0.1 } });
  expect(config).toEqual({
    ofRun: '{"seeds":4,"rate":0.1}',
    since: [{ name: "seeds", before: "4", after: "5" }],
  });
  expect(runReport(prepared(rules), { ...about, config: { rate: 0.1, seeds: 4 } }).config.since).toEqual([]);
});
