import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { directory, report, temp } from "../rules/marks.ts";
import { rule } from "../rules/rule.ts";
import { bench, chain, joining } from "../testing/run-in-memory.ts";
import { inspect } from "./inspect.ts";

const about = { workflow: "/w/workflow.ts", folder: "/w", config: undefined, holder: null };
const body = () => {};

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
  const found = inspect(prepared(rules), about);
  expect(found).toMatchObject({ status: null, runs: [], made: [], failures: [] });
  expect(found.rules.map(({ rule, jobs }) => [rule, jobs])).toEqual([
    ["train", 4],
    ["gather", 1],
  ]);
});

test("each job of a rule counts once: up to date, failed, missing or out of date", async () => {
  const { rules, run, disk, prepared } = chain();
  const states = () => inspect(prepared(rules), about).rules.map(({ rule, states }) => [rule, states]);
  const none = { "up to date": 0, failed: 0, missing: 0, "out of date": 0 };
  expect(states()).toEqual([
    ["first", { ...none, missing: 1 }],
    ["last", { ...none, missing: 1 }],
  ]);
  await run(rules);
  expect(states()).toEqual([
    ["first", { ...none, "up to date": 1 }],
    ["last", { ...none, "up to date": 1 }],
  ]);
  disk.write("a.src", "two");
  expect(states()).toEqual([
    ["first", { ...none, "out of date": 1 }],
    ["last", { ...none, "out of date": 1 }],
  ]);
});

test("jobs that were made have their times, in the plan's order; those without a record are left out", async () => {
  const { rules, run, prepared, disk } = chain();
  await run(rules);
  disk.remove("a.end");
  const { made, describe } = inspect(prepared(rules), about);
  expect(made.map(({ rule }) => rule)).toEqual(["first", "last"]);
  expect(made.every(({ start, end }) => start > 0 && end >= start)).toBe(true);
  expect(describe(made[1]!)).toMatchObject({ name: "last", path: "a.end" });
});

test("a made job has waited for the last of those that made its inputs, in a gather too", async () => {
  const { rules, run, prepared } = models();
  await run(rules);
  const { made } = inspect(prepared(rules), about);
  const trained = made.filter(({ rule }) => rule === "train");
  expect(trained.map(({ waitedFor }) => waitedFor)).toEqual([-1, -1, -1, -1]);
  const gather = made.find(({ rule }) => rule === "gather")!;
  const waitedFor = trained.find(({ job }) => job === gather.waitedFor)!;
  expect(waitedFor.end).toBe(Math.max(...trained.map(({ end }) => end)));
  expect(waitedFor.end).toBeLessThanOrEqual(gather.start);
});

test("every job has a row: its state, times and log, and the error of a failed one", async () => {
  const { rules, run, prepared, failing } = models();
  failing.add("2");
  await run(rules, { keepGoing: true });
  const rows = [...inspect(prepared(rules), about).jobs()];
  expect(rows.map(({ rule, wildcards, path, state }) => [rule, wildcards, path, state])).toEqual([
    ["train", "seed=1", "model_1", "up to date"],
    ["train", "seed=2", "model_2", "failed"],
    ["train", "seed=3", "model_3", "up to date"],
    ["train", "seed=4", "model_4", "up to date"],
    ["gather", "", "models", "missing"],
  ]);
  const [one, two, , , gather] = rows;
  expect(one).toMatchObject({ made: { rule: "train" }, error: "" });
  expect(two).toMatchObject({ made: null, error: expect.stringContaining("no minimum for 2") });
  expect(two!.log).toMatch(/^\.braid\/logs\/.*train/);
  expect(gather).toMatchObject({ made: null, log: null });
});

test("a rule has its code as it is written; one without a body has none", () => {
  const shell = rule({ output: "b", shell: "touch {output}", prefix: "nice -n 5" });
  const train = rule({ output: "a", run: (job) => job.log("fit") });
  const folder = mkdtempSync(join(tmpdir(), "braid-inspect-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [env, script] = ["uv.lock", "fit.ipynb"].map((name) => join(folder, name)) as [string, string];
  writeFileSync(env, "one");
  writeFileSync(script, '{ "cells": [] }');
  const fit = rule({ output: "c", script, env });
  const all = rule({ input: [train.output, shell.output, fit.output] });
  const { rules } = inspect(bench().prepared({ all, train, shell, fit }), about);
  expect(Object.fromEntries(rules.map(({ rule, code }) => [rule, code]))).toEqual({
    all: null,
    train: { kind: "function", text: expect.stringContaining("fit"), prefix: "", modules: [] },
    shell: { kind: "shell command", text: "touch {output}", prefix: "nice -n 5", modules: [] },
    fit: { kind: "Python notebook", text: "", prefix: env, modules: [] },
  });
});

test("outputs that the workflow wants to be shown have their captions filled, in the order of the rules", () => {
  const plot = rule({
    output: {
      map: report("map_{site}.svg", { caption: "Gain at {site}, {{m3/s}}", category: "Site {site}" }),
      data: "map_{site}.csv",
    },
    run: body,
  });
  const table = rule({ output: report("all.csv", { caption: "All scores" }), run: body });
  const all = rule({ input: [expand(plot.output.map, { site: ["01", "02"] }), table.output] });
  expect([...inspect(bench().prepared({ all, table, plot }), about).shown()]).toEqual([
    { path: "all.csv", rule: "table", caption: "All scores", category: null },
    { path: "map_01.svg", rule: "plot", caption: "Gain at 01, {m3/s}", category: "Site 01" },
    { path: "map_02.svg", rule: "plot", caption: "Gain at 02, {m3/s}", category: "Site 02" },
  ]);
});

test("what a report says of an output makes nothing run again", async () => {
  const b = bench({ "a.src": "one" });
  const said = (caption: string) => ({
    all: rule({
      input: "a.src",
      output: report("a.out", { caption }),
      run: ({ input, output }) => b.disk.write(output, b.disk.text(input)),
    }),
  });
  await b.run(said("before"));
  expect(b.ran()).toEqual(["all"]);
  await b.run(said("after"));
  expect(b.ran()).toEqual([]);
});

test("a failure stands until its job is made", async () => {
  const { prepared, rules, run, failing } = models();
  failing.add("2").add("3");
  await run(rules, { keepGoing: true, command: "first" });
  const broken = inspect(prepared(rules), about);
  expect(broken.status).toMatchObject({ state: "failed", run: { command: "first" } });
  expect(broken.failures.map(({ error }) => error.split("\n")[0])).toEqual([
    expect.stringContaining("no minimum for 2"),
    expect.stringContaining("no minimum for 3"),
  ]);
  expect(broken.rules[0]!.states).toMatchObject({ "up to date": 2, failed: 2 });
  failing.clear();
  await run(rules, { command: "second" });
  const mended = inspect(prepared(rules), about);
  expect(mended.failures).toEqual([]);
  expect(mended.runs.map(({ command }) => command)).toEqual(["first", "second"]);
  expect(mended.made.map(mended.describe).map(({ name }) => name)).toContain("train (seed=2)");
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
  const failed = () => inspect(prepared({ check, other }), about).failures.map(({ rule }) => rule);
  expect(failed()).toEqual(["check"]);
  broken = false;
  await run({ check, other }, { targets: ["check"] });
  expect(failed()).toEqual([]);
});

test("the config is that of the last run, with how it has changed since", async () => {
  const { prepared, rules, run } = models();
  await run(rules, { config: { seeds: 4, rate: 0.1 } });
  const { config } = inspect(prepared(rules), { ...about, config: { seeds: 5, rate: 0.1 } });
  expect(config).toEqual({
    ofRun: '{"seeds":4,"rate":0.1}',
    since: [{ name: "seeds", before: "4", after: "5" }],
  });
  expect(inspect(prepared(rules), { ...about, config: { rate: 0.1, seeds: 4 } }).config.since).toEqual([]);
});

describe("the files that targets ask for", () => {
  test("are told apart by whether their rule brings others together", () => {
    const one = rule({ output: "one/{seed}.txt", run: body });
    const all = rule({ input: expand(one.output, { seed: [1, 2] }), output: "all.csv", run: body });
    const rules = { target: rule({ input: [expand(one.output, { seed: [1, 2] }), all.output] }), one, all };
    expect(
      inspect(bench().prepared(rules), about).targets.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    ).toEqual([
      { path: "all.csv", single: true },
      { path: "one/1.txt", single: false },
      { path: "one/2.txt", single: false },
    ]);
  });

  test("are not the temporary ones, unless they are named", () => {
    const many = rule({ output: directory("many"), run: body });
    const gone = rule({ output: temp("gone.txt"), run: body });
    const { prepared } = bench();
    const rules = { target: rule({ input: [many.output, gone.output] }), many, gone };
    const paths = (targets: string[] = []) =>
      inspect(prepared(rules, { targets }), about).targets.map(({ path }) => path);
    expect(paths()).toEqual(["many"]);
    expect(paths(["gone.txt"])).toEqual(["gone.txt"]);
  });
});
