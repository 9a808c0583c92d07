/** Files in the middle that a person removed: made again when something needs them or asks for them. */
import { expect, test } from "vitest";
import { expand } from "./patterns/expand.ts";
import { after, type Files, type Rules, rule } from "./rules/rule.ts";
import { bench, joining, leaves, writeJoined } from "./testing/run-in-memory.ts";

/** src -> model (x) -> score (x) -> table, and all that asks for the table. */
function sweep(scored = "s") {
  const b = bench({ src: "0" });
  const make = (score: string): Rules => ({
    all: rule({ input: "table" }),
    table: joining(b.disk, expand("score_{x}", { x: ["a", "b"] }), "table"),
    score: joining(b.disk, "model_{x}", "score_{x}", score),
    model: joining(b.disk, "src", "model_{x}", "m"),
  });
  return { ...b, make, rules: make(scored) };
}

test("one that nothing needs is not made again, and the run says so", async () => {
  const { run, ran, rules, disk, events, plan } = sweep();
  await run(rules);
  ran();
  for (const path of ["model_a", "model_b", "score_a"]) disk.remove(path);
  expect(await run(rules)).toMatchObject({ total: 0 });
  expect(events.findLast(({ kind }) => kind === "planned")).toMatchObject({
    removed: { files: 3, one: "model_a" },
  });
  expect(plan(rules).removed).toEqual(["model_a", "score_a", "model_b"]);
});

test("one that is asked for is made again, and what that needs", async () => {
  const { run, ran, rules, disk } = sweep();
  await run(rules);
  ran();
  for (const path of ["model_a", "score_a"]) disk.remove(path);
  await run(rules, { targets: ["model_a"] });
  expect(ran()).toEqual(["model (x=a)"]);
  await run(rules, { select: { until: ["score"] } });
  expect(ran()).toEqual(["score (x=a)"]);
  disk.remove("table");
  await run(rules);
  expect(ran()).toEqual(["table", "all"]);
});

test("one that a stale job needs is made again, whatever lies between", async () => {
  const { run, ran, make, disk } = sweep();
  await run(make("s"));
  ran();
  for (const path of ["model_a", "model_b", "score_b"]) disk.remove(path);
  await run(make("t"));
  expect(ran()).toEqual(["model (x=a)", "model (x=b)", "score (x=a)", "score (x=b)", "table", "all"]);
  expect(disk.text("table")).toBe("0mt0mt");
});

test("a change of what it was made from is seen through it", async () => {
  const { run, ran, rules, disk } = sweep();
  await run(rules);
  ran();
  disk.remove("model_a");
  disk.write("src", "1");
  await run(rules);
  expect(ran()).toHaveLength(6);
  expect(disk.text("table")).toBe("1ms1ms");
});

test("inputs of a rule that only names them are asked for; without a record there is nothing to judge by", async () => {
  const { run, ran, rules, disk } = sweep();
  const both = { ...rules, all: rule({ input: ["table", "score_a"] }) };
  await run(both);
  ran();
  disk.remove("score_a");
  await run(both);
  expect(ran()).toEqual(["score (x=a)", "all"]);
  disk.remove(".braid/journal");
  disk.remove(".braid/journal.index");
  disk.remove("model_a");
  await run(both);
  expect(ran()).toContain("model (x=a)");
});

test("a file that decides what comes next is made again; a job that is asked for later brings back what it needs", async () => {
  const b = bench({ names: "a" });
  const rules: Rules = {
    all: rule({ input: ["sum", "base_end"] }),
    sum: rule({
      input: after("list", (list) => [...b.disk.text(list)].map((x) => `part_${x}`)),
      output: "sum",
      run: (job) => writeJoined(b.disk, job),
    }),
    list: joining(b.disk, "names", "list"),
    part: joining(b.disk, "base", "part_{x}"),
    base_end: joining(b.disk, "base", "base_end"),
    base: joining(b.disk, [], "base", "0"),
  };
  await b.run(rules);
  b.ran();
  b.disk.remove("list");
  expect(await b.run(rules)).toMatchObject({ cutOff: 2 });
  expect(b.ran()).toEqual(["list"]);
  b.disk.remove("base");
  b.disk.write("names", "ab");
  await b.run(rules);
  expect(b.ran()).toEqual(["list", "base", "part (x=b)", "sum", "all"]);
});

test("params that a function reads from a file that was removed count as they were", async () => {
  const { run, ran, rules, disk } = sweep();
  const reading = {
    ...rules,
    all: rule({ input: ["table", "late"] }),
    late: rule({
      input: "score_a",
      output: "late",
      params: ({ input }) => ({ size: disk.text(input).length }),
      run: (job) => writeJoined(disk, job),
    }),
  };
  await run(reading);
  ran();
  disk.remove("score_a");
  expect(await run(reading)).toMatchObject({ total: 0 });
  disk.remove("late");
  await run(reading);
  expect(ran()).toEqual(["score (x=a)", "late", "all"]);
});

test("a dry run lists every job that it counts, the makers of removed files too", async () => {
  const b = bench({ src: "0", other: "0" });
  const rules: Rules = {
    all: rule({ input: ["sum", "copy"] }),
    sum: joining(b.disk, ["model", "first"], "sum"),
    copy: joining(b.disk, "model", "copy"),
    model: joining(b.disk, "src", "model"),
    first: joining(b.disk, "other", "first"),
  };
  await b.run(rules);
  b.disk.remove("model");
  b.disk.write("other", "1");
  const { counts, onlyIf, jobs } = b.plan(rules);
  expect(
    jobs()
      .map((job) => job.rule)
      .sort(),
  ).toEqual([...counts.keys()].sort());
  expect([...onlyIf.keys()]).toEqual(["model", "sum", "copy", "all"]);
});

test("one that may be needed is made before the jobs that follow from it run: none of them runs twice", async () => {
  const { run, ran, disk, plan } = bench({ src: "0" });
  let count = 0;
  // Bodies that never give the same again.
  const counting = (input: Files, output: Files, params = {}) => {
    const run = (job: { output: unknown }) => {
      for (const path of leaves(job.output)) disk.write(path, `${count++}`);
    };
    return rule({ input: input as never, output: output as never, params, run: run as never });
  };
  const make = (p: number): Rules => ({
    all: rule({ input: "last" }),
    last: counting(["x", "right"], "last"),
    right: counting("left", "right", { p }),
    left: counting("y", "left"),
    first: counting("src", ["x", "y"]),
  });
  await run(make(0));
  ran();
  disk.remove("x");
  await run(make(1));
  expect(ran()).toEqual(["first", "left", "right", "last", "all"]);
  expect([...plan(make(1)).jobs()]).toEqual([]);
  expect(await run(make(1))).toMatchObject({ total: 0 });
});
