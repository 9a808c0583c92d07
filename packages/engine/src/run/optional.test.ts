/**
 * Rules whose jobs may fail: what is left out, what takes what there is, and what a later run makes again. Chains, gathers
 * over gathers, batches and functions come in every combination in optional-random.test.ts.
 */
import { expect, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { readStatus, statusText } from "../report/status.ts";
import { terminal } from "../report/terminal.ts";
import { ancient, protect, temp } from "../rules/marks.ts";
import { rule } from "../rules/rule.ts";
import { joining, writeJoined } from "../testing/run-in-memory.ts";
import { checking, of, optional, runs, sites, spoilt, steps } from "../testing/spoilt-sites.ts";
import { touch } from "../touch.ts";

test("one spoilt site costs that site alone, and the run ends well", async () => {
  const b = spoilt();
  expect(await runs(b, steps(b))).toEqual({
    outcome: "done",
    done: ["all", "first (x=a)", "first (x=c)", "second (x=a)", "second (x=c)"],
    failed: ["first (x=b)"],
    skipped: 1,
    cutOff: 0,
  });
  expect(b.disk.text("all")).toBe("ac");
});

test("while it still fails, what was gathered stands; when it is mended, its jobs and the gather run", async () => {
  const b = spoilt();
  const rules = steps(b);
  await runs(b, rules);
  expect(b.plan(rules).onlyIf).toEqual(new Map([["all", 1]]));
  for (let i = 0; i < 2; i++)
    expect(await runs(b, rules)).toEqual({
      outcome: "done",
      done: [],
      failed: ["first (x=b)"],
      skipped: 1,
      cutOff: 1,
    });
  b.disk.write("b.src", "b");
  expect((await runs(b, rules)).done).toEqual(["all", "first (x=b)", "second (x=b)"]);
  expect(b.disk.text("all")).toBe("abc");
  expect(await b.run(rules)).toMatchObject({ total: 0 });
});

test("one that was good and is spoilt is taken out again, whatever still stands of it", async () => {
  const b = spoilt();
  b.disk.write("b.src", "b");
  const rules = steps(b);
  await runs(b, rules);
  b.disk.write("b.src", "spoilt");
  expect(await runs(b, rules)).toMatchObject({ outcome: "done", done: ["all"], failed: ["first (x=b)"] });
  expect(b.disk.text("all")).toBe("ac");
  expect(b.disk.text("b.end")).toBe("b");
  expect(await runs(b, rules)).toMatchObject({ done: [], cutOff: 1 });
  b.disk.write("b.src", "b");
  // What stands of it is what its source made then.
  expect((await runs(b, rules)).done).toEqual(["all"]);
  expect(b.disk.text("all")).toBe("abc");
  expect(await b.run(rules)).toMatchObject({ total: 0 });
});

test("without `optional` the run fails, with it removed too", async () => {
  const b = spoilt();
  expect(await b.run(steps(b, {}), { keepGoing: true })).toMatchObject({ outcome: "failed", blocked: 2 });
  await b.run(steps(b));
  expect(await b.run(steps(b, {}), { keepGoing: true })).toMatchObject({ outcome: "failed", blocked: 2 });
  expect(b.disk.text("all")).toBe("ac");
});

test("a job that needs an optional file fails the run where it fails by itself", async () => {
  const b = spoilt();
  const rules = {
    all: joining(b.disk, of("{x}.end"), "all"),
    first: joining(b.disk, "{x}.src", "{x}.mid"),
    second: checking(b, "{x}.mid", "{x}.end"),
  };
  const ended = await b.run({ ...rules, first: { ...rules.first, optional: true } }, { keepGoing: true });
  expect(ended).toMatchObject({ outcome: "failed", failed: [{ job: "second (x=b)" }], blocked: 1 });
  expect(b.disk.paths().includes("all")).toBe(false);
});

test("where all of them fail, the gather fails with that reason, and what needs it does not run", async () => {
  const b = spoilt(...sites);
  const rules = { top: joining(b.disk, "all", "top"), ...steps(b) };
  for (let i = 0; i < 2; i++) {
    const ended = await b.run(rules);
    expect(ended).toMatchObject({ outcome: "failed", done: 0, blocked: 1, skipped: 3 });
    expect(ended.failed).toMatchObject([
      { job: "all", error: "None of the files that it gathers could be made." },
    ]);
    expect(ended.optional).toHaveLength(3);
  }
  b.disk.write("c.src", "c");
  expect((await runs(b, rules)).done).toEqual(["all", "first (x=c)", "second (x=c)", "top"]);
});

test("where the optional jobs are up to date, a gather of more files is stale, and not only if they differ", async () => {
  const b = spoilt();
  b.disk.write("b.src", "b");
  const rules = (ns: number[]) => ({
    all: joining(b.disk, expand("{x}_{n}.end", { x: sites, n: ns }), "all"),
    second: joining(b.disk, "{x}.mid", "{x}_{n}.end"),
    first: checking(b, "{x}.src", "{x}.mid", optional),
  });
  expect(await runs(b, rules([1]))).toMatchObject({ outcome: "done", failed: [] });
  const planned = (ns: number[]) => {
    return b
      .plan(rules(ns))
      .jobs()
      .filter((job) => job.rule === "all");
  };
  expect(planned([1, 2])).toMatchObject([{ onlyIf: false }]);
  // One of them may fail now, and then the gather is what it was.
  b.disk.write("c.src", "other");
  expect(planned([1, 2])).toMatchObject([{ onlyIf: true }]);
});

test("a file that is asked for by its path must be made, as must one that depends on it", async () => {
  const b = spoilt();
  const rules = {
    last: joining(b.disk, "{x}.mid", "{x}.end"),
    first: checking(b, "{x}.src", "{x}.mid", optional),
  };
  for (const target of ["b.mid", "b.end"])
    expect(await b.run(rules, { targets: ["a.end", target] })).toMatchObject({
      outcome: "failed",
      failed: [],
      missingTargets: [target],
    });
  expect(await b.run(rules, { targets: ["a.end", "c.end"] })).toMatchObject({ outcome: "done" });
});

test("a target without outputs is a gather too", async () => {
  const b = spoilt();
  const rules = { all: rule({ input: of("{x}.mid") }), first: checking(b, "{x}.src", "{x}.mid", optional) };
  expect(await runs(b, rules)).toMatchObject({
    outcome: "done",
    done: ["all", "first (x=a)", "first (x=c)"],
  });
  expect(await runs(b, rules)).toMatchObject({ outcome: "done", failed: ["first (x=b)"] });
  for (const x of sites) b.disk.write(`${x}.src`, "spoilt");
  expect(await b.run(rules)).toMatchObject({ outcome: "failed", failed: [{ job: "all" }] });
});

test("a gather that may fail itself and has nothing fails like any optional job", async () => {
  const b = spoilt(...sites);
  const rules = {
    top: joining(b.disk, expand("{p}.part", { p: ["one", "two"] }), "top"),
    one: { ...joining(b.disk, of("{x}.mid"), "one.part"), optional: true },
    two: joining(b.disk, "keep", "two.part"),
    first: checking(b, "{x}.src", "{x}.mid", optional),
  };
  b.disk.write("keep", "kept");
  expect(await runs(b, rules)).toMatchObject({ outcome: "done", done: ["top", "two"], skipped: 0 });
  expect(b.disk.text("top")).toBe("kept");
  expect(await runs(b, rules)).toMatchObject({ done: [], cutOff: 1 });
});

test("a job whose own list has nothing left is left out, as if it needed one of its files", async () => {
  const b = spoilt();
  const own = expand("{x}_{n}.mid", { n: [1, 2] });
  const rules = {
    all: joining(b.disk, of("{x}.end"), "all"),
    first: checking(b, "{x}.src", "{x}.ok", optional),
    second: joining(b.disk, "{x}.ok", "{x}_{n}.mid"),
    third: joining(b.disk, { own, src: "a.src" }, "{x}.end"),
  };
  const names = ["1", "2"].flatMap((n) => [`second (x=a, n=${n})`, `second (x=c, n=${n})`]).sort();
  expect(await runs(b, rules)).toEqual({
    outcome: "done",
    done: ["all", "first (x=a)", "first (x=c)", ...names, "third (x=a)", "third (x=c)"],
    failed: ["first (x=b)"],
    skipped: 3,
    cutOff: 0,
  });
  expect(await runs(b, rules)).toMatchObject({ done: [], skipped: 3, cutOff: 1 });
  b.disk.write("b.src", "b");
  expect((await runs(b, rules)).done).toHaveLength(5);
});

test("lists that differ between jobs take what there is", async () => {
  const b = spoilt("b_1");
  for (const x of sites) for (const n of [1, 2]) b.disk.write(`${x}_${n}.src`, `${x}${n}`);
  b.disk.write("b_1.src", "spoilt");
  const rules = {
    all: joining(b.disk, of("{x}.end"), "all"),
    second: joining(b.disk, expand("{x}_{n}.mid", { n: [1, 2] }), "{x}.end"),
    first: checking(b, "{x}_{n}.src", "{x}_{n}.mid", { optional: true, constraints: { n: "[12]" } }),
  };
  expect(await runs(b, rules)).toMatchObject({ outcome: "done", failed: ["first (x=b, n=1)"], skipped: 0 });
  expect(b.disk.text("all")).toBe("a1a2b2c1c2");
  // The end of b may come out different, and what it was made from is known when the list is.
  expect(b.plan(rules).onlyIf).toEqual(
    new Map([
      ["all", 1],
      ["second", 1],
    ]),
  );
  expect(await runs(b, rules)).toMatchObject({ done: [], cutOff: 2 });
  b.disk.write("b_1.src", "b1");
  expect((await runs(b, rules)).done).toEqual(["all", "first (x=b, n=1)", "second (x=b)"]);
});

test("temporary outputs: those of the others go, and what a failed job reads stays for its next try", async () => {
  const b = spoilt();
  const rules = {
    all: joining(b.disk, of("{x}.end"), "all"),
    zero: joining(b.disk, "{x}.src", temp("{x}.0")),
    first: checking(b, "{x}.0", temp("{x}.1"), optional),
    second: joining(b.disk, "{x}.1", temp("{x}.end")),
  };
  expect(await runs(b, rules)).toMatchObject({ outcome: "done", failed: ["first (x=b)"], skipped: 1 });
  const stand = ["a", "b", "c"]
    .flatMap((x) => ["0", "1", "end"].map((n) => `${x}.${n}`))
    .filter((f) => b.disk.paths().includes(f));
  expect(stand).toEqual(["b.0"]);
  for (let i = 0; i < 2; i++) {
    expect(await runs(b, rules)).toMatchObject({ done: [], failed: ["first (x=b)"] });
    expect(b.disk.paths().includes("b.0")).toBe(true);
  }
  b.disk.write("b.src", "b");
  // Its readers see no other content of the others, which are made again since they are gone.
  await runs(b, rules);
  expect(b.disk.text("all")).toBe("abc");
  expect(["a.end", "b.0", "b.1", "b.end"].some((file) => b.disk.paths().includes(file))).toBe(false);
  expect(await b.run(rules)).toMatchObject({ total: 0 });
});

test("a temporary output that was made once and can no longer be made does not run its gather again and again", async () => {
  const b = spoilt();
  b.disk.write("b.src", "b");
  const rules = {
    all: joining(b.disk, of("{x}.1"), "all"),
    first: checking(b, "{x}.src", temp("{x}.1"), optional),
  };
  expect(await runs(b, rules)).toMatchObject({ outcome: "done", failed: [] });
  b.disk.write("b.src", "spoilt");
  expect(await runs(b, rules)).toMatchObject({
    done: ["all", "first (x=a)", "first (x=c)"],
    failed: ["first (x=b)"],
  });
  for (let i = 0; i < 2; i++)
    expect(await runs(b, rules)).toMatchObject({ done: [], failed: ["first (x=b)"] });
});

test("protected outputs: a gather that takes what there is; made again only by hand", async () => {
  const b = spoilt();
  const rules = {
    all: joining(b.disk, of("{x}.mid"), protect("all")),
    first: checking(b, "{x}.src", protect("{x}.mid"), optional),
  };
  expect(await runs(b, rules)).toMatchObject({ outcome: "done", failed: ["first (x=b)"] });
  expect(await runs(b, rules)).toMatchObject({ outcome: "done", done: [], cutOff: 1 });
  b.disk.write("b.src", "b");
  const ended = await b.run(rules);
  expect(ended).toMatchObject({ outcome: "failed", failed: [{ job: "all" }] });
  expect(ended.failed[0]!.error).toContain("protected");
});

test("a body that is called for a whole batch and throws fails all of it", async () => {
  const b = spoilt();
  const first = rule({
    input: "{x}.src",
    output: "{x}.mid",
    batch: 10,
    optional: true,
    runBatch() {
      throw new Error("no");
    },
  });
  const ended = await b.run({ ...steps(b), first }, { slots: 1 });
  expect(ended).toMatchObject({ outcome: "failed", failed: [{ job: "all" }], skipped: 3 });
  expect(ended.optional).toHaveLength(3);
});

test("retries come first", async () => {
  const b = spoilt();
  let tries = 0;
  const first = checking(b, "{x}.src", "{x}.mid", {
    optional: true,
    retries: 2,
    run: (job) => {
      if (b.disk.text(job.input) === "spoilt" && ++tries < 3) throw new Error("not yet");
      writeJoined(b.disk, job);
    },
  });
  expect(await runs(b, { ...steps(b), first })).toMatchObject({ outcome: "done", failed: [], skipped: 0 });
  expect(b.disk.text("all")).toBe("aspoiltc");
  b.disk.write("b.src", "spoilt again");
  expect(
    await runs(b, { ...steps(b), first: { ...checking(b, "{x}.src", "{x}.mid"), ...optional, retries: 1 } }),
  ).toMatchObject({
    failed: ["first (x=b)"],
  });
  expect(b.events.filter((event) => event.kind === "retried")).toHaveLength(3);
});

test("with -k, a job that must not fail blocks the gather all the same", async () => {
  for (const bad of ["a", "c"]) {
    const b = spoilt();
    b.disk.write("bad.src", "spoilt");
    const rules = {
      top: joining(b.disk, ["all", "must.mid"], "top"),
      all: joining(b.disk, of("{x}.mid"), "all"),
      must: checking(b, "bad.src", "must.mid"),
      exact: checking(b, `${bad}.src`, `${bad}.mid`, {
        run: () => {
          throw new Error("no");
        },
      }),
      first: checking(b, "{x}.src", "{x}.mid", {
        optional: true,
        constraints: { x: bad === "a" ? "b|c" : "a|b" },
      }),
    };
    const ended = await b.run(rules, { keepGoing: true });
    expect(ended).toMatchObject({ outcome: "failed", done: 1, blocked: 2, skipped: 0 });
    expect(ended.failed.map(({ job }) => job).sort()).toEqual(["exact", "must"]);
    expect(ended.optional).toMatchObject([{ job: "first (x=b)" }]);
  }
});

test("ancient lists: less or more of them counts, their content does not", async () => {
  const b = spoilt();
  const rules = {
    all: joining(b.disk, expand(ancient("{x}.mid"), { x: sites }), "all"),
    first: checking(b, "{x}.src", "{x}.mid", optional),
  };
  expect(await runs(b, rules)).toMatchObject({ outcome: "done", failed: ["first (x=b)"] });
  expect(b.disk.text("all")).toBe("ac");
  expect(await runs(b, rules)).toMatchObject({ done: [], cutOff: 1 });
  b.disk.write("b.src", "b");
  expect((await runs(b, rules)).done).toEqual(["all", "first (x=b)"]);
  b.disk.write("b.src", "other");
  expect((await runs(b, rules)).done).toEqual(["first (x=b)"]);
});

test("a removed file that a stale job needs, and that can no longer be made, is lacking", async () => {
  const b = spoilt();
  b.disk.write("b.src", "b");
  const rules = steps(b);
  const others = { ...rules, other: joining(b.disk, { mid: "{x}.mid", end: "{x}.end" }, "{x}.other") };
  await runs(b, others);
  b.disk.remove("b.mid");
  b.disk.write("b.src", "spoilt");
  expect(await runs(b, others, { targets: ["all", "b.other", "a.other"] })).toMatchObject({
    outcome: "failed",
    done: ["all", "other (x=a)"],
    failed: ["first (x=b)"],
    skipped: 2,
  });
});

test("--touch takes what there is", async () => {
  const b = spoilt();
  const rules = steps(b);
  await runs(b, rules);
  b.disk.remove(".braid/journal");
  b.disk.remove(".braid/journal.index");
  expect(touch({ rules, files: b.disk, folder: "" })).toEqual({ taken: 1, missing: 2 });
  expect(await runs(b, rules)).toMatchObject({ outcome: "done", done: [], cutOff: 1 });
});

test("the closing message, the lines on the way and `status` tell optional failures from others", async () => {
  const b = spoilt();
  const told: string[] = [];
  const output = { write: (text: string) => told.push(text) > 0 } as unknown as NodeJS.WriteStream;
  const emit = terminal(output, { name: "braid", quiet: false, verbose: false });
  await b.run(steps(b), { emit });
  const text = told.join("");
  expect(text).toContain("Failed (optional): first (x=b): Error: it is spoilt\n");
  expect(text).toContain("5 jobs done, 1 optional job failed, 1 left out because of that, in ");
  expect(text).toContain("\nFailed (optional): first (x=b)\n    Error: it is spoilt\n");
  expect(text).toContain("just this  braid b.mid");
  const status = statusText(readStatus(b.disk, null)!, "braid", (path) => path);
  expect(status).toMatch(/^Done in /);
  expect(status).toContain("Failed (optional): first: b.mid\n    Error: it is spoilt\n");
});
