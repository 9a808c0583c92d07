/** Whether what a job has read still stands when a run ends. */
import { expect, test } from "vitest";
import { inventory } from "../disk/inventory.ts";
import { memoryFiles } from "../disk/memory-files.ts";
import { expand } from "../patterns/expand.ts";
import { Planner } from "../plan/planner.ts";
import { ancient } from "../rules/marks.ts";
import { rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { InputChanges } from "./input-changes.ts";

const run = () => {};

/** `own` reads src and mid by themselves, `all` by a gather, `old` where they do not count. */
function planned() {
  const planner = new Planner({
    rules: ruleset({
      end: rule({ input: ["own", "all", "old"] }),
      own: rule({ input: ["src", "mid"], output: "own", run }),
      all: rule({ input: expand("{x}", { x: ["src", "mid"] }), output: "all", run }),
      old: rule({ input: [ancient("src"), ancient("mid")], output: "old", run }),
      mid: rule({ output: "mid", run }),
    }),
    disk: inventory(memoryFiles({ src: "0" })),
  });
  planner.add(["end"]);
  const { plan } = planner;
  const job = (path: string) => plan.maker(plan.find(path));
  const changes = new InputChanges(plan);
  const readers = ["own", "all", "old"].map(job);
  const current = (ran: boolean) => readers.map((one) => changes.currentCheck()(one, ran));
  return { changes, readers, mid: job("mid"), src: plan.find("src"), current };
}

test("what was made, or edited, before a job began is what it has read", () => {
  const { changes, readers, mid, src, current } = planned();
  changes.begin(mid);
  changes.setMade(mid);
  changes.setEdited(src);
  for (const job of readers) changes.begin(job);
  expect(current(true)).toEqual([true, true, true]);
  expect(readers.map((job) => changes.isEdited(job))).toEqual([false, false, false]);
});

test("an input that is made again once a job has begun is not what it has read", () => {
  const { changes, readers, mid, current } = planned();
  for (const job of readers) changes.begin(job);
  changes.setMade(mid);
  expect(current(true)).toEqual([false, false, true]);
  expect(readers.map((job) => changes.isEdited(job))).toEqual([false, false, false]);
});

test("a job that did not run was compared with what was made by then, but not with what was edited", () => {
  const { changes, mid, src, current } = planned();
  changes.setMade(mid);
  expect(current(false)).toEqual([true, true, true]);
  changes.setEdited(src);
  expect(current(false)).toEqual([false, false, true]);
});

test("a source that is edited once a job has begun is not what it has read", () => {
  const { changes, readers, src, current } = planned();
  for (const job of readers) changes.begin(job);
  changes.setEdited(src);
  expect(current(true)).toEqual([false, false, true]);
  expect(readers.map((job) => changes.isEdited(job))).toEqual([true, true, false]);
});
