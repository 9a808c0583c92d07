/** A round is found where there is one, from whichever end it is searched. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { inventory } from "../disk/inventory.ts";
import { memoryFiles } from "../disk/memory-files.ts";
import { expand } from "../patterns/expand.ts";
import { type AnyRule, after, type Rules, rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { growPlan } from "./growth.ts";
import { Planner } from "./planner.ts";
import { Readers } from "./readers.ts";

const run = () => {};

interface Job {
  /** Jobs before it that it reads, by a place of its own or by a gather that it may share. */
  readonly reads: readonly number[];
  readonly gathers: readonly number[];
  /** Jobs that it asks for, wherever they stand. */
  readonly asks: readonly number[];
}

const jobs: fc.Arbitrary<readonly Job[]> = fc.array(
  fc.record({
    reads: fc.array(fc.nat(9), { maxLength: 2 }),
    gathers: fc.array(fc.nat(2), { maxLength: 1 }),
    asks: fc.array(fc.nat(9), { maxLength: 2 }),
  }),
  { minLength: 2, maxLength: 10 },
);

/** Gathers over the first, the second and the third two jobs. */
const gathered = [0, 2, 4].map((from) => expand("{i}.out", { i: [from, from + 1] }));

function build(all: readonly Job[]): Rules {
  const rules: Record<string, AnyRule> = {};
  all.forEach(({ reads, gathers, asks }, i) => {
    const output = `${i}.out`;
    if (asks.length > 0)
      rules[`r${i}`] = rule({
        input: after(["list", ...reads.filter((j) => j < i).map((j) => `${j}.out`)], () =>
          asks.map((j) => `${j % all.length}.out`),
        ),
        output: output as "x",
        run,
      });
    else
      rules[`r${i}`] = rule({
        input: {
          own: reads.filter((j) => j < i).map((j) => `${j}.out`),
          parts: gathers.filter((g) => 2 * g + 1 < i).map((g) => gathered[g]!)[0] ?? "list",
        },
        output: output as "x",
        run,
      });
  });
  return rules;
}

/** Whether a job of the plan needs itself, found by going through everything. */
function needsItself(
  needs: ReadonlyMap<string, readonly string[]>,
  start: string,
  first: readonly string[],
): boolean {
  const seen = new Set<string>();
  const pending = [...first];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at === start) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    pending.push(...(needs.get(at) ?? []));
  }
  return false;
}

test("on random plans that grow in any order, a job is refused exactly where it needs itself", () => {
  const met = { rounds: 0, grown: 0 };
  fc.assert(
    fc.property(
      jobs,
      fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(9), { maxLength: 12 }),
      (all, wanted, order) => {
        const planner = new Planner({
          rules: ruleset(build(all)),
          disk: inventory(memoryFiles({ list: "" })),
        });
        planner.add([...new Set(wanted.map((i) => `${i % all.length}.out`))]);
        const { plan } = planner;
        const readers = new Readers(plan);
        for (const i of order) {
          const path = `${i % all.length}.out`;
          const row = plan.find(path) < 0 ? -1 : plan.maker(plan.find(path));
          if (row < 0 || !plan.afterInputs.has(row)) continue;
          const needs = new Map(
            all.map(({ reads, gathers, asks }, j) => {
              const known = plan.find(`${j}.out`) < 0 ? -1 : plan.maker(plan.find(`${j}.out`));
              const own = reads.filter((k) => k < j);
              const shared = gathers.filter((g) => 2 * g + 1 < j).slice(0, 1);
              const files = asks.length > 0 ? own : [...own, ...shared.flatMap((g) => [2 * g, 2 * g + 1])];
              const grown = known >= 0 && asks.length > 0 && !plan.afterInputs.has(known);
              const more = grown ? asks.map((k) => k % all.length) : [];
              return [`${j}.out`, [...files, ...more].map((k) => `${k}.out`)] as const;
            }),
          );
          const asked = all[i % all.length]!.asks.map((k) => `${k % all.length}.out`);
          const refused = needsItself(needs, path, asked);
          if (refused) expect(() => growPlan(planner, readers, row)).toThrow("it needs itself");
          else growPlan(planner, readers, row);
          met[refused ? "rounds" : "grown"]++;
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(met.rounds).toBeGreaterThan(10);
  expect(met.grown).toBeGreaterThan(100);
});

/** `count` jobs, each asking for the one before; planned all at once. */
function chained(count: number, more: Rules, targets: readonly string[]) {
  const rules: Rules = {
    ask: rule({
      input: ({ n }: { n: string }) => after("list", () => (n === "0" ? [] : `${Number(n) - 1}.out`)),
      output: "{n}.out",
      run,
    }),
    ...more,
  };
  const planner = new Planner({ rules: ruleset(rules), disk: inventory(memoryFiles({ list: "" })) });
  planner.add([...Array.from({ length: count }, (_, n) => `${n}.out`), ...targets]);
  const readers = new Readers(planner.plan);
  return { plan: planner.plan, grow: (row: number) => growPlan(planner, readers, row) };
}

test("20,000 jobs that ask for the one before grow from either end of the chain", () => {
  const count = 20_000;
  const rows = Array.from({ length: count }, (_, row) => row);
  for (const order of [rows, rows.toReversed()]) {
    const { plan, grow } = chained(count, {}, []);
    for (const row of order) grow(row);
    expect(plan.inputPaths(count - 1)).toEqual(["list", `${count - 2}.out`]);
  }
});

test("20,000 jobs that ask for one that gathers as many go through these a few times, not for each", () => {
  const count = 20_000;
  const rules: Rules = {
    ask: rule({ input: () => after("list", () => "sum"), output: "{n}.asked", run }),
    sum: rule({
      input: expand("{n}.part", { n: Array.from({ length: count }, (_, n) => n) }),
      output: "sum",
      run,
    }),
    part: rule({ input: "first", output: "{n}.part", run }),
    first: rule({ input: after("list", () => "base"), output: "first", run }),
    base: rule({ output: "base", run }),
  };
  const planner = new Planner({ rules: ruleset(rules), disk: inventory(memoryFiles({ list: "" })) });
  planner.add(["sum", ...Array.from({ length: count }, (_, n) => `${n}.asked`)]);
  const { plan } = planner;
  const readers = new Readers(plan);
  let steps = 0;
  const makerOf = plan.maker.bind(plan);
  plan.maker = (file) => {
    steps++;
    return makerOf(file);
  };
  for (const row of [...plan.afterInputs.keys()]) growPlan(planner, readers, row);
  expect(plan.afterInputs.size).toBe(0);
  expect(plan.jobCount).toBe(2 * count + 3);
  expect(steps).toBeLessThan(20 * count);
});
