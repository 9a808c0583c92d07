/** A plan grows by what jobs ask for later, or is exactly as before. */
import { expect, test } from "vitest";
import { inventory } from "../disk/inventory.ts";
import { memoryFiles } from "../disk/memory-files.ts";
import { expand } from "../patterns/expand.ts";
import { directory } from "../rules/marks.ts";
import { after, type Rules, rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { planContent } from "../testing/plan-content.ts";
import { bench } from "../testing/run-in-memory.ts";
import { GrowthError, growPlan } from "./growth.ts";
import { describeJob } from "./plan-errors.ts";
import { Planner, type PlannerOptions } from "./planner.ts";
import { Readers } from "./readers.ts";

const run = () => {};

/** Plans targets; `grow` lets the job that makes a path ask for the rest of its inputs. */
function growing(
  rules: Rules,
  targets: readonly string[],
  files: readonly string[] = [],
  options: Partial<PlannerOptions> = {},
) {
  const disk = inventory(memoryFiles(Object.fromEntries(files.map((path) => [path, ""]))));
  const planner = new Planner({ rules: ruleset(rules), disk, ...options });
  planner.add(targets);
  const { plan } = planner;
  const readers = new Readers(plan);
  return {
    planner,
    plan,
    readers,
    grow: (path: string) => growPlan(planner, readers, plan.maker(plan.find(path))),
    inputs: (path: string) => plan.inputPaths(plan.maker(plan.find(path))),
    names: () =>
      Array.from({ length: plan.jobCount }, (_, row) => describeJob(plan.ruleOf(row), plan.values(row))),
  };
}

/** A job that asks for these files when `list` stands. */
const asking = (output: string, next: () => string | readonly string[]) =>
  rule({ input: after("list", next), output: output as "out", run });
const step = rule({ input: "{x}.src", output: "{x}.mid", run });

test("a plan grows by what a job asks for when its first inputs are made", () => {
  const rules = {
    all: rule({
      input: after("list", () => expand("{x}.mid", { x: ["a", "b"] })),
      output: "all",
      run,
    }),
    list: rule({ output: "list", run }),
    step,
  };
  const { grow, names, inputs, plan } = growing(rules, ["all"], ["a.src", "b.src"]);
  expect(names()).toEqual(["list", "all"]);
  grow("all");
  expect(names()).toEqual(["list", "all", "step (x=a)", "step (x=b)"]);
  expect(inputs("all")).toEqual(["list", "a.mid", "b.mid"]);
  const before = planContent(plan);
  grow("all");
  expect(planContent(plan)).toEqual(before);
});

test("a job that comes by a growth may ask for more itself, and two may ask for the same", () => {
  const rules = {
    one: asking("one", () => ["two", "a.mid"]),
    two: asking("two", () => ["a.mid", "b.mid"]),
    step,
  };
  const { grow, names, inputs, readers, plan } = growing(rules, ["one"], ["list", "a.src", "b.src"]);
  grow("one");
  grow("two");
  expect(names()).toEqual(["one", "two", "step (x=a)", "step (x=b)"]);
  expect(inputs("two")).toEqual(["list", "a.mid", "b.mid"]);
  expect([...readers.ofFile(plan.find("a.mid"))].sort()).toEqual([0, 1]);
  expect(plan.afterInputs.size).toBe(0);
});

test("a job cannot ask for what needs it, or for its own output", () => {
  const rules = {
    one: asking("one", () => "three"),
    two: rule({ input: "one", output: "two", run }),
    three: rule({ input: "two", output: "three", run }),
    self: asking("self", () => "self"),
  };
  const { grow } = growing(rules, ["one", "self"], ["list"]);
  expect(() => grow("one")).toThrow(
    'Cannot order the jobs "one": it needs itself\n  job    one\n  needs  three\n  needs  two\n  needs  one',
  );
  expect(() => grow("self")).toThrow('Cannot order the jobs "self": it needs itself');
});

test("a round through jobs that grew before is found, wherever they stand in the plan", () => {
  const rules = {
    one: asking("one", () => "two"),
    two: asking("two", () => "between"),
    between: rule({ input: "three", output: "between", run }),
    three: asking("three", () => "one"),
  };
  for (const order of [
    ["one", "two", "three"],
    ["three", "two", "one"],
    ["two", "one", "three"],
    ["between", "one", "two"],
  ])
    for (const last of ["one", "two", "three"]) {
      const { grow, plan } = growing(rules, order, ["list"]);
      for (const name of ["one", "two", "three"]) if (name !== last) grow(name);
      const before = planContent(plan);
      expect(() => grow(last)).toThrow("it needs itself");
      expect(planContent(plan)).toEqual(before);
    }
});

test("jobs may grow in any order where there is no round", () => {
  const rules = {
    one: asking("one", () => "two"),
    two: asking("two", () => "three"),
    three: asking("three", () => "a.mid"),
    step,
  };
  for (const order of [
    ["one", "two", "three"],
    ["three", "one", "two"],
    ["two", "three", "one"],
  ]) {
    const { grow, plan } = growing(rules, order, ["list", "a.src"]);
    for (const name of order.toReversed()) grow(name);
    expect(plan.jobCount).toBe(4);
  }
});

test("a folder that a growth adds above an output of the plan is an error", () => {
  const rules = {
    top: asking("top", () => "deep"),
    other: asking("other", () => "a.mid"),
    deep: rule({ output: directory("deep"), run }),
    deeper: rule({ output: "deep/er/{x}", run }),
    step,
  };
  const { grow } = growing(rules, ["top", "other", "deep/er/1", "deep/er/2"], ["list", "a.src"]);
  for (let i = 0; i < 2; i++) expect(() => grow("top")).toThrow("it lies in");
  grow("other");
  expect(() => grow("top")).toThrow("it lies in");
});

/** Each asks for something that leads to jobs before it fails. */
const failures: Readonly<Record<string, readonly [asks: () => string | readonly string[], error: string]>> = {
  "a source is missing": [() => ["a.mid", "b.mid"], 'Cannot make "b.src"'],
  "a source is missing deep below": [() => ["given_a", "gathered", "b.end"], 'Cannot make "b.src"'],
  "its function throws": [
    () => {
      throw new Error("no list");
    },
    "its after() function failed",
  ],
  "two rules make it": [() => ["given_a", "double"], "several rules make it"],
  "jobs need each other": [() => ["given_a", "gathered", "ping"], "it needs itself"],
  "it needs itself": [() => ["given_a", "user"], "it needs itself"],
  "an output lies inside another": [() => ["given_a", "deep", "deep/er"], "it lies in a file"],
  "two jobs write one file": [() => ["given_a", "1.x", "1.y"], "two jobs would write it"],
};

const gathered = expand("{x}.mid", { x: ["a", "c"] });
const failing = (asks: () => string | readonly string[]): Rules => ({
  top: asking("top", asks),
  user: rule({ input: "top", output: "user", run }),
  given: rule({ input: ({ x }) => [`${x}.mid`, "list"], output: "given_{x}", run }),
  gathered: rule({ input: { all: gathered, asks: "asker" }, output: "gathered", run }),
  asker: asking("asker", () => "a.mid"),
  step,
  last: rule({ input: ["{x}.mid", "more_{x}"], output: "{x}.end", run }),
  more: rule({ output: "more_{x}", run }),
  double1: rule({ output: "double", run }),
  double2: rule({ output: "double", run }),
  ping: rule({ input: "pong", output: "ping", run }),
  pong: rule({ input: "ping", output: "pong", run }),
  deep: rule({ output: "deep", run }),
  deeper: rule({ output: "deep/er", run }),
  x: rule({ output: ["{n}.x", "{n}.shared"], run }),
  y: rule({ output: ["{n}.y", "{n}.shared"], run }),
});

for (const keepGoing of [false, true])
  for (const [what, [asks, error]] of Object.entries(failures))
    test(`where ${what}, the plan is exactly as before and can still grow${keepGoing ? ", when it keeps going too" : ""}`, () => {
      let answer = asks;
      const sources = ["list", "a.src", "c.src"];
      const { grow, plan, planner, readers } = growing(
        failing(() => answer()),
        ["top"],
        sources,
        { keepGoing },
      );
      readers.update();
      const readersOf = () => Array.from({ length: plan.fileCount }, (_, file) => [...readers.ofFile(file)]);
      const before = [planContent(plan), readersOf(), planner.hasLoose, planner.impossible.length];
      for (let i = 0; i < 2; i++) {
        expect(() => grow("top")).toThrow(error);
        expect(() => grow("top")).toThrow(GrowthError);
        expect([planContent(plan), readersOf(), planner.hasLoose, planner.impossible.length]).toEqual(before);
      }
      // What it asks for the next time gives the plan that it would have given at once.
      answer = () => ["c.mid", "gathered", "given_a", "more_1"];
      grow("top");
      const fresh = growing(
        failing(() => answer()),
        ["top"],
        sources,
        { keepGoing },
      );
      fresh.grow("top");
      expect(planContent(plan)).toEqual(planContent(fresh.plan));
    });

test("a job that fails to say what it needs does not keep the others from their part of the plan", async () => {
  const b = bench({ "a.src": "" });
  const write = (job: { output: string }) => b.disk.write(job.output, "");
  const rules = {
    all: rule({ input: ["one", "two"] }),
    one: rule({ input: after("list", () => ["a.mid", "b.end"]), output: "one", run: write }),
    two: rule({ input: after("list2", () => "a.mid"), output: "two", run: write }),
    list: rule({ output: "list", run: write }),
    list2: rule({ input: "list", output: "list2", run: write }),
    last: rule({ input: "{x}.mid", output: "{x}.end", run: write }),
    step: rule({ input: "{x}.src", output: "{x}.mid", run: write }),
  };
  expect(await b.run(rules, { keepGoing: true })).toMatchObject({
    outcome: "failed",
    failed: [{ job: "one" }],
    done: 4,
    blocked: 1,
    left: 0,
  });
  expect(b.ran()).toEqual(["list", "list2", "step (x=a)", "two"]);
});

test("20,000 jobs that each ask for the next one are planned, made, and found up to date", async () => {
  const count = 20_000;
  const b = bench({ list: "" });
  const rules = {
    ask: rule({
      input: ({ n }: { n: string }) =>
        after("list", () => (Number(n) < count ? `${Number(n) + 1}.out` : "list")),
      output: "{n}.out",
      batch: 1_000,
      run: (job) => b.disk.write(job.output, "x"),
    }),
  };
  const targets = ["1.out"];
  expect(b.plan(rules, { targets }).counts).toEqual(new Map([["ask", count]]));
  expect(await b.run(rules, { targets })).toMatchObject({ outcome: "done", done: count });
  expect(b.plan(rules, { targets }).counts.size).toBe(0);
});

test("an answer that is taken back leaves the job as it was before it was asked", () => {
  let answer = "a.mid";
  const rules = { all: asking("all", () => answer), list: rule({ output: "list", run }), step };
  const { grow, names, inputs, plan, readers } = growing(rules, ["all"], ["a.src", "b.src"]);
  const readersOf = (path: string) => [...readers.ofFile(plan.find(path))].map((row) => plan.key(row));
  const takeBack = grow("all");
  takeBack();
  expect(inputs("all")).toEqual(["list"]);
  expect([readersOf("list"), readersOf("a.mid")]).toEqual([["all"], []]);
  answer = "b.mid";
  grow("all");
  expect(inputs("all")).toEqual(["list", "b.mid"]);
  expect([readersOf("a.mid"), readersOf("b.mid")]).toEqual([[], ["all"]]);
  expect(names()).toEqual(["list", "all", "step (x=a)", "step (x=b)"]);
});
