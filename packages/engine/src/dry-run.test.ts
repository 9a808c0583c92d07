/** A dry run says what the run will say: what it refuses, what is missing, and what runs only if something differs. */
import { expect, test } from "vitest";
import { deleteOutputs } from "./delete.ts";
import { locator } from "./disk/locate.ts";
import { prepareAnew } from "./dry-run.ts";
import { expand } from "./patterns/expand.ts";
import { directory, protect, temp } from "./rules/marks.ts";
import { type Rules, rule } from "./rules/rule.ts";
import { blockedByProtection, checkOutputs } from "./run/checks.ts";
import { bench, joining, writeJoined } from "./testing/run-in-memory.ts";

function locked() {
  const b = bench({ source: "1" });
  const rules: Rules = {
    all: rule({ input: ["p", "q"] }),
    p: joining(b.disk, "source", protect("p")),
    q: rule({ output: "q", run: ({ output }) => b.disk.write(output, "q") }),
  };
  const prepared = () => prepareAnew({ rules, files: b.disk, folder: "" });
  return { ...b, rules, prepared };
}

test("a protected output that would have to be made again is refused as the run refuses it", async () => {
  const { run, disk, rules, prepared } = locked();
  await run(rules);
  expect(() => checkOutputs(prepared(), locator(disk))).not.toThrow();
  disk.write("source", "2");
  disk.remove("q");
  const message = 'Cannot make "p": it is protected, and would have to be made again';
  expect(() => checkOutputs(prepared(), locator(disk))).toThrow(message);
  await expect(run(rules)).rejects.toThrow(message);
  expect(disk.stat("q")).toBeNull();
  // With -k the job fails by itself, and the others are made.
  const { outcome, failed, blocked } = await run(rules, { keepGoing: true });
  expect({ outcome, blocked }).toEqual({ outcome: "failed", blocked: 1 });
  expect(failed).toMatchObject([{ job: "p", error: expect.stringContaining(message) }]);
  expect(disk.text("q")).toBe("q");
});

test("a protected output whose job runs only if its inputs differ is told of and not refused", async () => {
  const b = bench({ source: "1" });
  const rules: Rules = {
    p: joining(b.disk, "mid", protect("p")),
    mid: rule({ input: "source", output: "mid", run: ({ output }) => b.disk.write(output, "same") }),
  };
  await b.run(rules);
  b.disk.write("source", "2");
  const prepared = prepareAnew({ rules, files: b.disk, folder: "" });
  expect(() => checkOutputs(prepared, locator(b.disk))).not.toThrow();
  expect(blockedByProtection(prepared, "maybe").map((row) => prepared.plan.key(row))).toEqual(["p"]);
  expect(await b.run(rules)).toMatchObject({ outcome: "done", done: 1, cutOff: 1 });
});

test("what is deleted with all output leaves what is protected, and names it", async () => {
  const { run, disk, rules } = locked();
  await run(rules);
  const found = { deleted: ["q"], left: [{ path: "p", why: "it is protected" }] };
  expect(deleteOutputs({ rules, files: disk, folder: "" }, true)).toEqual(found);
  expect(disk.text("q")).toBe("q");
  expect(deleteOutputs({ rules, files: disk, folder: "" }, false)).toEqual(found);
  expect([disk.text("p"), disk.stat("q")]).toEqual(["1", null]);
});

function lacking() {
  const b = bench({ "1.in": "1" });
  const rules: Rules = {
    all: rule({ input: [expand("{n}.out", { n: [1, 2, 3] }), ["gathered"]].flat() }),
    make: joining(b.disk, "{n}.in", "{n}.out"),
    gather: rule({
      input: expand("{x}.csv", { x: ["a", "b"] }),
      output: "gathered",
      run: (job) => writeJoined(b.disk, job),
    }),
  };
  return { ...b, rules };
}

test("all missing sources are listed by the rules that need them, by a dry run as by a run", async () => {
  const { run, plan, rules } = lacking();
  const message = [
    'Cannot make "a.csv": no rule makes it and the file does not exist',
    "  wanted by    gather",
    "  missing too  b.csv",
    "  missing too  2.in (wanted by make)",
    "  missing too  3.in (wanted by make)",
  ].join("\n");
  expect(() => plan(rules)).toThrow(message);
  await expect(run(rules)).rejects.toThrow(message);
});

test("with -k, what can be made is made, and each job that lacks sources has failed", async () => {
  const { run, plan, ran, disk, rules } = lacking();
  expect(plan(rules, { keepGoing: true }).counts).toEqual(new Map([["make", 1]]));
  const { outcome, failed, blocked } = await run(rules, { keepGoing: true });
  expect({ outcome, blocked }).toEqual({ outcome: "failed", blocked: 1 });
  expect(ran()).toEqual(["make (n=1)"]);
  expect(failed.map(({ job }) => job)).toEqual(["gather", "make (n=2)", "make (n=3)"]);
  expect(failed[0]!.error).toContain('Cannot make "a.csv": no rule makes it and the file does not exist');
  expect(failed[0]!.error).toContain("missing too  b.csv");
  for (const path of ["2.in", "3.in", "a.csv", "b.csv"]) disk.write(path, "");
  expect(await run(rules)).toMatchObject({ outcome: "done", done: 4 });
});

test("a source that is missing does not stand for its old self: a job that was made from it is not up to date", async () => {
  const { run, plan, disk } = bench({ source: "1" });
  const rules = { one: joining(disk, "source", "out") };
  await run(rules);
  disk.remove("source");
  expect(() => plan(rules)).toThrow('Cannot make "source": no rule makes it and the file does not exist');
});

test("a target that was removed is missing, whatever else has changed", async () => {
  const b = bench({ source: "1" });
  const rules: Rules = { end: joining(b.disk, "source", "end") };
  await b.run(rules);
  b.disk.write("source", "2");
  b.disk.remove("end");
  expect(b.plan(rules).jobs()).toMatchObject([{ reason: "missing output end", onlyIf: false }]);
});

test("jobs that run only if something differs are told apart, makers of absent files among them", async () => {
  const b = bench({ source: "1" });
  const rules: Rules = {
    end: joining(b.disk, ["mid", "tmp"], "end"),
    mid: joining(b.disk, "source", "mid"),
    tmp: joining(b.disk, [], temp("tmp")),
  };
  await b.run(rules);
  b.disk.write("source", "2");
  const { counts, onlyIf } = b.plan(rules);
  expect([...counts.keys()]).toEqual(["mid", "tmp", "end"]);
  expect([...onlyIf.keys()]).toEqual(["tmp", "end"]);
});

test("a reason names the input that will be made first, not another output of its job; a log too", async () => {
  const b = bench();
  const rules: Rules = {
    all: rule({ input: ["second", "told"] }),
    second: joining(b.disk, "two", "second"),
    told: rule({ input: "one.log", output: "told", run: ({ output }) => b.disk.write(output, "") }),
    one: rule({
      output: ["one", "two"],
      log: "one.log",
      run: ({ output }) => output.forEach((path) => void b.disk.write(path, "")),
    }),
  };
  await b.run(rules);
  b.disk.remove("one.log");
  expect(b.plan(rules).jobs()).toMatchObject([
    { rule: "one", reason: "missing output one.log", onlyIf: false },
    { rule: "second", reason: "two will be made first", onlyIf: true },
    { rule: "told", reason: "one.log will be made first", onlyIf: true },
    { rule: "all", onlyIf: true },
  ]);
});

test("a job that would make the workflow file, or a folder around it, is refused when it is planned", () => {
  const b = bench({ "flows/x.ts": "" });
  const [made, around] = [
    { m: joining(b.disk, [], "flows/{n}.ts") },
    { d: joining(b.disk, [], directory("flows")) },
  ];
  const refused = (rules: Rules, targets: string[]) => () =>
    b.plan(rules, { targets, workflow: "flows/x.ts" });
  expect(refused(made, ["flows/x.ts"])).toThrow(
    'Cannot plan "flows/x.ts": it is the workflow file\n  made by  m (n=x)\n  Give the output another path.',
  );
  expect(refused(around, ["d"])).toThrow('Cannot plan "flows": the workflow file is in it\n  made by  d\n');
  expect(refused(made, ["flows/y.ts"])).not.toThrow();
  expect(refused({ all: rule({ input: "flows/x.ts" }) }, ["all"])).not.toThrow();
});
