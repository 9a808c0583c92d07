/** With `-k`, what can be made is planned, and what cannot is listed. */
import { expect, test } from "vitest";
import { rule } from "../rules/rule.ts";
import { bench, joining } from "../testing/run-in-memory.ts";
import { describeJob } from "./plan-errors.ts";

test("a target whose job lacks a source is listed, even where the target stands", async () => {
  const b = bench({ end: "old", raw: "0" });
  const rules = {
    end: joining(b.disk, ["mid", "gone"], "end"),
    mid: joining(b.disk, "raw", "mid"),
  };
  expect(() => b.prepared(rules)).toThrow('Cannot make "gone"');
  const { impossible } = b.prepared(rules, { keepGoing: true });
  expect(impossible.map(({ rule, lacks }) => [rule.name, lacks])).toEqual([["end", ["gone"]]]);
  expect(await b.run(rules, { keepGoing: true })).toMatchObject({ outcome: "failed", total: 2 });
  // What can be made of its inputs is made.
  expect(b.ran()).toEqual(["mid"]);
  // Elsewhere it is taken as it stands.
  const reader = { last: joining(b.disk, "end", "last"), ...rules };
  expect(b.prepared(reader, { keepGoing: true }).impossible).toEqual([]);
});

test("what can be made is planned, and the rest is listed with the sources that it lacks", () => {
  const b = bench({ "a.src": "" });
  const rules = {
    all: rule({ input: ["a.end", "b.end"] }),
    last: joining(b.disk, ["{x}.mid", "{x}.base"], "{x}.end"),
    first: joining(b.disk, "{x}.src", "{x}.mid"),
    base: joining(b.disk, [], "{x}.base"),
  };
  const { plan, impossible } = b.prepared(rules, { keepGoing: true });
  expect(impossible.map((one) => [describeJob(one.rule, one.values), one.lacks])).toEqual([
    ["first (x=b)", ["b.src"]],
    ["last (x=b)", []],
    ["all", []],
  ]);
  const planned = Array.from({ length: plan.jobCount }, (_, row) => plan.key(row));
  expect(planned).toEqual(["a.mid", "a.base", "a.end", "b.base"]);
  const targets = plan.targets.map((target) => "file" in target && plan.path(target.file));
  expect(targets).toEqual(["b.base", "a.end"]);
});

test("a job is listed only where something needs what it cannot make", async () => {
  const b = bench({ a: "old", raw: "0" });
  const rules = {
    last: joining(b.disk, "a", "last"),
    pair: joining(b.disk, ["mid", "gone"], ["a", "b"]),
    mid: joining(b.disk, "raw", "mid"),
  };
  // Its other output is missing, and nobody wants it.
  expect(b.prepared(rules, { keepGoing: true }).impossible).toEqual([]);
  expect(await b.run(rules, { keepGoing: true })).toMatchObject({ outcome: "done", total: 1 });
  expect(b.ran()).toEqual(["last"]);
  const both = { all: rule({ input: ["last", "b"] }), ...rules };
  const { impossible } = b.prepared(both, { keepGoing: true });
  expect(impossible.map(({ rule, lacks }) => [rule.name, lacks])).toEqual([
    ["pair", ["gone"]],
    ["all", []],
  ]);
});

test("what only a job needs whose old output is taken is not listed either", async () => {
  const b = bench({ a: "old" });
  const rules = {
    last: joining(b.disk, "a", "last"),
    first: joining(b.disk, "between", "a"),
    between: joining(b.disk, "gone", "between"),
  };
  expect(b.prepared(rules, { keepGoing: true }).impossible).toEqual([]);
  expect(await b.run(rules, { keepGoing: true })).toMatchObject({ outcome: "done", total: 1 });
});

test("a target that no rule makes and that does not stand is refused", async () => {
  const b = bench({ raw: "0" });
  const rules = { mid: joining(b.disk, "raw", "mid") };
  const options = { keepGoing: true, targets: ["mid", "nid"] };
  expect(() => b.prepared(rules, options)).toThrow('Cannot make "nid"');
  await expect(b.run(rules, options)).rejects.toThrow('Cannot make "nid"');
});
