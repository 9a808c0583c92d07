import { describe, expect, test } from "vitest";
import { memoryFiles } from "../disk/memory-files.ts";
import { prepareAnew } from "../dry-run.ts";
import { expand } from "../patterns/expand.ts";
import { dryRunText } from "../report/dry-run.ts";
import { temp } from "../rules/marks.ts";
import { after, rule } from "../rules/rule.ts";
import { bench } from "../testing/run-in-memory.ts";
import { describeJob } from "./plan-errors.ts";
import type { Selection } from "./select.ts";

const body = () => {};
const rules = {
  all: rule({ input: ["report", "figure"] }),
  report: rule({ input: expand("score_{s}", { s: [1, 2] }), output: "report", run: body }),
  figure: rule({ input: "model_1", output: "figure", run: body }),
  score: rule({ input: "model_{s}", output: "score_{s}", run: body }),
  train: rule({ output: "model_{s}", run: body }),
};

function jobs(select: Selection): string[] {
  const { plan, selected } = prepareAnew({ rules, folder: "", files: memoryFiles(), select });
  return Array.from(selected.rows(), (row) => describeJob(plan.ruleOf(row), plan.values(row))).sort();
}

describe("until", () => {
  test("a rule keeps its jobs and what they need", () => {
    expect(jobs({ until: ["score"] })).toEqual(["score (s=1)", "score (s=2)", "train (s=1)", "train (s=2)"]);
  });

  test("a file keeps its job and what that needs", () => {
    expect(jobs({ until: ["figure"] })).toEqual(["figure", "train (s=1)"]);
    expect(jobs({ until: ["score_2", "figure"] })).toEqual([
      "figure",
      "score (s=2)",
      "train (s=1)",
      "train (s=2)",
    ]);
  });
});

describe("omit from", () => {
  test("a rule drops its jobs and what needs them", () => {
    expect(jobs({ omitFrom: ["score"] })).toEqual(["figure", "train (s=1)", "train (s=2)"]);
  });

  test("a file drops its job and what needs that", () => {
    expect(jobs({ omitFrom: ["score_1"] })).toEqual(["figure", "score (s=2)", "train (s=1)", "train (s=2)"]);
  });
});

test("both together: what is wanted, without what is omitted", () => {
  expect(jobs({ until: ["report", "figure"], omitFrom: ["report"] })).toEqual([
    "figure",
    "score (s=1)",
    "score (s=2)",
    "train (s=1)",
    "train (s=2)",
  ]);
});

test("a name that is neither a rule with jobs nor an output is refused", () => {
  expect(() => jobs({ until: ["nothing"] })).toThrow(
    'Cannot stop after "nothing": the plan has no job of this rule and no output of this path\n  Name a rule, or give the path of an output relative to the working folder.',
  );
  expect(() => jobs({ until: ["trian"] })).toThrow('output of this path\n  Did you mean "train"?');
  expect(() => jobs({ omitFrom: ["model_9"] })).toThrow('Cannot leave out "model_9"');
});

describe("a plan that grows", () => {
  /** `all` asks `list` what there is: a post for each, of which `B` is made from another file. */
  function growing() {
    const b = bench();
    const write = (text: string) => (job: { output: string }) => b.disk.write(job.output, text);
    const join = (job: { input: readonly string[]; output: string }) =>
      b.disk.write(job.output, job.input.map((path) => b.disk.text(path)).join(""));
    const rules = {
      all: rule({ input: "sum" }),
      sum: rule({
        input: after("list", (list) => [...b.disk.text(list)].map((x) => `post_${x}`)),
        output: "sum",
        run: join,
      }),
      list: rule({ output: "list", run: write("AB") }),
      post: rule({ input: ["mid_{x}"], output: "post_{x}", run: join }),
      mid: rule({ input: ["base"], output: "mid_{x}", run: join }),
      base: rule({ output: "base", run: write("0") }),
      other: rule({ input: ["base"], output: "other", run: join }),
    };
    const run = async (select: Selection, targets: readonly string[] = []) => {
      const summary = await b.run(rules, { select, targets });
      expect(summary).toMatchObject({ outcome: "done", left: 0, blocked: 0 });
      expect(summary.done + summary.cutOff).toBe(summary.total);
      return b.ran().sort();
    };
    return { ...b, rules, run, summarise: b.run };
  }

  test("until a rule that has no job yet: what decides is made, then its jobs and what they need [test_checkpoint_until]", async () => {
    const { run } = growing();
    expect(await run({ until: ["mid"] })).toEqual(["base", "list", "mid (x=A)", "mid (x=B)"]);
    expect(await run({ until: ["mid"] })).toEqual([]);
    expect(await run({ until: ["post_A"] })).toEqual(["post (x=A)"]);
  });

  test("until a rule that is there brings a job back that was out at first", async () => {
    const { run } = growing();
    expect(await run({ until: ["post"] }, ["all", "other"])).toEqual([
      "base",
      "list",
      "mid (x=A)",
      "mid (x=B)",
      "post (x=A)",
      "post (x=B)",
    ]);
  });

  test("omit from a rule that has no job yet: nor what needs it, the rest is made [test_checkpoint_omit_from]", async () => {
    const { run, disk } = growing();
    expect(await run({ omitFrom: ["post_B"] })).toEqual([
      "base",
      "list",
      "mid (x=A)",
      "mid (x=B)",
      "post (x=A)",
    ]);
    expect(await run({ omitFrom: ["post_B"] })).toEqual([]);
    disk.remove("post_A");
    expect(await run({ omitFrom: ["post_B"] })).toEqual(["post (x=A)"]);
    expect(await run({})).toEqual(["all", "post (x=B)", "sum"]);
  });

  test("a job that is only asked what it needs is not counted, whatever becomes of what it asks", async () => {
    const { rules, ...b } = growing();
    const asked = { select: { until: ["mid"] } };
    expect([...b.plan(rules, asked).counts]).toEqual([["list", 1]]);
    const prepared = prepareAnew({ rules, folder: "", files: b.disk, ...asked });
    expect(dryRunText(prepared, { quiet: false, printCommands: false })).not.toContain("sum");
    expect(await b.summarise(rules, asked)).toMatchObject({ outcome: "done", total: 4, done: 4 });
    b.disk.remove("list");
    const broken = {
      ...rules,
      list: rule({
        output: "list",
        run: () => {
          throw new Error("no");
        },
      }),
    };
    expect(await b.summarise(broken, asked)).toMatchObject({
      total: 1,
      failed: [{ rule: "list" }],
      blocked: 0,
    });
  });

  test("what a job asks for, and is needed by it, is no target: not made again when it is removed", async () => {
    const { run, disk } = growing();
    await run({ omitFrom: ["all"] });
    disk.remove("post_A");
    expect(await run({ omitFrom: ["all"] })).toEqual([]);
  });

  test("a temporary target stays, though it be wanted only later; what is only to be made again does not", async () => {
    const { rules, disk, ...b } = growing();
    const select = { until: ["sum"] };
    const stand = () => ["post_A", "post_B"].filter((path) => disk.stat(path) !== null);
    const post = rule({
      input: ["mid_{x}"],
      output: temp("post_{x}"),
      run: ({ output }) => disk.write(output, ""),
    });
    const temporary = { ...rules, post };
    await b.summarise(temporary, { select, targets: ["all", "post_A"] });
    expect(stand()).toEqual(["post_A"]);
    b.ran();
    await b.summarise(temporary, { select, force: { these: ["post_A"] } });
    expect(b.ran()).toContain("post (x=A)");
    expect(stand()).toEqual([]);
  });

  test("a job that is asked first, and is then needed, is made and counted", async () => {
    const { rules, ...b } = growing();
    const deep = {
      ...rules,
      all: rule({
        input: after("copy", (copy) => [...b.disk.text(copy)].map((x) => `tail_${x}`)),
        output: "all",
        run: (job) => b.disk.write(job.output, ""),
      }),
      copy: rule({ input: ["sum"], output: "copy", run: (job) => b.disk.write(job.output, "XY") }),
      tail: rule({ output: "tail_{x}", run: (job) => b.disk.write(job.output, "") }),
    };
    expect(await b.summarise(deep, { select: { until: ["tail"] } })).toMatchObject({
      outcome: "done",
      done: 10,
      total: 10,
    });
    expect(b.disk.stat("all")).toBeNull();
    expect(b.disk.stat("tail_Y")).not.toBeNull();
  });

  test("what no rule could ever make is refused at once, and a file that never came at the end", async () => {
    const { run } = growing();
    await expect(run({ until: ["nothing"] })).rejects.toThrow('Cannot stop after "nothing"');
    await expect(run({ until: ["post_C"] })).rejects.toThrow('Cannot stop after "post_C"');
  });
});
