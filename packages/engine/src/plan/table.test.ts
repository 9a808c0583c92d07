/** The plan as a table: what is written to its rows comes back, and what is taken back leaves no trace. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { ancient, temp } from "../rules/marks.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { planContent } from "../testing/plan-content.ts";
import { IntColumn, PairIndex, TextTable } from "./columns.ts";
import { ancientBit, Plan } from "./table.ts";

const run = () => {};

/** Appends a job of a rule, with its values, output paths and inputs. */
function addJob(
  plan: Plan,
  rule: string,
  values: readonly string[],
  outputs: readonly string[],
  inputs: readonly (string | { readonly ancient: string })[] = [],
): number {
  const { items } = plan.columns;
  const start = items.length;
  for (const value of values) items.push(plan.texts.words.add(value));
  for (const path of outputs) items.push(plan.file(path));
  const inputStart = items.length;
  for (const input of inputs)
    items.push(
      typeof input === "string" ? plan.file(input) << 1 : (plan.file(input.ancient) << 1) | ancientBit,
    );
  const index = plan.rules.findIndex(({ name }) => name === rule);
  return plan.addJob(index, start, inputStart, items.length);
}

const all = expand("out/{x}.txt", { x: ["a", "b"] });
const rules: Rules = {
  all: rule({ input: all }),
  step: rule({
    input: ["{x}.src", ancient("settings")],
    output: ["out/{x}.txt", temp("{x}.log")],
    run,
  }),
};

function example(): Plan {
  const plan = new Plan(ruleset(rules));
  for (const x of ["a", "b"])
    addJob(plan, "step", [x], [`out/${x}.txt`, `${x}.log`], [`${x}.src`, { ancient: "settings" }]);
  plan.gathersOfRule[0] = [plan.gather(all, () => ["out/a.txt", "out/b.txt"])];
  addJob(plan, "all", [], []);
  return plan;
}

test("a job comes back as it was written, and so does what makes a file", () => {
  const plan = example();
  expect([plan.jobCount, plan.fileCount, plan.gatherCount]).toEqual([3, 7, 1]);
  const job = plan.job(1);
  expect(job).toMatchObject({ row: 1, values: ["b"], outputs: ["out/b.txt", "b.log"], given: undefined });
  expect(job.rule.name).toBe("step");
  expect(job.inputs()).toEqual(["b.src", "settings"]);
  expect([...plan.inputs(1)].map((place) => place & ancientBit)).toEqual([0, 1]);
  const maker = (path: string) => plan.maker(plan.find(path));
  expect(["out/a.txt", "b.log", "a.src", "settings"].map(maker)).toEqual([0, 1, -1, -1]);
  const place = (path: string) => plan.place(plan.find(path));
  expect(["out/a.txt", "b.log", "a.src"].map(place)).toEqual([0, 1, -1]);
  const isTemporary = (path: string) => plan.isTemporary(plan.find(path));
  expect(["out/a.txt", "b.log", "a.src"].map(isTemporary)).toEqual([false, true, false]);
  expect([plan.key(1), plan.key(2)]).toEqual(["out/b.txt", "all"]);
});

test("files of gathers are inputs behind the others, and a gather that is asked for again is the same row", () => {
  const plan = example();
  expect(plan.job(2).inputs()).toEqual([]);
  expect(plan.inputPaths(2)).toEqual(["out/a.txt", "out/b.txt"]);
  const again = plan.gather(all, () => {
    throw new Error("asked for its paths again");
  });
  expect(plan.gathers(2)).toEqual([again]);
});

test("a path is one file, however often it is asked for, and is not added by a search", () => {
  const plan = new Plan([]);
  const paths = ["a", "a/b", "a/b/c", "b", "", "/a", "ü/ö"];
  const rows = paths.map((path) => plan.file(path));
  expect(rows).toEqual(paths.map((_, i) => i));
  expect(paths.map((path) => plan.file(path))).toEqual(rows);
  expect(paths.map((path) => plan.find(path))).toEqual(rows);
  expect(rows.map((row) => plan.path(row))).toEqual(paths);
  expect(["./a", "a//b", "a/./b/c/"].map((path) => plan.file(path))).toEqual([0, 1, 2]);
  expect(["c", "a/c", "none/a"].map((path) => plan.find(path))).toEqual([-1, -1, -1]);
  expect(plan.fileCount).toBe(paths.length);
});

test("more inputs stand behind those that a job had", () => {
  const plan = example();
  const before = [0, 2].map((row) => plan.job(row).outputs);
  plan.extendInputs(1, [plan.file("more") << 1, (plan.file("old") << 1) | ancientBit]);
  expect(plan.job(1).inputs()).toEqual(["b.src", "settings", "more", "old"]);
  expect([...plan.inputs(1)].map((place) => place & ancientBit)).toEqual([0, 1, 0, 1]);
  expect([0, 2].map((row) => plan.job(row).outputs)).toEqual(before);
  expect(plan.job(1).values).toEqual(["b"]);
});

test("what is taken back leaves no trace: rows, makers, gathers, and what belongs to jobs", () => {
  const plan = example();
  const before = planContent(plan);
  const mark = plan.mark();
  const other = expand("{x}.src", { x: ["a", "z"] });
  plan.gathersOfRule[1] = [plan.gather(other, () => ["a.src", "z.src"])];
  const row = addJob(plan, "step", ["src"], ["a.src", "src.log"], ["new"]);
  plan.functionInputs.set(row, "new");
  plan.afterInputs.set(row, { listed: [], made: () => "new", next: () => [] });
  plan.readAgain.add(plan.find("new"));
  expect(plan.maker(plan.find("a.src"))).toBe(row);
  plan.truncate(mark);
  expect(planContent(plan)).toEqual(before);
  expect(["a.src", "new", "src.log", "z.src"].map((path) => plan.find(path))).toEqual([2, -1, -1, -1]);
  // The rows can be used again.
  expect(plan.job(addJob(plan, "step", ["c"], ["out/c.txt", "c.log"], ["new"])).inputs()).toEqual(["new"]);
  expect(plan.inputPaths(2)).toEqual(["out/a.txt", "out/b.txt"]);
});

test("random rows come back, before and after some are taken back", () => {
  const step = fc.record({
    outputs: fc.uniqueArray(fc.stringMatching(/^[ab](\/[ab]){0,2}$/), { minLength: 2, maxLength: 2 }),
    inputs: fc.array(fc.stringMatching(/^[ab](\/[abc]){0,3}$/), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.nat(12), (steps, kept) => {
      const plan = new Plan(ruleset(rules));
      const make = (from: number, to: number) =>
        steps.slice(from, to).map(({ outputs, inputs }) => {
          const fresh = outputs.map((path, i) => `${plan.jobCount}.${i}/${path}`);
          const row = addJob(plan, "step", [outputs[0]!], fresh, inputs);
          return { row, fresh, inputs };
        });
      const check = (jobs: ReturnType<typeof make>) => {
        for (const { row, fresh, inputs } of jobs) {
          expect(plan.job(row).outputs).toEqual(fresh);
          expect(plan.job(row).inputs()).toEqual(inputs);
          for (const path of fresh) expect(plan.maker(plan.find(path))).toBe(row);
          for (const path of inputs) expect(plan.path(plan.find(path))).toBe(path);
        }
      };
      const first = make(0, kept);
      const mark = plan.mark();
      const before = planContent(plan);
      check([...first, ...make(kept, steps.length)]);
      plan.truncate(mark);
      expect(planContent(plan)).toEqual(before);
      check([...first, ...make(kept, steps.length)]);
    }),
  );
});

test("columns: numbers grow past any room, can be cut, and start with what is given", () => {
  const numbers = new IntColumn();
  for (let i = 0; i < 1_000; i++) expect(numbers.push(-i)).toBe(i);
  expect([numbers.length, numbers.at(999)]).toEqual([1_000, -999]);
  numbers.truncate(2);
  expect([...numbers.view()]).toEqual([0, -1]);
  expect(numbers.push(7)).toBe(2);
  const given = new IntColumn(Int32Array.of(3, 4));
  expect([given.length, given.push(5)]).toEqual([2, 2]);
  expect([...given.view(1)]).toEqual([4, 5]);
  expect(new IntColumn(new Int32Array(0)).push(1)).toBe(0);
});

test("columns: distinct texts and pairs of numbers are found by what they are", () => {
  const words = new TextTable(["x", "y"]);
  expect([words.find("y"), words.find("z"), words.add("z"), words.add("x")]).toEqual([1, -1, 2, 0]);
  const [first, second] = [new IntColumn(), new IntColumn()];
  const pairs = new PairIndex(first, second);
  const insert = (a: number, b: number) => {
    first.push(a);
    pairs.insert(second.push(b));
  };
  for (let i = 0; i < 5_000; i++) insert(i % 70, i);
  for (let i = 0; i < 5_000; i++) expect(pairs.find(i % 70, i)).toBe(i);
  expect(pairs.find(1, 0)).toBe(-1);
  first.truncate(10);
  second.truncate(10);
  pairs.rebuild();
  expect([pairs.find(9, 9), pairs.find(10, 10)]).toEqual([9, -1]);
  for (let i = 10; i < 5_000; i++) insert(i % 70, i);
  expect(pairs.find(4_999 % 70, 4_999)).toBe(4_999);
});

test("a million jobs are found by their rows and paths", () => {
  const plan = new Plan(ruleset({ step: rule({ input: "in", output: "site_{x}/model_{y}", run }) }));
  const { items } = plan.columns;
  const source = plan.file("in") << 1;
  for (let i = 0; i < 1_000_000; i++) {
    const [x, y] = [String(i >> 8), String(i & 255)];
    const start = items.push(plan.texts.words.add(x));
    items.push(plan.texts.words.add(y));
    items.push(plan.file(`site_${x}/model_${y}`));
    items.push(source);
    plan.addJob(0, start, start + 3, start + 4);
  }
  expect([plan.jobCount, plan.fileCount]).toEqual([1_000_000, 1_000_001]);
  for (const row of [0, 1, 255, 256, 500_000, 999_999]) {
    const path = `site_${row >> 8}/model_${row & 255}`;
    expect(plan.job(row)).toMatchObject({ values: [`${row >> 8}`, `${row & 255}`], outputs: [path] });
    expect(plan.job(row).inputs()).toEqual(["in"]);
    expect(plan.maker(plan.find(path))).toBe(row);
  }
  expect(plan.find("site_3907/model_0")).toBe(-1);
});
