import { expect, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { after, rule } from "../rules/rule.ts";
import { type Bench, bench, chain, joining, writeJoined } from "../testing/run-in-memory.ts";
import { whyOf, whyText } from "./why.ts";

type Rules = Parameters<Bench["prepared"]>[0];

/** Why an output is out of date; times of records vary, so that lines with them are left to others. */
function explain(b: Pick<Bench, "prepared">, rules: Rules, path: string) {
  const prepared = b.prepared(rules, { targets: [path] });
  const why = whyOf(prepared, prepared.plan.maker(prepared.plan.find(path)), path);
  return { why, text: whyText(why) };
}

test("an output that matches its record is up to date, and nothing differs", async () => {
  const { rules, run, ...b } = chain();
  await run(rules);
  const { why, text } = explain(b, rules, "a.end");
  expect(why).toMatchObject({
    state: "up to date",
    reason: null,
    missing: [],
    inputs: [],
    inputSet: null,
    roles: false,
    outputs: [],
    params: [],
    code: [],
    failure: null,
    because: [],
  });
  expect(text).toMatch(/^a\.end: up to date\n {2}made by {2}last\n/);
});

test("a chain of jobs that wait for each other is followed to the one that has a reason of its own", async () => {
  const b = bench({ src: "one" });
  const rules = {
    three: joining(b.disk, "2", "3"),
    two: joining(b.disk, "1", "2"),
    one: joining(b.disk, "src", "1"),
  };
  await b.run(rules);
  b.disk.write("src", "two");
  const { why, text } = explain(b, rules, "3");
  expect(why).toMatchObject({
    state: "out of date if its inputs change",
    reason: "2 will be made first",
    because: [{ path: "1", state: "out of date", reason: "changed input src", inputs: ["src"], because: [] }],
  });
  expect(text).toContain("3: out of date if its inputs change\n  reason   2 will be made first\n");
  expect(text).toContain("\n\nbecause of\n1: out of date\n");
});

test("all jobs that failed and that an output waits for are explained, however far they are", async () => {
  const b = bench({ src: "one" });
  const part = rule({
    input: "src",
    output: "part/{n}",
    run: ({ wildcards: { n }, output }) => {
      if (n !== "2") throw new Error(`no data for ${n}`);
      b.disk.write(output, n);
    },
  });
  const rules = {
    end: joining(b.disk, "sum", "end"),
    sum: joining(b.disk, expand(part.output, { n: [1, 2, 3] }), "sum"),
    part,
  };
  await b.run(rules, { keepGoing: true });
  const { why, text } = explain(b, rules, "end");
  expect(why.because.map(({ path, failure }) => [path, failure!.error.split("\n")[0]])).toEqual([
    ["part/1", "Error: no data for 1"],
    ["part/3", "Error: no data for 3"],
  ]);
  expect(text.match(/it waits for a job that failed:/g)).toHaveLength(2);
  expect(text).toContain("it waits for a job that failed:\npart/3: missing\n");
  expect(text).toContain("Error: no data for 3");
  // One that is up to date, or failed itself, waits for nobody.
  expect(explain(b, rules, "part/2").why.because).toEqual([]);
  expect(explain(b, rules, "part/1").why).toMatchObject({ failure: { path: "part/1" }, because: [] });
});

test("of many jobs that failed ten are explained, the others counted", async () => {
  const b = bench();
  const part = rule({
    output: "part/{n}",
    run: () => {
      throw new Error("no");
    },
  });
  const numbers = Array.from({ length: 13 }, (_, n) => n);
  const rules = { sum: joining(b.disk, expand(part.output, { n: numbers }), "sum"), part };
  await b.run(rules, { keepGoing: true });
  const { why, text } = explain(b, rules, "sum");
  expect(why.because).toHaveLength(13);
  expect(text.match(/it waits for a job that failed:/g)).toHaveLength(10);
  expect(text.endsWith("\n\n... and 3 more failed jobs")).toBe(true);
});

test("the same inputs under other names or in another order are told as that", async () => {
  const b = bench({ a: "1", b: "2", c: "3" });
  const named = (input: { x: string; y: string }) => ({
    out: rule({
      input: input as { x: "a"; y: "b" },
      output: "out",
      run: (job) => writeJoined(b.disk, job),
    }),
  });
  const listed = (letters: readonly string[]) => ({
    sum: joining(b.disk, expand("{l}", { l: letters }), "sum"),
  });
  await b.run(named({ x: "a", y: "b" }));
  await b.run(listed(["a", "b", "c"]));
  const swapped = explain(b, named({ x: "b", y: "a" }), "out");
  expect(swapped.why).toMatchObject({
    state: "out of date",
    reason: "changed order or names of inputs, outputs or wildcards",
    roles: true,
    inputs: [],
    inputSet: null,
  });
  expect(swapped.text).toContain("\n  order    names or order of inputs, outputs or wildcards changed\n");
  expect(explain(b, listed(["c", "b", "a"]), "sum").why).toMatchObject({ roles: true, inputSet: null });
  // Where the files are others, that is what is told.
  const other = explain(b, named({ x: "a", y: "c" }), "out").why;
  expect(other).toMatchObject({
    reason: "changed input set",
    roles: false,
    inputSet: { now: 2, added: ["c"], removed: ["b"] },
  });
});

test("an output that is not what was made is named, beside all else that differs", async () => {
  const b = bench({ src: "one" });
  const rules = (text: string) => ({ pair: joining(b.disk, "src", ["one", "two"], text) });
  await b.run(rules("x"));
  b.disk.write("two", "by hand");
  const edited = explain(b, rules("x"), "one");
  expect(edited.why).toMatchObject({
    state: "out of date",
    reason: "the output two changed since it was made",
    outputs: ["two"],
    params: [],
    inputs: [],
  });
  expect(edited.text).toContain("\n  outputs  changed since they were made: two\n");
  b.disk.write("src", "other");
  expect(explain(b, rules("y"), "two").why).toMatchObject({
    outputs: ["two"],
    params: [{ name: "text", before: '"x"', after: '"y"' }],
    inputs: ["src"],
  });
});

test("a removed output is named as missing, and where others of its job stand, which one it is", async () => {
  const b = bench({ src: "one" });
  const rules = { pair: joining(b.disk, "src", ["one", "two"]) };
  await b.run(rules);
  b.disk.remove("two");
  expect(explain(b, rules, "two").why).toMatchObject({
    state: "missing",
    reason: "missing output two",
    missing: ["two"],
  });
  expect(explain(b, rules, "one").why).toMatchObject({ state: "up to date", reason: null, missing: ["two"] });
});

test("without a record an output is judged by its time, and that is said", () => {
  const b = bench({ end: "", src: "" });
  const { why, text } = explain(b, { end: joining(b.disk, "src", "end") }, "end");
  expect(why).toMatchObject({ state: "out of date", inputs: ["src"], made: null });
  expect(text).toBe(
    [
      "end: out of date",
      "  reason   newer input src (no record of how the output was made)",
      "  inputs   changed: src",
      "  made by  end, but there is no record of it: compared by time",
    ].join("\n"),
  );
});

test("inputs that an after has yet to name are not gone", async () => {
  const b = bench({ src: "1", x: "x" });
  const rules = {
    end: rule({
      input: after("first", (path) => [...b.disk.text(path)].map(() => "x")),
      output: "end",
      params: ({ input }) => ({ files: [input].flat().length }),
      run: (job) => writeJoined(b.disk, job),
    }),
    first: joining(b.disk, "pre", "first"),
    pre: joining(b.disk, "src", "pre"),
  };
  await b.run(rules);
  b.disk.write("src", "2");
  const { why, text } = explain(b, rules, "end");
  expect(why).toMatchObject({
    state: "out of date if its inputs change",
    reason: "first will be made first",
    inputs: [],
    unnamed: false,
    inputSet: null,
    roles: false,
    params: [],
    because: [{ path: "pre", inputs: ["src"] }],
  });
  expect(text).not.toContain("gone");
});
