/** What runs again after a change, and what does not, on files in memory. */
import { expect, test } from "vitest";
import { expand } from "./patterns/expand.ts";
import { directory } from "./rules/marks.ts";
import { type Rules, rule, untracked } from "./rules/rule.ts";
import type { Trigger } from "./rules/settings.ts";
import { type Bench, bench, chain, joining, writeJoined } from "./testing/run-in-memory.ts";

test("a run makes what is missing, and the next one does nothing", async () => {
  const { run, ran, rules, disk } = chain();
  expect(await run(rules)).toMatchObject({ outcome: "done", done: 2 });
  expect(ran()).toEqual(["first", "last"]);
  expect(disk.text("a.end")).toBe("one");
  expect(await run(rules)).toMatchObject({ outcome: "done", total: 0 });
});

test("a job whose input changed runs again, and what needs it", async () => {
  const { run, ran, rules, disk, plan } = chain();
  await run(rules);
  ran();
  disk.write("a.src", "two");
  expect(plan(rules).jobs()).toMatchObject([
    { rule: "first", reason: "changed input a.src", onlyIf: false },
    { rule: "last", reason: "a.mid will be made first", onlyIf: true },
  ]);
  await run(rules);
  expect(ran()).toEqual(["first", "last"]);
  expect(disk.text("a.end")).toBe("two");
});

test("a touched input with the same content makes nothing run", async () => {
  const { run, rules, disk } = chain();
  await run(rules);
  disk.touch("a.src");
  expect(await run(rules)).toMatchObject({ total: 0 });
});

test("a job that makes the same again stops the cascade", async () => {
  const b = bench({ "a.src": "one" });
  const rules = {
    last: joining(b.disk, "a.mid", "a.end"),
    first: rule({ input: "a.src", output: "a.mid", run: ({ output }) => b.disk.write(output, "same") }),
  };
  await b.run(rules);
  b.ran();
  b.disk.write("a.src", "two");
  expect(await b.run(rules)).toMatchObject({ done: 1, cutOff: 1, outcome: "done" });
  expect(b.ran()).toEqual(["first"]);
});

test("a missing output is made again", async () => {
  const { run, ran, rules, disk } = chain();
  await run(rules);
  ran();
  disk.remove("a.end");
  await run(rules);
  expect(ran()).toEqual(["last"]);
});

test("a folder that lost a file is made again", async () => {
  const b = bench();
  const rules = {
    model: rule({
      output: directory("model"),
      run: ({ output }) => {
        b.disk.makeFolder(output);
        b.disk.write(`${output}/weights`, "w");
        b.disk.write(`${output}/shape`, "s");
      },
    }),
  };
  await b.run(rules);
  b.disk.remove("model/shape");
  expect(b.plan(rules).jobs()).toMatchObject([{ reason: "missing output model/shape" }]);
  await b.run(rules);
  expect(b.disk.text("model/shape")).toBe("s");
});

test("changed params make a job run again, whatever their order; untracked ones do not", async () => {
  const b = bench();
  const make = (params: Record<string, unknown>): Rules => ({
    one: rule({ output: "out", params, run: ({ output }) => b.disk.write(output, "x") }),
  });
  await b.run(make({ epochs: 1, rate: 0.1, where: untracked("here") }));
  expect(await b.run(make({ rate: 0.1, where: untracked("there"), epochs: 1 }))).toMatchObject({ total: 0 });
  for (const params of [
    { epochs: 2, rate: 0.1, where: untracked("here") },
    { epochs: 1, rate: 0.1, text: "a  b" },
  ])
    expect(b.plan(make(params)).jobs()).toMatchObject([{ reason: "changed params" }]);
});

test("values and bodies that an earlier version took for the same are told apart", async () => {
  const make = (b: Bench, weights: unknown) => ({
    one: rule({ output: "out", params: { weights }, run: ({ output }) => b.disk.write(output, "") }),
  });
  const pairs = [
    [[1, 2], new Float32Array([1, 2])],
    [1, 1n],
    [{ a: [1] }, { a: [1n] }],
    [new Set([1]), new Set([1n])],
  ];
  for (const [before, after] of pairs.flatMap(([a, b]) => [
    [a, b],
    [b, a],
  ])) {
    const b = bench();
    await b.run(make(b, before));
    expect(b.plan(make(b, after)).jobs()).toMatchObject([{ reason: "changed params" }]);
  }
});

test("params that a function gives are compared job by job", async () => {
  const b = bench();
  const make = (of: Record<string, number>): Rules => ({
    all: rule({ input: ["1.out", "2.out"] }),
    one: rule({
      output: "{x}.out",
      params: ({ wildcards }) => ({ n: of[wildcards.x]! }),
      run: ({ output, params }) => b.disk.write(output, String(params.n)),
    }),
  });
  await b.run(make({ 1: 10, 2: 20 }));
  expect(b.disk.text("2.out")).toBe("20");
  b.ran();
  await b.run(make({ 1: 10, 2: 21 }));
  expect(b.ran()).toEqual(["one (x=2)", "all"]);
});

test("params that cannot be compared are an error that names the rule", async () => {
  const b = bench();
  const rules = {
    one: rule({ output: "out", params: { f: () => 1 }, run: ({ output }) => b.disk.write(output, "") }),
  };
  await expect(b.run(rules)).rejects.toThrow(
    'Cannot record the params of "one": a function cannot be compared',
  );
});

test("a changed body makes a job run again; comments and layout do not", async () => {
  const b = bench();
  const { disk } = b;
  await b.run({ one: rule({ output: "out", run: (job) => disk.write(job.output, "a b") }) });
  const laidOut = {
    one: rule({
      output: "out",
      // biome-ignore format: the layout is what is tested
      run: (job) =>
        // a comment
        disk.write( job.output,
          "a b" ),
    }),
  };
  expect(await b.run(laidOut)).toMatchObject({ total: 0 });
  const other = { one: rule({ output: "out", run: (job) => disk.write(job.output, "a  b") }) };
  expect(b.plan(other).jobs()).toMatchObject([{ reason: "changed code" }]);
});

/** A body whose text is `f` in a call, so that its layout is that of the text. */
function bodyOf(b: Bench, f: string): (job: { output: string }) => void {
  const body = ({ output }: { output: string }) => b.disk.write(output, "");
  return Object.assign(body, { toString: () => f });
}

/** Turns the records into those of the version before: without roles, and with the ids that it gave. */
function asBefore(b: Bench, rules: Rules) {
  const recipe = b.prepared(rules).staleness.recipe(0)!;
  const former = ({ id, former = [id] }: { id: string; former?: readonly string[] }) => former[0]!;
  const lines = b.disk.text(".braid/journal").trimEnd().split("\n");
  const before = lines.map((line) => {
    const { crc: _, ...record } = JSON.parse(line);
    if (record.t !== "done") return line;
    const { roles: __, ...trace } = record.trace;
    const ids = { params: former(recipe.params), code: former(recipe.code) };
    return JSON.stringify({ ...record, trace: { ...trace, ...ids } });
  });
  for (const path of b.disk.paths()) if (path.startsWith(".braid/")) b.disk.remove(path);
  b.disk.write(".braid/journal", `${before.join("\n")}\n`);
}

test("a record of an earlier version holds, and counts as one of this version from the next run on", async () => {
  const b = bench();
  const make = (weights: unknown, layout: string) => ({
    one: rule({ output: "out", params: { weights }, run: bodyOf(b, `() => { return${layout}"x"; }`) }),
  });
  const rules = make(new Float32Array([1, 2]), "\n");
  await b.run(rules);
  asBefore(b, rules);
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  expect(b.plan(make([1, 2], "\n")).jobs()).toMatchObject([{ reason: "changed params" }]);
  expect(b.plan(make(new Float32Array([1, 2]), " ")).jobs()).toMatchObject([{ reason: "changed code" }]);
});

test("a line end that JavaScript minds makes a job run again, in both directions", async () => {
  for (const [before, after] of [
    [" ", "\n"],
    ["\n", " "],
  ] as const) {
    const b = bench();
    const make = (layout: string) => ({
      one: rule({ output: "out", run: bodyOf(b, `() => { return${layout}"x"; }`) }),
    });
    await b.run(make(before));
    expect(b.plan(make(after)).jobs()).toMatchObject([{ reason: "changed code" }]);
  }
});

test("another set of inputs makes a gather run again, and so does another order: its body sees it", async () => {
  const b = bench({ "1.in": "", "2.in": "", "3.in": "" });
  const make = (x: number[]): Rules => ({ all: joining(b.disk, expand("{x}.in", { x }), "all") });
  await b.run(make([1, 2]));
  expect(b.plan(make([1, 2])).jobs()).toEqual([]);
  expect(b.plan(make([2, 1])).jobs()).toMatchObject([
    { reason: "changed order or names of inputs, outputs or wildcards" },
  ]);
  expect(b.plan(make([1, 2, 3])).jobs()).toMatchObject([{ reason: "changed input set" }]);
});

test("only the chosen triggers count", async () => {
  const { run, rules, disk, plan } = chain();
  await run(rules);
  disk.write("a.src", "two");
  expect(plan(rules, { triggers: new Set(["params", "code"]) }).jobs()).toEqual([]);
});

test("a rule may count less than the run does, and missing outputs always count", async () => {
  const b = bench({ src: "1", more: "m" });
  const make = (n: number, input: readonly string[], text = ""): Rules => ({
    one: rule({
      input: input as ["x"],
      output: "out",
      params: { n },
      triggers: ["input", "params"],
      run: (job) => writeJoined(b.disk, job, text),
    }),
  });
  const reason = (rules: Rules, ...of: Trigger[]) =>
    b.plan(rules, of.length === 0 ? {} : { triggers: new Set(of) }).jobs()[0]?.reason;
  await b.run(make(1, ["src"]));
  b.disk.write("src", "2");
  expect(reason(make(1, ["src"]))).toBeUndefined();
  expect(reason(make(2, ["src"]))).toBe("changed params");
  expect(reason(make(2, ["src", "more"]), "input")).toBe("changed input set");
  expect(reason(make(2, ["src", "more"]), "mtime", "code")).toBeUndefined();
  b.disk.remove("out");
  expect(reason(make(1, ["src"]))).toBe("missing output out");
});

test("files without a record are judged by their times", async () => {
  const b = bench({ "a.src": "old", "a.mid": "newer" });
  const rules = { first: joining(b.disk, "a.src", "a.mid") };
  expect(b.plan(rules).jobs()).toEqual([]);
  b.disk.touch("a.src");
  expect(b.plan(rules).jobs()).toMatchObject([
    { reason: "newer input a.src (no record of how the output was made)" },
  ]);
});

test("a job that was cut off runs again though its old output stands", async () => {
  const b = bench();
  const rules = { one: rule({ output: "out", run: ({ output }) => b.disk.write(output, "x") }) };
  await b.run(rules);
  b.disk.write(
    ".braid/journal",
    `${b.disk.text(".braid/journal")}{"t":"start","jobs":["out"],"at":1,"call":9,"rule":"one"}\n`,
  );
  expect(b.plan(rules).jobs()).toMatchObject([{ reason: "interrupted last time" }]);
});

test("forced jobs run, and what needs them is looked at", async () => {
  const { run, ran, rules } = chain();
  await run(rules);
  ran();
  await run(rules, { force: { these: ["first"] } });
  expect(ran()).toEqual(["first"]);
  await run(rules, { force: { targets: true } });
  expect(ran()).toEqual(["last"]);
  await run(rules, { force: { all: true } });
  expect(ran()).toEqual(["first", "last"]);
});

test("a source that is edited while a job reads it makes the job run again", async () => {
  const { disk, run, ran } = bench({ a: "1", b: "1" });
  const rules = {
    all: rule({ input: ["one", "two"] }),
    one: rule({
      input: "a",
      output: "one",
      run: (job) => {
        writeJoined(disk, job);
        if (disk.text("a") === "1") disk.write("a", "2");
      },
    }),
    two: rule({
      input: [expand("{x}", { x: ["b"] })],
      output: "two",
      run: (job) => {
        writeJoined(disk, job);
        if (disk.text("b") === "1") disk.write("b", "2");
      },
    }),
  };
  await run(rules);
  ran();
  await run(rules);
  expect(ran()).toEqual(["one", "two", "all"]);
  expect([disk.text("one"), disk.text("two")]).toEqual(["2", "2"]);
  await run(rules);
  expect(ran()).toEqual([]);
});

test("what a failed body has written past its output is not taken for made; what somebody puts there later is", async () => {
  const { disk, run, ran, plan } = bench({ a: "1" });
  const rules = { one: rule({ input: "a", output: "one", run: () => disk.write("one", "half") }) };
  expect(await run(rules)).toMatchObject({ outcome: "failed" });
  ran();
  expect(disk.text("one")).toBe("half");
  expect(plan(rules).jobs()).toMatchObject([{ reason: "failed last time" }]);
  expect(await run(rules)).toMatchObject({ outcome: "failed" });
  disk.now = Date.now() + 1;
  disk.write("one", "by hand");
  expect(await run(rules)).toMatchObject({ total: 0 });
});
