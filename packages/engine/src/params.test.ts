/** Params and code that cannot be recorded: refused by a plan, or the fault of one job. */
import { expect, test } from "vitest";
import { expand } from "./patterns/expand.ts";
import { ancient, directory, temp } from "./rules/marks.ts";
import { type Rules, rule } from "./rules/rule.ts";
import { forecast } from "./staleness/forecast.ts";
import { bench, joining, writeJoined } from "./testing/run-in-memory.ts";

test("a dry run refuses params that cannot be compared between runs", () => {
  const b = bench();
  const rules = { one: rule({ output: "one", params: { how: () => 1 }, run: () => {} }) };
  expect(() => b.plan(rules)).toThrow(
    'Cannot record the params of "one": a function cannot be compared between runs',
  );
});

test("a dry run refuses code that is not a URL, or that is not there", () => {
  const plan = (code: string) => () =>
    bench().plan({ one: rule({ output: "one", code: [code], run: () => {} }) });
  expect(plan("lib/train.ts")).toThrow(
    'Cannot read the code of "one": Invalid URL\n  List modules by their URLs',
  );
  expect(plan("file:///nowhere/train.ts")).toThrow('Cannot read the code of "one": ENOENT');
});

test("a job whose params function throws or gives what cannot be recorded fails before it runs, and the others go on", async () => {
  const b = bench();
  const ran: string[] = [];
  const rules = {
    all: rule({ input: expand("out_{n}", { n: [1, 2, 3, 4] }) }),
    one: rule({
      output: "out_{n}",
      params: ({ wildcards: { n } }) => {
        if (n === "2") throw new Error("not two");
        return n === "3" ? { how: () => 1 } : { n };
      },
      run: (job) => {
        ran.push(job.wildcards.n);
        writeJoined(b.disk, job);
      },
    }),
  };
  const { outcome, done, failed } = await b.run(rules, { keepGoing: true });
  expect({ outcome, done }).toEqual({ outcome: "failed", done: 2 });
  expect(ran.sort()).toEqual(["1", "4"]);
  const errors = Object.fromEntries(failed.map(({ job, error }) => [job, error]));
  expect(errors["one (n=2)"]).toMatch(
    /^Cannot get the params of "one \(n=2\)": its params function failed\n {2}error {2}Error: not two/,
  );
  expect(errors["one (n=3)"]).toContain("a function cannot be compared between runs");
});

test("nor does a run end whose job may run, when the function says nothing as its turn comes", async () => {
  const b = bench({ src: "1", other: "1" });
  const rules: Rules = {
    all: rule({ input: ["made", "beside"] }),
    made: rule({
      input: "mid",
      output: "made",
      params: () => {
        if (b.disk.text("src") === "2") throw new Error("not of 2");
        return {};
      },
      run: (job) => writeJoined(b.disk, job),
    }),
    mid: joining(b.disk, "src", "mid"),
    beside: joining(b.disk, "other", "beside"),
  };
  await b.run(rules);
  b.ran();
  b.disk.write("src", "2");
  b.disk.write("other", "2");
  const summary = await b.run(rules, { keepGoing: true });
  expect(summary).toMatchObject({ outcome: "failed", failed: [{ rule: "made" }] });
  expect(summary.failed[0]!.error).toContain("not of 2");
  expect(b.ran()).toEqual(expect.arrayContaining(["mid", "beside"]));
});

test("with -k, a job with a record fails alone where its params function throws when asked; without, the run is refused", async () => {
  const b = bench({ src: "1", other: "1" });
  let throws = false;
  const rules: Rules = {
    all: rule({ input: ["made", "beside"] }),
    made: rule({
      input: "src",
      output: "made",
      params: () => {
        if (throws) throw new Error("not now");
        return {};
      },
      run: (job) => writeJoined(b.disk, job),
    }),
    beside: joining(b.disk, "other", "beside"),
  };
  await b.run(rules);
  b.ran();
  throws = true;
  b.disk.write("other", "2");
  await expect(b.run(rules)).rejects.toThrow("not now");
  const prepared = b.prepared(rules, { keepGoing: true });
  expect([...prepared.answers.failedGrowth.values()]).toEqual([expect.stringContaining("not now")]);
  const summary = await b.run(rules, { keepGoing: true });
  expect(summary).toMatchObject({ outcome: "failed", failed: [{ rule: "made" }] });
  expect(b.ran()).toEqual(["beside"]);
});

/** `made` reads `folder`, a folder of one file, and its params function reads that too. */
function readsFolder() {
  const b = bench({ src: "1", other: "1" });
  const counts = { value: 1 };
  const rules: Rules = {
    all: rule({ input: ["made"] }),
    made: rule({
      input: { folder: "folder", other: "mid" },
      output: "made",
      params: ({ input }) => ({ names: b.disk.list(input.folder)?.length ?? 0, value: counts.value }),
      run: (job) => b.disk.write(job.output, "made"),
    }),
    folder: rule({
      input: "src",
      output: directory("folder"),
      run(job) {
        b.disk.makeFolder(job.output);
        b.disk.write(`${job.output}/one`, "1");
      },
    }),
    mid: rule({ input: "other", output: "mid", run: (job) => b.disk.write(job.output, "always the same") }),
  };
  return { ...b, rules, counts };
}

test.each(["folder/one", "folder"])(
  "a params function that reads the removed %s is asked again when that is remade",
  async (path) => {
    const b = readsFolder();
    await b.run(b.rules);
    b.ran();
    b.disk.remove(path);
    const { runs, onlyIf } = forecast(b.prepared(b.rules));
    expect([Object.fromEntries(runs), Object.fromEntries(onlyIf)]).toEqual([
      { folder: 1 },
      { all: 1, made: 1 },
    ]);
    await b.run(b.rules);
    expect(b.ran()).toEqual(["folder"]);
    expect(forecast(b.prepared(b.rules)).runs.size).toBe(0);
    b.disk.remove(path);
    b.counts.value = 2;
    await b.run(b.rules);
    expect(b.ran()).toEqual(["folder", "made", "all"]);
  },
);

test("so is one of a job that waited for another input first", async () => {
  const b = readsFolder();
  await b.run(b.rules);
  b.ran();
  b.disk.remove("folder/one");
  b.disk.write("other", "2");
  await b.run(b.rules);
  expect(b.ran()).toEqual(["mid", "folder"]);
  expect(forecast(b.prepared(b.rules)).runs.size).toBe(0);
});

test("a params function that does not ask for its inputs has changed, whatever was removed", async () => {
  const b = bench({ src: "1" });
  let value = 1;
  const rules: Rules = {
    all: rule({ input: ["made"] }),
    made: rule({
      input: "mid",
      output: "made",
      params: () => ({ value }),
      run: (job) => writeJoined(b.disk, job),
    }),
    mid: rule({ input: "src", output: temp("mid"), run: (job) => writeJoined(b.disk, job) }),
  };
  await b.run(rules);
  value = 2;
  expect(Object.fromEntries(forecast(b.prepared(rules)).runs)).toEqual({ all: 1, made: 1, mid: 1 });
});

test("a params function that reads an ancient input is asked when that has been made", async () => {
  const b = bench({ src: "1", other: "1" });
  const rules: Rules = {
    made: rule({
      input: { other: "other", mid: ancient("mid") },
      output: "made",
      params: ({ input }) => ({ length: b.disk.text(input.mid).length }),
      run: (job) => b.disk.write(job.output, "made"),
    }),
    mid: rule({ input: "src", output: "mid", run: (job) => b.disk.write(job.output, b.disk.text("src")) }),
  };
  await b.run(rules);
  b.ran();
  b.disk.remove("mid");
  b.disk.write("src", "2");
  await b.run(rules);
  expect(b.ran()).toEqual(["mid"]);
  b.disk.remove("mid");
  b.disk.write("src", "22");
  await b.run(rules);
  expect(b.ran()).toEqual(["mid", "made"]);
});
