/**
 * Random workflows with rules that may fail, run again and again while their sources are spoilt and mended.
 *
 * After each run every output is what the specification says: made from what there is, left out, or failed; and a
 * second run makes nothing.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { ancient, temp } from "../rules/marks.ts";
import { type AnyRule, after, type Files, rule } from "../rules/rule.ts";
import { bench, leaves } from "../testing/run-in-memory.ts";

interface Node {
  /** Earlier nodes that are needed by themselves, in a list, and in a list whose content does not count. */
  readonly singles: readonly number[];
  readonly list: readonly number[];
  readonly loose: readonly number[];
  readonly optional: boolean;
  readonly temp: boolean;
  /** Another output of the node's job is what others read. */
  readonly second: boolean;
  readonly batch: boolean;
  /** How the inputs are said. */
  readonly by: "rule" | "function" | "after";
}

const some = (n: number, most: number) =>
  n === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(n - 1), { maxLength: most });

/** Without functions a plan is saved, and the next run begins with it. */
const workflows = fc.tuple(fc.integer({ min: 2, max: 9 }), fc.boolean()).chain(([count, saved]) =>
  fc.tuple(
    ...Array.from({ length: count }, (_, n) =>
      fc.record<Node>({
        singles: some(n, 2),
        list: some(n, 4),
        loose: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some(n, 2) }),
        optional: fc.boolean(),
        temp: fc.oneof(
          { weight: 3, arbitrary: fc.constant(false) },
          { weight: 1, arbitrary: fc.constant(true) },
        ),
        second: fc.boolean(),
        batch: fc.boolean(),
        by: saved ? fc.constant("rule" as const) : fc.constantFrom("rule", "rule", "function", "after"),
      }),
    ),
  ),
);

/** What becomes of sources before each run: spoilt or mended, or given another content. */
const edits = fc.array(fc.array(fc.tuple(fc.nat(8), fc.constantFrom("bad", "0", "1")), { maxLength: 4 }), {
  minLength: 1,
  maxLength: 4,
});

type Fate = "made" | "lacking" | "failed" | "blocked";

test("random workflows with optional rules", async () => {
  await fc.assert(fc.asyncProperty(workflows, edits, checkAll), { numRuns: 200 });
});

async function checkAll(nodes: readonly Node[], steps: readonly (readonly (readonly [number, string])[])[]) {
  const b = bench(Object.fromEntries([["seed", ""], ...nodes.map((_, n) => [`${n}.src`, "0"])]));
  const file = (n: number) => (nodes[n]!.second ? `${n}.also` : `${n}.out`);
  const rules: Record<string, AnyRule> = { all: target(nodes, file) };
  nodes.forEach((node, n) => {
    rules[`r${n}`] = ruleOf(node, n, file);
  });

  function ruleOf(
    { singles, list, loose, optional, batch, by, ...node }: Node,
    n: number,
    file: (n: number) => string,
  ) {
    const first = node.temp ? temp(`${n}.out`) : `${n}.out`;
    const inputs: Files = {
      src: `${n}.src`,
      ...(singles.length > 0 ? { singles: singles.map(file) } : {}),
      ...(list.length > 0 ? { list: expand("{f}", { f: list.map(file) }) } : {}),
      ...(loose.length > 0 ? { loose: expand(ancient("{f}"), { f: loose.map(file) }) } : {}),
    };
    const make = (job: { input: unknown; output: unknown }) => {
      const { src } = job.input as { src: string };
      if (b.disk.text(src) === "bad") throw new Error("bad");
      const { loose: _, ...counting } = job.input as Record<string, unknown>;
      const text = leaves(counting).map((path) => b.disk.text(path));
      const content = `(${n}:${text.join(",")})`;
      for (const path of leaves(job.output)) b.disk.write(path, content);
    };
    const spec = {
      input: (by === "rule"
        ? inputs
        : by === "function"
          ? () => inputs
          : after("seed", () => inputs)) as Files,
      output: node.second ? { first, also: node.temp ? temp(`${n}.also`) : `${n}.also` } : { first },
      params: {},
      optional,
    };
    if (!batch) return { ...spec, run: make };
    const runBatch = (
      jobs: Iterable<{ input: unknown; output: unknown; done(): void; fail(e: unknown): void }>,
    ) => {
      for (const job of jobs)
        try {
          make(job);
          job.done();
        } catch (error) {
          job.fail(error);
        }
    };
    return { ...spec, batch: 2, runBatch } as unknown as AnyRule;
  }

  for (const step of steps) {
    for (const [n, content] of step) if (n < nodes.length) b.disk.write(`${n}.src`, content);
    const { fates, contents } = specified(nodes, (n) => b.disk.text(`${n}.src`));
    const hard = fates.some((fate) => fate === "failed") || targetFate(nodes, fates) !== "made";
    const ended = await b.run(rules, { keepGoing: true });
    expect(ended.outcome).toBe(hard ? "failed" : "done");
    const of = (fate: Fate) => nodes.flatMap((_, n) => (fates[n] === fate ? [`r${n}`] : []));
    const failed = [...ended.failed, ...(ended.optional ?? [])].map(({ job }) => job);
    // Of what is both left out and blocked, either may come first.
    for (const { job } of ended.optional ?? []) expect([...of("lacking"), ...of("blocked")]).toContain(job);
    for (const job of of("failed")) expect(failed).toContain(job);
    nodes.forEach((node, n) => {
      if (fates[n] === "made" && !node.temp) expect(b.disk.text(`${n}.out`)).toBe(contents[n]);
    });
    b.ran();
    const again = await b.run(rules, { keepGoing: true });
    expect(again.outcome).toBe(hard ? "failed" : "done");
    const ran = b.ran().filter((job) => job !== "all");
    // What a job reads that fails again is made again where it was temporary.
    if (nodes.every((node, n) => !node.temp || !isReadBy(nodes, n, (reader) => fates[reader] !== "made")))
      expect(ran).toEqual([]);
  }
  nodes.forEach((_, n) => {
    if (b.disk.text(`${n}.src`) === "bad") b.disk.write(`${n}.src`, "1");
  });
  expect(await b.run(rules)).toMatchObject({ outcome: "done" });
  const { contents } = specified(nodes, (n) => b.disk.text(`${n}.src`));
  nodes.forEach((node, n) => {
    if (!node.temp) expect(b.disk.text(`${n}.out`)).toBe(contents[n]);
  });
  b.ran();
  await b.run(rules);
  expect(b.ran()).toEqual([]);
}

/** Whether a node is read, directly or by way of temporary nodes, by one of which this holds. */
function isReadBy(nodes: readonly Node[], n: number, holds: (reader: number) => boolean): boolean {
  return nodes.some(
    ({ singles, list, loose, temp }, reader) =>
      [...singles, ...list, ...loose].includes(n) &&
      (holds(reader) || (temp && isReadBy(nodes, reader, holds))),
  );
}

function target(nodes: readonly Node[], file: (n: number) => string): AnyRule {
  return rule({ input: expand("{f}", { f: nodes.map((_, n) => file(n)) }) });
}

function targetFate(nodes: readonly Node[], fates: readonly Fate[]): Fate {
  if (fates.some((fate) => fate === "failed" || fate === "blocked")) return "blocked";
  return fates.length > 0 && nodes.every((_, n) => fates[n] === "lacking") ? "failed" : "made";
}

/** What becomes of each node, and what is in its output, by what the documents say. */
function specified(nodes: readonly Node[], source: (n: number) => string) {
  const fates: Fate[] = [];
  const contents: string[] = [];
  for (const [n, node] of nodes.entries()) {
    const lists = [...node.list, ...node.loose];
    const present = (of: readonly number[]) => of.filter((one) => fates[one] === "made");
    const inputs = [...node.singles, ...lists];
    if (inputs.some((one) => fates[one] === "failed" || fates[one] === "blocked")) fates.push("blocked");
    else if (node.singles.some((one) => fates[one] === "lacking")) fates.push("lacking");
    else if (lists.length > 0 && present(lists).length === 0)
      fates.push(node.optional ? "lacking" : "failed");
    else if (source(n) === "bad") fates.push(node.optional ? "lacking" : "failed");
    else fates.push("made");
    const read = [...node.singles, ...present(node.list)].map((one) => contents[one]!);
    contents.push(`(${n}:${[source(n), ...read].join(",")})`);
  }
  return { fates, contents };
}
