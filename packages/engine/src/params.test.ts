/** Params and code that cannot be recorded: refused by a plan, or the fault of one job. */
import { expect, test } from "vitest";
import { expand } from "./patterns/expand.ts";
import { type Rules, rule } from "./rules/rule.ts";
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
