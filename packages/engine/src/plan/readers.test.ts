/** Who reads a file, whether it is read directly, through a gather, or asked for later. */
import { expect, test } from "vitest";
import { inventory } from "../disk/inventory.ts";
import { memoryFiles } from "../disk/memory-files.ts";
import { expand } from "../patterns/expand.ts";
import { ancient } from "../rules/marks.ts";
import { after, type Rules, rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { growPlan } from "./growth.ts";
import { Planner } from "./planner.ts";
import { Readers } from "./readers.ts";

const run = () => {};

function planned(rules: Rules, targets: readonly string[], files: readonly string[] = []) {
  const disk = inventory(memoryFiles(Object.fromEntries(files.map((path) => [path, ""]))));
  const planner = new Planner({ rules: ruleset(rules), disk });
  planner.add(targets);
  const { plan } = planner;
  const readers = new Readers(plan);
  readers.update();
  const keys = (rows: Iterable<number>) => Array.from(rows, (row) => plan.key(row)).sort();
  const of = (path: string) => keys(readers.ofFile(plan.find(path)));
  return { planner, plan, readers, of, keys };
}

const parts = expand("{x}.part", { x: ["a", "b"] });
const rules: Rules = {
  sum: rule({ input: parts, output: "sum", run }),
  list: rule({ input: { parts, twice: ["a.part", "settings"] }, output: "list", run }),
  one: rule({ input: ["a.part", ancient("settings")], output: "one", run }),
  part: rule({ input: "settings", output: ["{x}.part", "{x}.log"], run }),
  log: rule({ input: "{x}.log", output: "{x}.read", run }),
};
const targets = ["sum", "list", "one", "a.read"];

test("the readers of a file are those that name it and those that gather it, each once", () => {
  const { of } = planned(rules, targets, ["settings"]);
  expect(of("a.part")).toEqual(["list", "one", "sum"]);
  expect(of("b.part")).toEqual(["list", "sum"]);
  expect(of("settings")).toEqual(["a.part", "b.part", "list", "one"]);
  expect(of("sum")).toEqual([]);
});

test("the users of a job are all that read its outputs, directly or by way of others", () => {
  const { readers, plan, keys } = planned(rules, targets, ["settings"]);
  const part = plan.maker(plan.find("a.part"));
  expect(keys(readers.users([part]))).toEqual(["a.part", "a.read", "list", "one", "sum"]);
});

test("a file names each place that reads it, and each gather once however many jobs share it", () => {
  const { readers, plan } = planned(rules, targets, ["settings"]);
  const seen: number[] = [];
  readers.each(plan.find("a.part"), (reader) => seen.push(reader));
  expect(seen.filter((reader) => reader < 0)).toEqual([~0]);
  expect(seen.filter((reader) => reader >= 0)).toHaveLength(2);
  const jobs: number[] = [];
  readers.eachOfGather(0, (job) => jobs.push(job));
  expect(jobs.map((job) => plan.key(job)).sort()).toEqual(["list", "sum"]);
});

test("what a job asks for later, and the jobs that come with it, are taken in", () => {
  const { planner, plan, readers, of } = planned(
    {
      all: rule({ input: after("names", () => ["a.part", "one"]), output: "all", run }),
      one: rule({ input: "a.part", output: "one", run }),
      part: rule({ input: "settings", output: "{x}.part", run }),
    },
    ["all", "b.part"],
    ["names", "settings"],
  );
  expect(of("settings")).toEqual(["b.part"]);
  growPlan(planner, readers, plan.maker(plan.find("all")));
  expect(of("settings")).toEqual(["a.part", "b.part"]);
  expect(of("a.part")).toEqual(["all", "one"]);
  expect(of("names")).toEqual(["all"]);
  readers.update();
  expect(of("one")).toEqual(["all"]);
});

test("a file that came after the last update has no readers yet", () => {
  const { plan, readers } = planned(rules, ["one"], ["settings"]);
  expect([...readers.ofFile(plan.file("new"))]).toEqual([]);
});
