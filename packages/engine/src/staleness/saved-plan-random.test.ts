/**
 * Random workflows, edits and questions: a saved plan says what planning says.
 *
 * `RUNS=3000 pnpm exec vitest run saved-plan-random` tries more of them; `SEED=1` tries the same ones again.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Trigger, triggers } from "../rules/settings.ts";
import { run } from "../run/run.ts";
import {
  edit,
  edits,
  type Made,
  place,
  type RuleShape,
  ruleShapes,
  seldom,
  sources,
  type Variant,
  workflow,
} from "../testing/changing-workflow.ts";
import { attempt, expectSame } from "../testing/prepared-data.ts";
import { type Bench, bench } from "../testing/run-in-memory.ts";
import type { PlanOptions } from "./plan-options.ts";
import { savedPlanPath } from "./saved-plan.ts";

/** What is asked of the engine in a round. Some of it makes a job fail, or a plan impossible. */
const questions = fc.record({
  target: seldom(3, 5),
  until: seldom(10, 4),
  omitFrom: seldom(10, 4),
  triggers: fc.constantFrom<readonly Trigger[]>(triggers, triggers, ["mtime"], ["code"], ["params", "input"]),
  hashLimit: fc.constantFrom(undefined, undefined, undefined, 0, 3),
  orderReversed: fc.boolean(),
  keepGoing: fc.boolean(),
  keepTemporary: seldom(6, 1).map((kept) => kept !== null),
  force: fc.constantFrom("nothing", "nothing", "nothing", "nothing", "all", "targets", "one rule"),
  failing: seldom(4, 5),
});
type Question = typeof questions extends fc.Arbitrary<infer T> ? T : never;

const rounds = fc.record({
  edits: fc.array(edits, { maxLength: 2 }),
  question: questions,
  /** Asks for the same as the last round: then there may be a saved plan that holds. */
  repeat: fc.constantFrom(true, true, true, true, false),
  /** Runs a copy without the saved plan beside. */
  beside: fc.constantFrom(true, false, false, false),
});

const filesOf = (disk: Bench["disk"]) =>
  disk
    .paths()
    .filter((path) => !path.startsWith(".braid/"))
    .map((path) => `${path}: ${disk.text(path)}`);

function optionsOf(
  disk: Bench["disk"],
  shapes: readonly RuleShape[],
  { rules }: Made,
  question: Question,
): PlanOptions {
  const named = (which: number | null): string[] => {
    if (which === null) return [];
    const number = which % shapes.length;
    return [shapes[number]!.kind === "wildcard" ? `o/${number}/0_a` : `r${number}`];
  };
  const names = Object.keys(rules);
  return {
    rules,
    files: disk,
    folder: "",
    targets: named(question.target),
    select: { until: named(question.until), omitFrom: named(question.omitFrom) },
    triggers: new Set(question.triggers),
    force: forces[question.force as keyof typeof forces],
    keepGoing: question.keepGoing,
    ...(question.hashLimit === undefined ? {} : { hashLimit: question.hashLimit }),
    settings: { ruleOrder: [question.orderReversed ? names.toReversed() : names] },
  };
}

const forces = { nothing: {}, all: { all: true }, targets: { targets: true }, "one rule": { these: ["r1"] } };

test("for random workflows, edits and questions a saved plan gives what planning gives", async () => {
  let used = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(ruleShapes, { minLength: 2, maxLength: 8 }),
      fc.array(rounds, { minLength: 2, maxLength: 6 }),
      fc.constantFrom("none", "none", "some", "all"),
      async (shapes, rounds, standing) => {
        const { disk } = bench(Object.fromEntries(sources.map((path, i) => [path, String(i)])));
        const variant: Variant = { params: [], gathered: [] };
        // Outputs that no journal knows.
        for (const [i, path] of workflow(disk, shapes, variant, null).paths.entries())
          if (path.startsWith("o/") && (standing === "all" || (standing === "some" && i % 2 === 0)))
            place(disk, path, "stood before");
        let last: Question | undefined;
        let after = () => {};
        for (const round of rounds) {
          // What else may differ while the saved plan holds.
          const { target, triggers, hashLimit, orderReversed } = (round.repeat && last) || round.question;
          const question = { ...round.question, target, triggers, hashLimit, orderReversed };
          const { failing } = question;
          last = question;
          for (const one of round.edits)
            attempt(() => edit(disk, one, workflow(disk, shapes, variant, failing), variant, shapes.length));
          const optionsOn = (disk: Bench["disk"]) =>
            optionsOf(disk, shapes, workflow(disk, shapes, variant, failing), question);
          const before = expectSame(optionsOn(disk));
          // A plan that is impossible.
          if (typeof before.told === "string") continue;
          if (before.used) used++;
          const runOn = (files: Bench["disk"]) =>
            // A forced rule may not be there, a protected output may not be made again.
            run({ ...optionsOn(files), keepTemporary: question.keepTemporary, slots: 2 }).catch(() => {});
          const other = round.beside && before.used ? disk.copy() : null;
          await runOn(disk);
          if (other !== null) {
            other.remove(savedPlanPath);
            await runOn(other);
            expect(filesOf(disk)).toEqual(filesOf(other));
          }
          after = () => expectSame(optionsOn(disk));
        }
        after();
      },
    ),
    {
      numRuns: Number(process.env.RUNS ?? 300),
      seed: Number(process.env.SEED ?? 1),
    },
  );
  expect(used).toBeGreaterThan(30);
}, 3_600_000);
