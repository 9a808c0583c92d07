import { expect, test } from "vitest";
import type { CallSpec } from "../calls/executor.ts";
import { rule } from "../rules/rule.ts";
import { bench } from "../testing/run-in-memory.ts";
import { matchOrphans } from "./reattach.ts";

const b = bench();
const run = () => {};
const { plan } = b.prepared({
  all: rule({ input: ["1.txt", "2.txt", "3.txt"] }),
  one: rule({ output: "{n}.txt", run }),
});
const waiting = ["1.txt", "2.txt", "3.txt"].map((path) => plan.job(plan.columns.maker.at(plan.find(path))));

/** A call of a dead run with jobs of these keys and origins. */
function orphan(rule: string, ...jobs: readonly (readonly [key: string, origin: string | undefined])[]) {
  return {
    id: 1,
    rule,
    jobs: jobs.map(([key, origin]) => ({ key, origin, order: 99 })),
  } as unknown as CallSpec;
}

/** Keys and new rows of the jobs that are reattached, and how many calls are unwanted. */
function matched(...orphans: readonly CallSpec[]) {
  const { reattached, unwanted } = matchOrphans(orphans, waiting, plan, () => "params.code.inputs.roles");
  const jobs = reattached.flatMap(({ specs }) => specs.map(({ key, order }) => [key, order]));
  return { jobs, unwanted: unwanted.length };
}
const rowOf = (path: string) => plan.columns.maker.at(plan.find(path));

test("a task goes on for the jobs that are made from the same, under their new rows", () => {
  const task = orphan("one", ["1.txt", "params.code.inputs.roles"], ["2.txt", "params.code.other.roles"]);
  expect(matched(task)).toEqual({ jobs: [["1.txt", rowOf("1.txt")]], unwanted: 0 });
});

test("a task of an earlier version, which knew no roles, goes on where all else is the same", () => {
  expect(matched(orphan("one", ["1.txt", "params.code.inputs"])).jobs).toEqual([["1.txt", rowOf("1.txt")]]);
  for (const other of [
    "params.code.other",
    "other.code.inputs",
    "params.code.input",
    "params.code",
    undefined,
  ])
    expect(matched(orphan("one", ["1.txt", other]))).toEqual({ jobs: [], unwanted: 1 });
});

test("a task of another rule, for a file that is not wanted, or for a job that has one, is unwanted", () => {
  const origin = "params.code.inputs.roles";
  const [first, again] = [orphan("one", ["1.txt", origin]), orphan("one", ["1.txt", origin])];
  const tasks = [first, again, orphan("other", ["2.txt", origin]), orphan("one", ["4.txt", origin])];
  expect(matched(...tasks)).toEqual({ jobs: [["1.txt", rowOf("1.txt")]], unwanted: 3 });
});
