/** What a job's inputs were, found again from the texts of its rule. */
import { describe, expect, test } from "vitest";
import { shortHash } from "../disk/fingerprint.ts";
import { prepareAnew } from "../dry-run.ts";
import { expand } from "../patterns/expand.ts";
import { after, type Rules, rule } from "../rules/rule.ts";
import { bench, writeJoined } from "../testing/run-in-memory.ts";
import { keptRecords, recordedInputs } from "./input-record.ts";
import { readHistory } from "./journal.ts";

/** Runs the rules once; then gives what the inputs of the job that makes `path` were. */
async function ranOnce(sources: readonly string[], make: (b: ReturnType<typeof bench>) => Rules) {
  const b = bench(Object.fromEntries(sources.map((path) => [path, path])));
  expect(await b.run(make(b))).toMatchObject({ outcome: "done" });
  const { texts, traces } = readHistory(b.disk);
  const before = (path: string) => {
    const { plan } = prepareAnew({ rules: make(b), files: b.disk, folder: "", targets: [path] });
    return recordedInputs(texts, plan.job(plan.maker(plan.find(path))), traces.get(path)!.set);
  };
  const records = [...texts.values()].filter((text) => text.startsWith("inputs of "));
  return { b, before, records };
}

describe("of a rule's own patterns there is one text for all jobs", () => {
  const make = (b: ReturnType<typeof bench>): Rules => ({
    all: rule({
      input: expand("{x}.out", { x: ["a", "b"] }),
      output: "all",
      run: (job) => writeJoined(b.disk, job),
    }),
    one: rule({
      input: [
        "{x}.src",
        expand("{x}_{n}", { n: [1, 2] }),
        expand("{p}{q}", { p: ["k"], q: ["l"] }, { zip: true }),
      ] as never,
      output: "{x}.out",
      run: (job) => writeJoined(b.disk, job),
    }),
  });

  test("and it gives each job its paths", async () => {
    const { before, records } = await ranOnce(["a.src", "b.src", "a_1", "a_2", "b_1", "b_2", "kl"], make);
    expect(records).toHaveLength(2);
    expect(before("all")).toEqual(["a.out", "b.out"]);
    expect(before("b.out")?.sort()).toEqual(["b.src", "b_1", "b_2", "kl"]);
  });
});

test("lists of a function that differ by wildcards alone share a text; a value inside a word does not count", async () => {
  const { before, records } = await ranOnce(["a/x.1", "b/x.1", "{}a", "v1a"], (b) => ({
    all: rule({ input: ["a.out", "b.out"] }),
    one: rule({
      input: ({ x }) => [`${x}/x.1`, "{}a", "v1a"],
      output: "{x}.out",
      run: (job) => writeJoined(b.disk, job),
    }),
  }));
  expect(before("a.out")).toEqual(["a/x.1", "{}a", "v1a"]);
  expect(before("b.out")).toEqual(["b/x.1", "{}a", "v1a"]);
  // The name {}a ends with the value of one of the jobs.
  expect(records).toHaveLength(2);
});

test("what an after() gave is known, and a list that is too long is not written", async () => {
  const many = Array.from({ length: 400 }, (_, i) => `many_${i}`);
  const { before, records } = await ranOnce(["list", "x", ...many], (b) => ({
    all: rule({ input: ["few", "long"] }),
    few: rule({ input: after("list", () => "x"), output: "few", run: (job) => writeJoined(b.disk, job) }),
    long: rule({ input: () => many, output: "long", run: (job) => writeJoined(b.disk, job) }),
  }));
  expect(before("few")).toEqual(["list", "x"]);
  expect(before("long")).toBeNull();
  expect(records).toHaveLength(1);
});

test("texts that are not of inputs, or of other wildcards, are passed over", async () => {
  const b = bench({ src: "" });
  const rules = { one: rule({ input: "src", output: "out", run: (job) => writeJoined(b.disk, job) }) };
  await b.run(rules);
  const { texts, traces } = readHistory(b.disk);
  for (const text of ["inputs of one\nnot JSON", 'inputs of one\n["{gone}"]', 'inputs of one\n["other"]'])
    texts.set(shortHash(text), text);
  const job = prepareAnew({ rules, files: b.disk, folder: "" }).plan.job(0);
  expect(recordedInputs(texts, job, traces.get("out")!.set)).toEqual(["src"]);
  expect(recordedInputs(texts, job, "no such digest")).toBeNull();
});

test("a journal that is written anew keeps the newest texts of the rules that it has jobs of", () => {
  const texts = new Map([
    ["1", "inputs of kept\n[]"],
    ["2", "inputs of gone\n[]"],
    ["3", '{"params":1}'],
    ...Array.from({ length: 1_000 }, (_, i) => [`k${i}`, `inputs of kept\n["${i}"]`] as const),
  ]);
  const ids = keptRecords(texts, new Set(["kept"]));
  expect(ids).toHaveLength(1_000);
  expect(ids).not.toContain("1");
});
