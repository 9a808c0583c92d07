/** Optional rules whose inputs or params come from functions: `after`, and params that follow from a list. */
import { expect, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { after, rule } from "../rules/rule.ts";
import { joining, writeJoined } from "../testing/run-in-memory.ts";
import { checking, of, optional, runs, sites, spoilt, steps } from "../testing/spoilt-sites.ts";

test("an `after` whose first input cannot be had is left out, and its function is not called", async () => {
  const b = spoilt();
  const asked: string[] = [];
  const rules = {
    all: joining(b.disk, of("{x}.end"), "all"),
    first: checking(b, "{x}.src", "{x}.list", optional),
    second: {
      ...joining(b.disk, [], "{x}.end"),
      input: after("{x}.list", (list) => {
        asked.push(list);
        return `${b.disk.text(list)}.part`;
      }),
    },
    part: joining(b.disk, "{y}.src", "{y}.part"),
  };
  expect(await runs(b, rules)).toMatchObject({ outcome: "done", failed: ["first (x=b)"], skipped: 1 });
  expect(asked.sort()).toEqual(["a.list", "c.list"]);
  expect(b.disk.text("all")).toBe("ac");
  expect(await runs(b, rules)).toMatchObject({ done: [], skipped: 1, cutOff: 1 });
  b.disk.write("b.src", "b");
  expect((await runs(b, rules)).done).toEqual(["all", "first (x=b)", "part (y=b)", "second (x=b)"]);
});

test("an `after` that gives what cannot be had: by itself it is left out, in a list it does without", async () => {
  for (const inList of [false, true]) {
    const b = spoilt();
    const next = () => (inList ? of("{x}.mid") : ["a.mid", "b.mid"]);
    const rules = {
      top: joining(b.disk, expand("{p}.end", { p: ["one", "two"] }), "top"),
      one: { ...joining(b.disk, [], "one.end"), input: after("a.src", next) },
      two: joining(b.disk, "a.src", "two.end"),
      first: checking(b, "{x}.src", "{x}.mid", optional),
    };
    expect(await runs(b, rules)).toMatchObject({ outcome: "done", skipped: inList ? 0 : 1 });
    expect(b.disk.text("top")).toBe(inList ? "aca" : "a");
    expect(await runs(b, rules)).toMatchObject({ outcome: "done", done: [], failed: ["first (x=b)"] });
    b.disk.write("b.src", "b");
    expect((await runs(b, rules)).outcome).toBe("done");
    expect(b.disk.text("top")).toBe(inList ? "abca" : "aba");
    expect(await b.run(rules)).toMatchObject({ total: 0 });
  }
});

test("what an `after` gives when the optional job has failed already", async () => {
  for (const inList of [false, true]) {
    const b = spoilt();
    const next = () => (inList ? of("{x}.mid") : ["a.mid", "b.mid"]);
    const rules = {
      top: joining(b.disk, expand("{p}.end", { p: ["one", "two"] }), "top"),
      one: { ...joining(b.disk, [], "one.end"), input: after("late", next) },
      // It waits for all sites, so that the failure comes before the question.
      late: joining(b.disk, of("{x}.mid"), "late"),
      two: joining(b.disk, "a.src", "two.end"),
      first: checking(b, "{x}.src", "{x}.mid", optional),
    };
    expect(await runs(b, rules)).toMatchObject({ outcome: "done", skipped: inList ? 0 : 1 });
    expect(b.disk.text("top")).toBe(inList ? "aca" : "a");
    expect(await runs(b, rules)).toMatchObject({ outcome: "done", done: [], failed: ["first (x=b)"] });
    b.disk.write("b.src", "b");
    expect((await runs(b, rules)).outcome).toBe("done");
    expect(b.disk.text("top")).toBe(inList ? "abca" : "aba");
  }
});

test("an `after` over a list takes what there is of it", async () => {
  const b = spoilt();
  const rules = {
    end: {
      ...joining(b.disk, [], "end"),
      input: after(of("{x}.mid"), (mids) => mids.map((mid) => mid.replace("mid", "part"))),
    },
    first: checking(b, "{x}.src", "{x}.mid", optional),
    part: joining(b.disk, "{y}.mid", "{y}.part"),
  };
  expect(await runs(b, rules)).toMatchObject({ outcome: "done", failed: ["first (x=b)"], skipped: 0 });
  expect(b.disk.text("end")).toBe("ac");
  expect(await runs(b, rules)).toMatchObject({ done: [], cutOff: 1 });
  b.disk.write("b.src", "b");
  expect((await runs(b, rules)).done).toEqual(["end", "first (x=b)", "part (y=b)"]);
  for (const x of sites) b.disk.write(`${x}.src`, "spoilt");
  expect(await b.run(rules)).toMatchObject({
    outcome: "failed",
    failed: [{ job: "end", error: "None of the files that it gathers could be made." }],
  });
});

test("params that follow from the list are asked when the list is known", async () => {
  const b = spoilt();
  const seen: unknown[] = [];
  const all = rule({
    input: of("{x}.end"),
    output: "all",
    params: ({ input }) => ({ files: [...input] }),
    run: (job) => {
      seen.push(job.params.files);
      writeJoined(b.disk, job);
    },
  });
  const rules = { ...steps(b), all };
  await runs(b, rules);
  expect(seen).toEqual([["a.end", "c.end"]]);
  expect(await runs(b, rules)).toMatchObject({ done: [], cutOff: 1 });
});
