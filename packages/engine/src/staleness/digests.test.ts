/** What a job is made from as short texts: which differences count in which. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { inventory } from "../disk/inventory.ts";
import { memoryFiles } from "../disk/memory-files.ts";
import { emptyHistory } from "../journal/history.ts";
import { expand } from "../patterns/expand.ts";
import { Planner } from "../plan/planner.ts";
import { ancient } from "../rules/marks.ts";
import { type Files, type Rules, rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { Digests } from "./digests.ts";
import { FileStates } from "./file-states.ts";

const run = () => {};

/** The digests of the jobs that make paths, in a plan of rules over files that stand. */
function digestsOf(rules: Rules, targets: readonly string[], files: Readonly<Record<string, string>>) {
  const disk = memoryFiles(files);
  const planner = new Planner({ rules: ruleset(rules), disk: inventory(disk) });
  planner.add(targets);
  const { plan } = planner;
  const about = { plan, planFor: () => null, files: disk, disk: inventory(disk), history: emptyHistory() };
  const fileStates = new FileStates({ ...about, hashLimit: 1_000 });
  const digests = new Digests(plan, fileStates);
  const job = (path: string) => plan.maker(plan.find(path));
  return { disk, plan, fileStates, digests, job };
}

/** All digests of one job that makes `out` from these inputs. */
function ofInput(input: Files, { output = "out" as Files, files = {} as Record<string, string> } = {}) {
  const all = { a: "A", b: "B", c: "C", ...files };
  const { digests, plan } = digestsOf(
    { one: rule({ input: input as "a", output: output as "x", run }) },
    ["one"],
    all,
  );
  expect(plan.jobCount).toBe(1);
  const { inputs, set, roles } = digests.of(plan.job(0));
  return { inputs, paths: set, roles };
}

test("order and names of inputs count in the roles, and nowhere else", () => {
  const list = ofInput(["a", "b"]);
  for (const other of [ofInput(["b", "a"]), ofInput({ x: "a", y: "b" }), ofInput({ x: ["a", "b"] })]) {
    expect(other.inputs).toBe(list.inputs);
    expect(other.paths).toBe(list.paths);
    expect(other.roles).not.toBe(list.roles);
  }
  const named = ofInput({ x: "a", y: "b" });
  for (const other of [ofInput({ x: "b", y: "a" }), ofInput({ x: "a", z: "b" }), ofInput({ y: "b", x: "a" })])
    expect(other.roles).not.toBe(named.roles);
  expect(ofInput(["a", "b"])).toEqual(list);
});

test("where a list ends, and whether it is one, counts in the roles", () => {
  const roles = [
    ofInput({ x: ["a", "b"], y: ["c"] }),
    ofInput({ x: ["a"], y: ["b", "c"] }),
    ofInput({ x: ["a", "b", "c"], y: [] }),
    ofInput({ x: ["a", "b"], y: "c" }),
  ].map((one) => one.roles);
  expect(new Set(roles).size).toBe(4);
});

test("a list of one is another role than one file alone", () => {
  expect(ofInput(["a"]).roles).not.toBe(ofInput("a").roles);
});

test("a function that gives the same shape as patterns gives the same roles", () => {
  const shapes: readonly Files[] = [
    "a",
    ["a", "b"],
    { x: "a", y: ["b", "c"] },
    [expand("{x}", { x: ["a", "b"] }), "c"],
  ];
  for (const shape of shapes) {
    const given = digestsOf({ one: rule({ input: () => shape as "a", output: "out", run }) }, ["out"], {
      a: "A",
      b: "B",
      c: "C",
    });
    const own = ofInput(shape);
    expect(given.digests.roles(0)).toBe(own.roles);
    expect(given.digests.inputs(0)).toBe(own.inputs);
    expect(given.digests.set(0)).toBe(own.paths);
  }
});

test("names and order of outputs count in the roles, and nowhere else", () => {
  const plain = ofInput("a", { output: ["x", "y"] });
  const others = [
    ofInput("a", { output: ["y", "x"] }),
    ofInput("a", { output: { one: "x", two: "y" } }),
    ofInput("a", { output: { one: "y", two: "x" } }),
    ofInput("a", { output: ["x"] }),
  ];
  expect(new Set([plain, ...others].map(({ roles }) => roles)).size).toBe(5);
  for (const other of others) expect([other.inputs, other.paths]).toEqual([plain.inputs, plain.paths]);
});

test("names and values of wildcards count in the roles", () => {
  const roles = (output: string, path: string) => {
    const { digests, job } = digestsOf({ one: rule({ output: output as "{x}", run }) }, [path], {});
    return digests.roles(job(path));
  };
  const all = [
    roles("{x}_{y}.o", "1_2.o"),
    roles("{y}_{x}.o", "1_2.o"),
    roles("{x}_2.o", "1_2.o"),
    roles("1_2.o", "1_2.o"),
  ];
  expect(new Set(all).size).toBe(4);
  expect(roles("{x}_{y}.o", "1_2.o")).toBe(all[0]);
});

test("the order of a gather counts in the roles, and not in the inputs", () => {
  const sites = (...x: string[]) => ofInput(expand("{x}", { x }));
  expect(sites("a", "b").roles).not.toBe(sites("b", "a").roles);
  expect(sites("a", "b").inputs).toBe(sites("b", "a").inputs);
  expect(sites("a", "b").paths).toBe(sites("b", "a").paths);
});

test("content counts in the inputs alone, and that of an ancient input nowhere", () => {
  const before = ofInput(["a", "b"]);
  const after = ofInput(["a", "b"], { files: { b: "other" } });
  expect(after.inputs).not.toBe(before.inputs);
  expect([after.paths, after.roles]).toEqual([before.paths, before.roles]);
  const old = ofInput(["a", ancient("b")]);
  expect(ofInput(["a", ancient("b")], { files: { b: "other" } })).toEqual(old);
  expect(old.inputs).not.toBe(before.inputs);
  expect(old.paths).toBe(before.paths);
});

test("the digest of a job with gathers is that of a job that lists the same files", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 }),
      fc.uniqueArray(fc.constantFrom("f", "g", "h"), { minLength: 1 }),
      fc.uniqueArray(fc.constantFrom("i", "j"), { minLength: 1 }),
      (some, others, own) => {
        const files = Object.fromEntries([..."abcdefghij"].map((name) => [name, name.toUpperCase()]));
        const gathered = digestsOf(
          {
            one: rule({
              input: [expand("{x}", { x: some }), expand("{x}", { x: others }), ...own] as never,
              output: "out",
              run,
            }),
          },
          ["out"],
          files,
        );
        const listed = digestsOf(
          { one: rule({ input: [...own, ...others, ...some] as never, output: "out", run }) },
          ["out"],
          files,
        );
        expect(gathered.plan.gatherCount).toBe(2);
        expect(listed.plan.gatherCount).toBe(0);
        expect(gathered.digests.inputs(0)).toBe(listed.digests.inputs(0));
        expect(gathered.digests.set(0)).toBe(listed.digests.set(0));
      },
    ),
    { numRuns: 50 },
  );
});

test("when a file of a gather is made again, the digests of all that read it are others", () => {
  const all = expand("{x}.part", { x: ["a", "b"] });
  const { digests, job, fileStates, plan, disk } = digestsOf(
    {
      one: rule({ input: all, output: "one", run }),
      two: rule({ input: [all, "more"] as never, output: "two", run }),
      three: rule({ input: "b.part", output: "three", run }),
      part: rule({ output: "{x}.part", run }),
    },
    ["one", "two", "three"],
    { "a.part": "A", "b.part": "B", more: "" },
  );
  const digest = () => ["one", "two", "three"].map((path) => digests.inputs(job(path)));
  const before = digest();
  disk.write("a.part", "another");
  fileStates.forget(plan.find("a.part"));
  for (const gather of plan.gathers(job("one"))) digests.forget(gather);
  const after = digest();
  expect(after.map((one, i) => one === before[i])).toEqual([false, false, true]);
});

test("inputs can be compared by another idea of what stands", () => {
  const { digests, plan } = digestsOf(
    { one: rule({ input: ["a", ancient("b")], output: "out", run }) },
    ["out"],
    { a: "A", b: "B" },
  );
  const byNow = digests.inputs(0);
  const other = digests.inputs(0, (file) => (plan.path(file) === "a" ? "recorded" : "not asked"));
  expect(other).not.toBe(byNow);
  expect(digests.inputs(0, (file) => (plan.path(file) === "a" ? "recorded" : ""))).toBe(other);
});

test("digests are the same in every version: other ones would make all jobs out of date", () => {
  const { digests, job } = digestsOf(
    { one: rule({ input: ["{x}", expand("{x}_{y}", { y: ["1", "2"] })], output: "{x}.out", run }) },
    ["a.out"],
    { a: "A", a_1: "1", a_2: "2" },
  );
  const row = job("a.out");
  const all = [
    ofInput("a"),
    ofInput(["a", "b"]),
    ofInput({ x: "a", y: ["b", ancient("c")] }, { output: { one: "x", two: ["y"] } }),
    ofInput([expand("{x}", { x: ["a", "b"] }), "c"]),
    { inputs: digests.inputs(row), paths: digests.set(row), roles: digests.roles(row) },
  ];
  expect(all.map(({ inputs, paths, roles }) => [inputs, paths, roles])).toEqual([
    ["bbSaDCeg97nA", "BkXyCCnuCHQB", "O67JfAZcU7GB"],
    ["qav54CHW9G6A", "AvkHFBCYwuVC", "YRcgjDqDTTAC"],
    ["aAVRsDATr8iA", "2F4mIB_w82vC", "qbA67CRP2t5D"],
    ["3BAPUCLc8HyA", "2F4mIB_w82vC", "8k4pvDAJ7FtB"],
    ["SuvMTDT06sXB", "QE4-PAhtWOGC", "WnYmXDLBdY7B"],
  ]);
});
