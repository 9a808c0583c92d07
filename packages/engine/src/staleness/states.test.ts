/** The state machine of jobs: which transitions there are, and that its counts are those of a recount. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { inventory } from "../disk/inventory.ts";
import { memoryFiles } from "../disk/memory-files.ts";
import { Planner } from "../plan/planner.ts";
import type { Plan } from "../plan/table.ts";
import { rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import {
  type Answer,
  answers,
  nextAnswers,
  nextPhases,
  type Phase,
  phases,
  reason,
  States,
} from "./states.ts";

/** A plan of `count` jobs, of three rules in turn. */
function planOf(count: number): Plan {
  const run = () => {};
  const rules = ruleset({
    a: rule({ output: "{n}.a", run }),
    b: rule({ output: "{n}.b", run }),
    c: rule({ output: "{n}.c", run }),
  });
  const planner = new Planner({ rules, disk: inventory(memoryFiles()) });
  planner.add(Array.from({ length: count }, (_, n) => `${n}.${"abc"[n % 3]}`));
  return planner.plan;
}

/** Steps that lead from `start` to each name, by the transitions that there are. */
function waysFrom<T extends string>(
  start: T,
  steps: Readonly<Record<T, readonly T[]>>,
): Map<T, readonly T[]> {
  const ways = new Map<T, readonly T[]>([[start, []]]);
  for (const [from, way] of ways) for (const to of steps[from]) if (!ways.has(to)) ways.set(to, [...way, to]);
  return ways;
}

test("of all pairs of answers, those that are listed pass, and all others throw", () => {
  const plan = planOf(1);
  const ways = waysFrom("unknown", nextAnswers);
  expect([...ways.keys()].sort()).toEqual([...answers].sort());
  for (const [from, way] of ways)
    for (const to of answers) {
      const states = new States(plan);
      for (const answer of way) states.setAnswer(0, answer);
      expect(states.answer(0)).toBe(from);
      const step = () => states.setAnswer(0, to);
      if (to === from || nextAnswers[from].includes(to)) step();
      else expect(step).toThrow(`the job 0.a goes from ${from} to ${to}`);
      expect(states.answer(0)).toBe(to === from || nextAnswers[from].includes(to) ? to : from);
    }
});

test("of all pairs of phases, those that are listed pass, and all others throw", () => {
  const plan = planOf(1);
  const ways = waysFrom("idle", nextPhases);
  expect([...ways.keys()].sort()).toEqual([...phases].sort());
  for (const [from, way] of ways)
    for (const to of phases) {
      const states = new States(plan);
      // Only a job that turned out to be up to date goes back from `done`.
      states.setAnswer(0, "fresh");
      for (const phase of way) states.setPhase(0, phase);
      expect(states.phase(0)).toBe(from);
      const step = () => states.setPhase(0, to);
      if (to === from || nextPhases[from].includes(to)) step();
      else expect(step).toThrow(`the job 0.a goes from ${from} to ${to}`);
      expect(states.phase(0)).toBe(to === from || nextPhases[from].includes(to) ? to : from);
    }
});

test("a job runs only when it is ready, is done only when its outputs are recorded, and what failed stays so", () => {
  const before = (phase: Phase) => phases.filter((from) => nextPhases[from].includes(phase));
  expect(before("running")).toEqual(["ready"]);
  expect(before("reported")).toEqual(["running"]);
  expect(before("committed")).toEqual(["reported"]);
  // One that waits never ran: it is up to date, or has no body.
  expect(before("done")).toEqual(["waiting", "committed"]);
  expect(before("idle")).toEqual([]);
  for (const end of ["failed", "blocked"] as const) expect(nextPhases[end]).toEqual([]);
  // Nothing that was found to differ comes to match again, and nothing is forgotten.
  expect(nextAnswers.stale).toEqual([]);
  expect(answers.filter((from) => nextAnswers[from].includes("unknown"))).toEqual([]);
});

test("from every phase a job can come to an end", () => {
  const ends: readonly Phase[] = ["done", "failed", "blocked", "left out"];
  for (const phase of phases)
    expect([...waysFrom(phase, nextPhases).keys()].some((to) => ends.includes(to))).toBe(true);
});

test("what is asked of a job follows from its answer and its phase", () => {
  const states = new States(planOf(2));
  const seen = (job: number) => [
    states.isKnown(job),
    states.isActive(job),
    states.isStale(job),
    states.isSettled(job),
  ];
  expect(seen(0)).toEqual([false, false, false, true]);
  states.setAnswer(0, "fresh");
  expect(seen(0)).toEqual([true, false, false, true]);
  states.setAnswer(0, "maybe", reason("upstream", 1));
  expect(seen(0)).toEqual([true, true, false, false]);
  expect(states.reason(0)).toEqual({ kind: "upstream", row: 1 });
  states.setAnswer(0, "stale", reason("changed code"));
  expect(seen(0)).toEqual([true, true, true, false]);
  expect(states.reason(0)).toEqual({ kind: "changed code", row: -1 });
  for (const phase of ["waiting", "ready", "running", "reported", "committed"] as const) {
    states.setPhase(0, phase);
    expect(states.isSettled(0)).toBe(false);
  }
  states.setPhase(0, "done");
  expect(states.isSettled(0)).toBe(true);
  expect(states.reason(1)).toBeNull();
  for (const phase of ["failed", "blocked", "left out"] as const) {
    const other = new States(planOf(1));
    other.setAnswer(0, "stale");
    other.setPhase(0, "waiting");
    other.setPhase(0, phase);
    expect(other.isSettled(0)).toBe(true);
  }
});

test("a job that turns out to be up to date has no reason any more", () => {
  const states = new States(planOf(1));
  states.setAnswer(0, "maybe", reason("upstream", 0));
  states.setAnswer(0, "fresh");
  expect(states.reason(0)).toBeNull();
});

type Step =
  | { readonly kind: "answer"; readonly job: number; readonly to: Answer }
  | { readonly kind: "phase"; readonly job: number; readonly to: Phase }
  | { readonly kind: "hide"; readonly job: number; readonly to: boolean };

const jobCount = 7;
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("answer" as const),
      job: fc.nat(jobCount - 1),
      to: fc.constantFrom(...answers),
    }),
    fc.record({
      kind: fc.constant("phase" as const),
      job: fc.nat(jobCount - 1),
      to: fc.constantFrom(...phases),
    }),
    fc.record({ kind: fc.constant("hide" as const), job: fc.nat(jobCount - 1), to: fc.boolean() }),
  ),
  { maxLength: 80 },
);

test("after random transitions, refused ones too, the counts are those of a recount", () => {
  const plan = planOf(jobCount);
  fc.assert(
    fc.property(steps, (all) => {
      const states = new States(plan);
      for (const step of all)
        try {
          if (step.kind === "answer") states.setAnswer(step.job, step.to);
          else if (step.kind === "phase") states.setPhase(step.job, step.to);
          else states.hide(step.job, step.to);
        } catch (error) {
          expect((error as Error).message).toContain("goes from");
        }
      const counted = Array.from({ length: jobCount }, (_, job) => job).filter(
        (job) => !states.isHidden(job),
      );
      for (const answer of answers)
        for (const phase of phases)
          for (const { index } of plan.rules) {
            const same = counted.filter(
              (job) =>
                plan.ruleOf(job).index === index &&
                states.answer(job) === answer &&
                states.phase(job) === phase,
            );
            // Jobs that were not asked yet are counted nowhere.
            expect(states.count(index, [answer], [phase])).toBe(answer === "unknown" ? 0 : same.length);
          }
      const active = counted.filter((job) => states.isActive(job));
      expect(states.total(["maybe", "stale"])).toBe(active.length);
      const byRule = states.byRule(["maybe", "stale"]);
      expect([...byRule.keys()]).toEqual([...byRule.keys()].sort());
      for (const { name } of plan.rules)
        expect(byRule.get(name) ?? 0).toBe(active.filter((job) => plan.ruleOf(job).name === name).length);
      expect(states.hiddenRows().sort()).toEqual(
        Array.from({ length: jobCount }, (_, job) => job).filter((job) => states.isHidden(job)),
      );
    }),
    { numRuns: 500 },
  );
});

test("jobs by which the plan grows are unknown and idle, and are counted like the others", () => {
  const run = () => {};
  const planner = new Planner({
    rules: ruleset({ a: rule({ output: "{n}.a", run }) }),
    disk: inventory(memoryFiles()),
  });
  planner.add(["0.a"]);
  const states = new States(planner.plan);
  states.setAnswer(0, "stale", reason("forced"));
  planner.add(Array.from({ length: 1_000 }, (_, n) => `${n + 1}.a`));
  expect([states.answer(1_000), states.phase(1_000)]).toEqual(["unknown", "idle"]);
  for (let job = 1; job <= 1_000; job++) states.setAnswer(job, "maybe", reason("upstream", 0));
  expect(states.total(["maybe"])).toBe(1_000);
  expect(states.total(["maybe", "stale"])).toBe(1_001);
  expect(states.reason(0)).toEqual({ kind: "forced", row: -1 });
});
