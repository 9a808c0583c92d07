/**
 * Random workflows, edits and questions: a remembered plan says what planning says.
 *
 * `RUNS=3000 pnpm exec vitest run recall-random` tries more of them; `SEED=1` tries the same ones again.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { dryRest, dryRun } from "../look.ts";
import { describeJob } from "../plan/plan-errors.ts";
import { type Trigger, triggers } from "../rules/triggers.ts";
import { run } from "../run.ts";
import {
  attempt,
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
import { type Bench, bench } from "../testing/run-in-memory.ts";
import type { PlanOptions, Prepared } from "./prepare.ts";
import { describeReason } from "./rebuilder.ts";
import { rememberedPath } from "./remembered.ts";

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
  /** Asks again what the last round asked: then there is a plan to remember. */
  repeat: fc.constantFrom(true, true, true, true, false),
});

const told = ({ plan, reasons, counts, removed }: Prepared) => ({
  removed: [...removed].sort(),
  jobs: plan.jobs.flatMap((job) => {
    const reason = reasons[job.order];
    return reason == null ? [] : [`${describeJob(job.rule, job.values)}: ${describeReason(reason)}`];
  }),
  counts: [...counts],
});

const filesOf = (disk: Bench["disk"]) =>
  disk
    .paths()
    .filter((path) => !path.startsWith(".braid/"))
    .map((path) => `${path}: ${disk.text(path)}`);

/** Compares; undefined where the plan is impossible, else whether a remembered plan was used. */
function compare(options: PlanOptions): boolean | undefined {
  const [rest, whole] = [dryRest, dryRun].map((look) => attempt(() => look(options)));
  const tell = (one: Prepared | string | undefined) => (typeof one === "object" ? told(one) : one);
  expect(tell(rest)).toEqual(tell(whole));
  if (typeof rest !== "object" || typeof whole !== "object") return undefined;
  return rest.plan.jobs.length < whole.plan.jobs.length;
}

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
    ...(question.hashLimit === undefined ? {} : { hashLimit: question.hashLimit }),
    settings: { ruleOrder: [question.orderReversed ? names.toReversed() : names] },
  };
}

const forces = { nothing: {}, all: { all: true }, targets: { targets: true }, "one rule": { these: ["r1"] } };

test("for random workflows, edits and questions a remembered plan gives what planning gives", async () => {
  let used = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(ruleShapes, { minLength: 2, maxLength: 8 }),
      fc.array(rounds, { minLength: 3, maxLength: 8 }),
      fc.constantFrom("none", "none", "some", "all"),
      async (shapes, rounds, standing) => {
        const { disk } = bench(Object.fromEntries(sources.map((path, i) => [path, String(i)])));
        const variant: Variant = { params: [], gathered: [] };
        // Outputs that no journal knows.
        for (const [i, path] of workflow(disk, shapes, variant, null).paths.entries())
          if (path.startsWith("o/") && (standing === "all" || (standing === "some" && i % 2 === 0)))
            place(disk, path, "stood before");
        let last: Question | undefined;
        for (const round of rounds) {
          const { force, failing } = round.question;
          const question = round.repeat && last ? { ...last, force, failing } : round.question;
          last = question;
          for (const one of round.edits)
            attempt(() => edit(disk, one, workflow(disk, shapes, variant, failing), variant, shapes.length));
          const optionsOn = (disk: Bench["disk"]) =>
            optionsOf(disk, shapes, workflow(disk, shapes, variant, failing), question);
          const options = optionsOn(disk);
          if (compare(options) === undefined) continue;
          const how = {
            force: forces[question.force as keyof typeof forces],
            keepGoing: question.keepGoing,
            keepTemporary: question.keepTemporary,
          };
          // What a run without a remembered plan makes of the same files.
          const other = disk.copy();
          other.remove(rememberedPath);
          for (const files of [other, disk]) {
            const options = optionsOn(files);
            // A forced rule may not be there, a protected output may not be made again.
            await run({ ...options, ...how, slots: 2 }).catch(() => {});
          }
          expect(filesOf(disk)).toEqual(filesOf(other));
          if (compare(options)) used++;
        }
      },
    ),
    {
      numRuns: Number(process.env.RUNS ?? 100),
      ...(process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }),
    },
  );
  expect(used).toBeGreaterThan(10);
}, 600_000);
