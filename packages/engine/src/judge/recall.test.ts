/** A remembered plan says what planning says, or is not used. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { dryRest, dryRun } from "../look.ts";
import { expand } from "../patterns/expand.ts";
import { describeJob } from "../plan/plan-errors.ts";
import { ancient, directory, temp } from "../rules/marks.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { type Bench, bench, joining, writeJoined } from "../testing/run-in-memory.ts";
import type { Prepared } from "./prepare.ts";
import { describeReason } from "./rebuilder.ts";
import { rememberedPath } from "./remembered.ts";

const letters = ["a", "b", "c"];

interface Variant {
  readonly param: string;
  /** The letters that are gathered. */
  readonly gathered: readonly string[];
  readonly fails: boolean;
}

const plain: Variant = { param: "", gathered: letters, fails: false };

/** Sources, a chain with a folder and an ancient input, a gather that two rules share. */
function rulesOf({ disk }: Bench, { param, gathered, fails }: Variant = plain): Rules {
  const write = (job: Parameters<typeof writeJoined>[1]) => writeJoined(disk, job, param);
  const part = rule({
    input: ["src/{x}", ancient("old")],
    output: "part/{x}",
    params: { param },
    run: (job) => {
      if (fails && job.wildcards.x === "b") throw new Error("no");
      write(job);
    },
  });
  const folder = rule({
    input: part.output,
    output: directory("folder/{x}"),
    run: ({ input, output }) => {
      disk.makeFolder(output);
      disk.write(`${output}/one`, disk.text(input));
      disk.write(`${output}/two`, "2");
    },
  });
  const chosen = gathered as readonly string[];
  const end = rule({
    input: [expand(part.output, { x: chosen }), "common"],
    output: ["end", "second"],
    run: write,
  });
  const count = rule({
    input: { parts: expand(part.output, { x: chosen }), folders: expand("folder/{x}", { x: chosen }) },
    output: "count",
    run: ({ output }) => disk.write(output, "3"),
  });
  return { all: rule({ input: ["end", "count"] }), part, folder, end, count };
}

const start = () => bench({ "src/a": "A", "src/b": "B", "src/c": "C", old: "o", common: "c" });

const told = ({ plan, reasons, counts, removed }: Prepared) => ({
  removed: [...removed].sort(),
  jobs: plan.jobs.flatMap((job) => {
    const reason = reasons[job.order];
    return reason == null ? [] : [`${describeJob(job.rule, job.values)}: ${describeReason(reason)}`];
  }),
  counts: [...counts],
});

/** What is left, as the remembered plan tells it and as planning does; `fromPlan` is whether there was one that held. */
function both(b: Bench, rules: Rules) {
  const options = { rules, files: b.disk, folder: "" };
  const rest = dryRest(options);
  const whole = dryRun(options);
  return { rest: told(rest), whole: told(whole), remembered: rest.plan.jobs.length < whole.plan.jobs.length };
}

const files = ["src/a", "src/b", "old", "common", "part/a", "part/c", "end", "second", "count"];
const edits = fc.oneof(
  fc.record({ kind: fc.constantFrom("write", "touch", "remove"), path: fc.constantFrom(...files) }),
  fc.record({
    kind: fc.constantFrom("write", "remove"),
    path: fc.constantFrom("folder/a/one", "folder/b/two"),
  }),
  fc.record({ kind: fc.constantFrom("remove"), path: fc.constantFrom("folder/c", "part", rememberedPath) }),
);
const variants = fc.record({
  param: fc.constantFrom("", "", "", "x"),
  gathered: fc.constantFrom(letters, letters, letters, ["a", "c"]),
  fails: fc.boolean(),
});

test("after any edits, a remembered plan gives the jobs and reasons that planning gives", async () => {
  let used = 0;
  const rounds = fc.array(fc.tuple(fc.array(edits, { maxLength: 3 }), variants), {
    minLength: 2,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(rounds, async (rounds) => {
      const b = start();
      for (const [round, variant] of rounds) {
        for (const { kind, path } of round) {
          if (kind === "remove") b.disk.remove(path);
          else if (b.disk.stat(path) === null) continue;
          else if (kind === "write") b.disk.write(path, `${path}${b.disk.now}`);
          else b.disk.touch(path);
        }
        // A source that is gone is an error, and the same one.
        const rules = rulesOf(b, variant);
        const outcome = (rest: boolean) => {
          try {
            return told((rest ? dryRest : dryRun)({ rules, files: b.disk, folder: "" }));
          } catch (error) {
            return (error as Error).message;
          }
        };
        const [rest, whole] = [outcome(true), outcome(false)];
        expect(rest).toEqual(whole);
        if (typeof whole === "string") return;
        if (both(b, rules).remembered) used++;
        await b.run(rules, { keepGoing: true });
      }
    }),
    { numRuns: 100 },
  );
  expect(used).toBeGreaterThan(30);
});

test("of a remembered plan only what is to run is made", async () => {
  const b = start();
  await b.run(rulesOf(b));
  const { rest, remembered } = both(b, rulesOf(b));
  expect(rest.jobs).toEqual([]);
  expect(remembered).toBe(true);
  b.disk.remove("end");
  b.disk.remove("part/b");
  expect(both(b, rulesOf(b)).rest.jobs).toEqual([
    "part (x=b): missing output part/b",
    "end: missing output end",
    "folder (x=b): part/b will be made first",
    "count: part/b will be made first",
    "all: end will be made first",
  ]);
});

test("a run from a remembered plan makes what a run from scratch makes, and remembers it again", async () => {
  const b = start();
  await b.run(rulesOf(b));
  b.disk.write("src/b", "other");
  b.disk.remove("folder/c/two");
  b.ran();
  await b.run(rulesOf(b));
  expect(b.ran()).toContain("folder (x=c)");
  const fresh = start();
  fresh.disk.write("src/b", "other");
  await fresh.run(rulesOf(fresh));
  for (const path of ["end", "second", "count", "folder/b/one", "folder/c/two"])
    expect(b.disk.text(path)).toBe(fresh.disk.text(path));
  expect(both(b, rulesOf(b))).toMatchObject({ rest: { jobs: [] }, remembered: true });
});

test("jobs that failed are remembered as not done", async () => {
  const b = start();
  await b.run(rulesOf(b, { ...plain, fails: true }), { keepGoing: true });
  const { rest, whole, remembered } = both(b, rulesOf(b, { ...plain, fails: true }));
  expect(remembered).toBe(true);
  expect(rest).toEqual(whole);
  expect(rest.jobs).toContain("part (x=b): missing output part/b");
});

test("a plan is not taken for another question, after another run, or from a file that is not whole", async () => {
  const b = start();
  const rules = rulesOf(b);
  await b.run(rules);
  expect(both(b, rulesOf(b, { ...plain, param: "x" })).remembered).toBe(false);
  expect(both(b, rulesOf(b, { ...plain, gathered: ["a"] })).remembered).toBe(false);
  expect(told(dryRest({ rules, files: b.disk, folder: "", targets: ["part/a"] })).jobs).toEqual([]);
  expect(dryRest({ rules, files: b.disk, folder: "", force: { all: true } }).counts.get("part")).toBe(3);

  const content = b.disk.read(rememberedPath);
  b.disk.write(rememberedPath, content.subarray(0, content.length - 8));
  expect(both(b, rules).remembered).toBe(false);
  b.disk.write(rememberedPath, content);
  expect(both(b, rules).remembered).toBe(true);
  b.disk.write(".braid/journal", `${b.disk.text(".braid/journal")}\n`);
  expect(both(b, rules).remembered).toBe(false);
});

test("rules whose inputs a function says are planned each time", async () => {
  const b = start();
  const rules = {
    part: rule({
      input: ({ x }: { x: string }) => `src/${x}`,
      output: "part/{x}",
      run: (job) => writeJoined(b.disk, job),
    }),
  };
  await b.run(rules, { targets: ["part/a"] });
  expect(b.disk.stat(rememberedPath)).toBeNull();
});

test("a function that says params is asked each time: what it takes from elsewhere counts", async () => {
  const b = bench({ src: "0" });
  const elsewhere = { epochs: 1 };
  const rules = {
    end: joining(b.disk, "mid", "end"),
    mid: rule({
      input: "src",
      output: "mid",
      params: () => ({ ...elsewhere }),
      run: (job) => writeJoined(b.disk, job),
    }),
  };
  await b.run(rules);
  expect(both(b, rules)).toMatchObject({ rest: { jobs: [] }, remembered: true });
  elsewhere.epochs = 2;
  expect(both(b, rules).rest.jobs).toEqual(["mid: changed params", "end: mid will be made first"]);
  expect(both(b, rules).whole.jobs).toEqual(both(b, rules).rest.jobs);
});

test("temporary outputs are made again, and removed again, from a remembered plan", async () => {
  const b = bench({ src: "0", other: "0" });
  const rules = {
    all: rule({ input: ["end"] }),
    end: joining(b.disk, ["mid", "other"], "end"),
    mid: joining(b.disk, "src", temp("mid")),
  };
  await b.run(rules);
  expect(b.disk.stat("mid")).toBeNull();
  expect(both(b, rules)).toMatchObject({ rest: { jobs: [], removed: [] }, remembered: true });
  b.disk.write("other", "1");
  expect(both(b, rules).rest.jobs).toEqual([
    "mid: missing output mid",
    "end: changed input other",
    "all: end will be made first",
  ]);
  expect(both(b, rules).whole).toEqual(both(b, rules).rest);
  await b.run(rules);
  expect(b.disk.text("end")).toBe("01");
  expect(b.disk.stat("mid")).toBeNull();
});

test("a file in the middle that was there without a record is missing when it is removed", async () => {
  const b = bench({ src: "0", mid: "0", end: "0" });
  const rules = { end: joining(b.disk, "mid", "end"), mid: joining(b.disk, "src", "mid") };
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  b.disk.remove("mid");
  const { rest, whole } = both(b, rules);
  expect(rest).toEqual(whole);
  expect(rest.jobs).toEqual(["mid: missing output mid", "end: mid will be made first"]);
});

test("of several removed outputs of a job, the first that is needed is named", async () => {
  const b = bench({ src: "0" });
  const rules = { all: rule({ input: ["one", "two"] }), pair: joining(b.disk, "src", ["one", "two"]) };
  await b.run(rules);
  b.disk.remove("one");
  b.disk.remove("two");
  const { rest, whole } = both(b, rules);
  expect(rest).toEqual(whole);
  expect(rest.jobs).toContain("pair: missing output one");
});

test("a module that is edited while jobs run is not what they were made by", async () => {
  const folder = mkdtempSync(join(tmpdir(), "braid-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const module = join(folder, "module.ts");
  writeFileSync(module, "1");
  const b = bench({ src: "0", other: "0" });
  const making = (input: string, output: "a" | "b", code: URL[], text: string) =>
    rule({
      input,
      output,
      code,
      run: (job) => {
        writeJoined(b.disk, job);
        if (b.disk.text(input) === text) writeFileSync(module, `${text}2`);
      },
    });
  const rules = {
    all: rule({ input: ["a", "b"] }),
    a: making("src", "a", [pathToFileURL(module)], "0"),
    b: making("other", "b", [], "1"),
  };
  await b.run(rules);
  // Edited by the job itself, the first of its rule.
  expect(both(b, rules).whole.jobs).toEqual(["a: changed code", "all: a will be made first"]);
  expect(both(b, rules).rest).toEqual(both(b, rules).whole);
  b.disk.write("src", "2");
  await b.run(rules);
  b.disk.write("other", "1");
  b.disk.remove(rememberedPath);
  // Edited by a job of another rule, while this one is up to date.
  await b.run(rules);
  expect(both(b, rules).whole.jobs).toEqual(["a: changed code", "all: a will be made first"]);
  expect(both(b, rules).rest).toEqual(both(b, rules).whole);
});
