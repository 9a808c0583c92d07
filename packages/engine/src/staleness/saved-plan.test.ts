/** A saved plan says what planning says, or is not used; saved-plan-random.test.ts makes edits and questions. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { ancient, directory, temp } from "../rules/marks.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { expectSame } from "../testing/prepared-data.ts";
import { changeFirstLine } from "../testing/records.ts";
import { type Bench, bench, joining, writeJoined } from "../testing/run-in-memory.ts";
import { savedPlanPath } from "./saved-plan.ts";

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

/** The jobs that are not up to date, from the saved plan and as planned anew; `used` is whether a saved plan held. */
function ahead(b: Bench, rules: Rules) {
  const { told, used } = expectSame({ rules, files: b.disk, folder: "" });
  if (typeof told === "string") throw new Error(told);
  return { jobs: told.jobs.filter((job) => !job.endsWith(": fresh")), removed: told.removed, used };
}

test("a saved plan tells what is to run, and nothing is planned for that", async () => {
  const b = start();
  await b.run(rulesOf(b));
  expect(ahead(b, rulesOf(b))).toMatchObject({ jobs: [], used: true });
  b.disk.remove("end");
  b.disk.remove("part/b");
  expect(ahead(b, rulesOf(b))).toMatchObject({
    jobs: [
      "part (x=b): stale, missing output part/b",
      "end: stale, missing output end",
      "folder (x=b): maybe, part/b will be made first",
      "count: maybe, part/b will be made first",
      "all: stale, end will be made first",
    ],
    used: true,
  });
});

test("a run from a saved plan makes what a run from scratch makes, and saves it again", async () => {
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
  expect(ahead(b, rulesOf(b))).toMatchObject({ jobs: [], used: true });
});

test("jobs that failed are saved as not done", async () => {
  const b = start();
  await b.run(rulesOf(b, { ...plain, fails: true }), { keepGoing: true });
  const { jobs, used } = ahead(b, rulesOf(b, { ...plain, fails: true }));
  expect(used).toBe(true);
  expect(jobs).toContain("part (x=b): stale, missing output part/b");
});

test("a plan is not taken for another question, of another version, after another run, or from a file that is not whole", async () => {
  const b = start();
  const rules = rulesOf(b);
  await b.run(rules);
  expect(ahead(b, rulesOf(b, { ...plain, param: "x" })).used).toBe(false);
  expect(ahead(b, rulesOf(b, { ...plain, gathered: ["a"] })).used).toBe(false);
  const asked = { rules, files: b.disk, folder: "" };
  expect(expectSame({ ...asked, targets: ["part/a"] }).used).toBe(false);
  expect(expectSame({ ...asked, force: { all: true } })).toMatchObject({
    told: { runs: expect.arrayContaining([["part", 3]]) },
    used: true,
  });

  const content = b.disk.read(savedPlanPath);
  b.disk.write(savedPlanPath, content.subarray(0, content.length - 8));
  expect(ahead(b, rules).used).toBe(false);
  b.disk.write(savedPlanPath, content);
  expect(ahead(b, rules).used).toBe(true);
  changeFirstLine(b.disk, savedPlanPath, {});
  expect(ahead(b, rules).used).toBe(true);
  changeFirstLine(b.disk, savedPlanPath, { plan: 3 });
  expect(ahead(b, rules).used).toBe(false);
  b.disk.write(savedPlanPath, content);
  b.disk.write(".braid/journal", `${b.disk.text(".braid/journal")}\n`);
  expect(ahead(b, rules).used).toBe(false);
});

test("a plan in which a job reads another one's log is not taken where the log goes elsewhere", async () => {
  const b = bench({ src: "0" });
  const rules = (log: string) => ({
    end: joining(b.disk, "made.log", "end"),
    mid: rule({
      input: "src",
      output: "mid",
      log: log as "made.log",
      run: (job) => writeJoined(b.disk, job),
    }),
  });
  await b.run(rules("made.log"));
  expect(ahead(b, rules("made.log"))).toMatchObject({ jobs: [], used: true });
  expect(ahead(b, rules("other.log")).used).toBe(false);
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
  expect(b.disk.stat(savedPlanPath)).toBeNull();
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
  expect(ahead(b, rules)).toMatchObject({ jobs: [], used: true });
  elsewhere.epochs = 2;
  const jobs = ["mid: stale, changed params", "end: maybe, mid will be made first"];
  expect(ahead(b, rules)).toMatchObject({ jobs, used: true });
});

test("temporary outputs are made again, and removed again, from a saved plan", async () => {
  const b = bench({ src: "0", other: "0" });
  const rules = {
    all: rule({ input: ["end"] }),
    end: joining(b.disk, ["mid", "other"], "end"),
    mid: joining(b.disk, "src", temp("mid")),
  };
  await b.run(rules);
  expect(b.disk.stat("mid")).toBeNull();
  expect(ahead(b, rules)).toMatchObject({ jobs: [], removed: [], used: true });
  b.disk.write("other", "1");
  const jobs = [
    "mid: stale, missing output mid",
    "end: stale, changed input other",
    "all: stale, end will be made first",
  ];
  expect(ahead(b, rules)).toMatchObject({ jobs, used: true });
  await b.run(rules);
  expect(b.disk.text("end")).toBe("01");
  expect(b.disk.stat("mid")).toBeNull();
});

test("a file in the middle that was there without a record is missing when it is removed", async () => {
  const b = bench({ src: "0", mid: "0", end: "0" });
  const rules = { end: joining(b.disk, "mid", "end"), mid: joining(b.disk, "src", "mid") };
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  b.disk.remove("mid");
  expect(ahead(b, rules).jobs).toEqual([
    "mid: stale, missing output mid",
    "end: stale, mid will be made first",
  ]);
});

test("of several removed outputs of a job, the first that is needed is named", async () => {
  const b = bench({ src: "0" });
  const rules = { all: rule({ input: ["one", "two"] }), pair: joining(b.disk, "src", ["one", "two"]) };
  await b.run(rules);
  b.disk.remove("one");
  b.disk.remove("two");
  expect(ahead(b, rules).jobs).toContain("pair: stale, missing output one");
});

test("a log that was made again is looked at again, though the saved plan knew it", async () => {
  const b = bench({ src: "0", other: "0", made: "0", "made.log": "old" });
  const rules = {
    end: joining(b.disk, ["made.log", "other"], "end"),
    made: rule({ input: "src", output: "made", log: "made.log", run: (job) => writeJoined(b.disk, job) }),
  };
  await b.run(rules);
  expect(b.disk.text("end")).toBe("old0");
  b.disk.write("src", "1");
  await b.run(rules);
  expect(b.disk.text("end")).toBe("0");
});

test("a source that is edited while its reader runs is looked at again, though the saved plan knew it", async () => {
  const b = bench({ src: "0" });
  let edited = "";
  const rules = {
    end: rule({
      input: "src",
      output: "end",
      run: (job) => {
        writeJoined(b.disk, job);
        if (edited !== "") b.disk.write("src", edited);
      },
    }),
  };
  await b.run(rules);
  edited = "1";
  await b.run(rules, { force: { all: true } });
  edited = "";
  expect(b.disk.text("end")).toBe("0");
  expect(ahead(b, rules).jobs).toEqual(["end: stale, changed input src"]);
});

test("a job that was done before another reader's source was edited is not saved as made from it", async () => {
  const b = bench({ src: "0" });
  const rules = {
    all: rule({ input: ["early", "late"] }),
    early: joining(b.disk, "src", "early"),
    late: rule({
      input: ["src", "early"],
      output: "late",
      run: (job) => {
        writeJoined(b.disk, job);
        b.disk.write("src", "1");
      },
    }),
  };
  await b.run(rules, { slots: 1 });
  expect(ahead(b, rules).jobs).toContain("early: stale, changed input src");
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
  expect(ahead(b, rules).jobs).toEqual(["a: stale, changed code", "all: stale, a will be made first"]);
  b.disk.write("src", "2");
  await b.run(rules);
  b.disk.write("other", "1");
  b.disk.remove(savedPlanPath);
  // Edited by a job of another rule, while this one is up to date.
  await b.run(rules);
  expect(ahead(b, rules).jobs).toEqual(["a: stale, changed code", "all: stale, a will be made first"]);
});

test("of a plan for a part, what was left out is not up to date because its source was looked at", async () => {
  const b = bench({ src: "0" });
  const rules = {
    all: rule({ input: ["one", "two"] }),
    one: joining(b.disk, "src", "one"),
    two: joining(b.disk, "src", "two"),
  };
  await b.run(rules);
  b.disk.write("src", "1");
  await b.run(rules, { select: { until: ["one"] } });
  expect(ahead(b, rules).jobs).toContain("two: stale, changed input src");
  await b.run(rules);
  expect(b.disk.text("two")).toBe("1");
});

test("what a run of a part did not ask is asked by the next run, once", async () => {
  const b = bench({ src: "0", other: "0" });
  const rules = {
    all: rule({ input: ["one", "two"] }),
    one: joining(b.disk, "src", "one"),
    two: joining(b.disk, "other", "two"),
  };
  await b.run(rules);
  b.disk.write("src", "1");
  await b.run(rules, { select: { until: ["one"] } });
  expect(ahead(b, rules)).toMatchObject({ jobs: [], used: true });
  const stood = () => b.disk.stat(savedPlanPath)!.mtime;
  const before = stood();
  await b.run(rules);
  const after = stood();
  expect(after).toBeGreaterThan(before);
  await b.run(rules);
  await b.run(rules, { select: { until: ["one"] } });
  expect(stood()).toBe(after);
});

test("a source that was missing when the plan was saved, and stands now, is planned with", async () => {
  const b = bench({ mid: "0" });
  const rules = { end: joining(b.disk, "mid", "end"), mid: joining(b.disk, "src", "mid") };
  // Its output stands: it is taken as it is.
  await b.run(rules);
  expect(ahead(b, rules)).toMatchObject({ jobs: [], used: true });
  b.disk.write("src", "1");
  expect(ahead(b, rules)).toMatchObject({
    jobs: [
      "mid: stale, newer input src (no record of how the output was made)",
      "end: maybe, mid will be made first",
    ],
    used: false,
  });
});

test("what only a job that cannot be made needs is not wanted, in a saved plan neither", async () => {
  const b = bench({ raw: "0", mid: "0" });
  const rules = {
    end: joining(b.disk, "mid", "end"),
    mid: joining(b.disk, ["first", "gone"], "mid"),
    first: joining(b.disk, "raw", "first"),
  };
  await b.run(rules);
  expect(b.ran()).toEqual(["end"]);
  expect(ahead(b, rules)).toMatchObject({ jobs: [], used: true });
});

test("an output that somebody changed stays known as changed where that does not count", async () => {
  const b = bench({ src: "0" });
  const rules = { end: joining(b.disk, "src", "end") };
  const options = { rules, files: b.disk, folder: "", triggers: new Set(["input"] as const) };
  await b.run(rules, options);
  b.disk.write("end", "by hand");
  for (let runs = 0; runs < 3; runs++) {
    await b.run(rules, options);
    expect(expectSame(options)).toMatchObject({ told: { runs: [], editedFiles: ["end"] }, used: true });
  }
});

test("an output over the hash limit of another time and the same size is what was made, for its readers too", async () => {
  const b = bench({ src: "0" });
  const rules = {
    // Asked each time, although all of its files look the same.
    end: rule({ input: "mid", output: "end", params: () => ({}), run: (job) => writeJoined(b.disk, job) }),
    mid: joining(b.disk, "src", "mid"),
  };
  const options = { rules, files: b.disk, folder: "", hashLimit: 0 };
  await b.run(rules, options);
  b.disk.write("mid", b.disk.text("mid"));
  await b.run(rules, options);
  expect(expectSame(options)).toMatchObject({ told: { both: [] }, used: true });
});
