/** Files that are absent on purpose, and early cut-off through them: only what a stale job reads is made again. */
import { expect, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { protect, temp } from "../rules/marks.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { bench, joining } from "../testing/run-in-memory.ts";

/** A rule that writes the letters of its input in the alphabet's order, so that other inputs may give the same. */
const sorting = ({ disk }: ReturnType<typeof bench>, input: string, output: string) =>
  rule({
    input: input as "x",
    output: output as "y",
    run: (job) => disk.write(job.output, [...disk.text(job.input)].sort().join("")),
  });

/** ref -> index, which all samples need; both it and the maps are temporary. */
function samples() {
  const b = bench({ ref: "r", "a.in": "a", "b.in": "b", "c.in": "c" });
  const make = (n: readonly string[]): Rules => ({
    all: joining(b.disk, expand("{n}.out", { n }), "all"),
    call: joining(b.disk, "{n}.map", "{n}.out"),
    map: joining(b.disk, ["{n}.in", "index"], temp("{n}.map") as unknown as string),
    index: joining(b.disk, "ref", temp("index")),
  });
  return { ...b, make };
}

test("one sample more makes the temporary file that all share again, and maps that sample alone", async () => {
  const { run, ran, plan, disk, make } = samples();
  await run(make(["a", "b"]));
  ran();
  const ahead = plan(make(["a", "b", "c"]));
  expect(
    ahead
      .jobs()
      .filter(({ onlyIf }) => !onlyIf)
      .map(({ rule, wildcards }) => rule + (wildcards.n ?? "")),
  ).toEqual(["index", "mapc", "callc", "all"]);
  expect(ahead.onlyIf).toEqual(
    new Map([
      ["call", 2],
      ["map", 2],
    ]),
  );
  expect(await run(make(["a", "b", "c"]))).toMatchObject({ done: 4, cutOff: 4 });
  expect(ran()).toEqual(["index", "map (n=c)", "call (n=c)", "all"]);
  expect(disk.paths().filter((path) => path.endsWith(".map") || path === "index")).toEqual([]);
  expect(await run(make(["a", "b", "c"]))).toMatchObject({ total: 0 });
});

test("where the shared file comes out different, all samples are mapped again", async () => {
  const { run, ran, disk, make } = samples();
  await run(make(["a", "b"]));
  ran();
  disk.write("ref", "s");
  await run(make(["a", "b"]));
  expect(ran()).toHaveLength(6);
  expect(disk.text("all")).toBe("asbs");
});

test("a temporary file is not made again where what it is made from comes out the same", async () => {
  const b = bench({ s: "12" });
  const rules = {
    a: joining(b.disk, "t", "a"),
    t: joining(b.disk, "x", temp("t")),
    x: sorting(b, "s", "x"),
  };
  await b.run(rules);
  b.ran();
  b.disk.write("s", "21");
  expect(b.plan(rules).counts).toEqual(
    new Map([
      ["a", 1],
      ["t", 1],
      ["x", 1],
    ]),
  );
  expect(await b.run(rules)).toMatchObject({ done: 1, cutOff: 2 });
  expect(b.ran()).toEqual(["x"]);
  b.disk.write("s", "31");
  await b.run(rules);
  expect(b.ran()).toEqual(["x", "t", "a"]);
});

/** a reads x, which is sorted from s, and the temporary t, which b reads too. */
function siblings() {
  const b = bench({ s: "12", p: "p" });
  const rules = {
    all: rule({ input: ["a", "b"] }),
    a: joining(b.disk, ["x", "t"], "a"),
    b: joining(b.disk, "t", "b"),
    t: joining(b.disk, "p", temp("t")),
    x: sorting(b, "s", "x"),
  };
  return { ...b, rules };
}

test("a job that has to run after all gets its temporary input made first, and other readers are cut off", async () => {
  const { run, ran, plan, disk, rules } = siblings();
  await run(rules);
  ran();
  disk.write("s", "21");
  expect(plan(rules).onlyIf).toEqual(
    new Map([
      ["a", 1],
      ["all", 1],
      ["b", 1],
      ["t", 1],
    ]),
  );
  expect(await run(rules)).toMatchObject({ done: 1 });
  expect(ran()).toEqual(["x"]);
  disk.write("s", "31");
  await run(rules);
  expect(ran()).toEqual(["x", "t", "a", "all"]);
  expect([disk.text("a"), disk.stat("t")]).toEqual(["13p", null]);
  expect(await run(rules)).toMatchObject({ total: 0 });
});

test("a protected output of a job that has to run after all fails that job alone", async () => {
  const { run, ran, disk, rules } = siblings();
  const locked = { ...rules, a: joining(disk, ["x", "t"], protect("a")) };
  await run(locked);
  ran();
  disk.write("s", "21");
  expect(await run(locked)).toMatchObject({ outcome: "done", done: 1 });
  expect(ran()).toEqual(["x"]);
  disk.write("s", "31");
  const { outcome, failed } = await run(locked, { keepGoing: true });
  expect(outcome).toBe("failed");
  expect(failed).toMatchObject([
    { job: "a", error: expect.stringContaining('Cannot make "a": it is protected') },
  ]);
});
