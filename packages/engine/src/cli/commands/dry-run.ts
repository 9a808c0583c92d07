/** `--dry-run`: prints what a run would do; refuses where the run would, with the same exit code. */
import { locator } from "../../disk/locate.ts";
import { prepareWithHistory } from "../../dry-run.ts";
import { messageOf } from "../../errors.ts";
import { describeJob, missingError } from "../../plan/plan-errors.ts";
import { dryRunJson, dryRunText } from "../../report/dry-run.ts";
import { blockedByProtection, checkOutputs, jobsWithoutPlace, protectedError } from "../../run/checks.ts";
import type { RunOptions } from "../../run/options.ts";
import { sourcesOf, unmakeableWarning } from "../../staleness/forecast.ts";
import type { PlanOptions } from "../../staleness/plan-options.ts";
import type { Prepared } from "../../staleness/prepare.ts";
import type { Options } from "../options.ts";
import { print } from "../print.ts";

/** Returns the exit code: 1 where `-k` goes on past jobs that cannot be made. */
export function dryRunCommand(
  planning: PlanOptions,
  options: Options,
  onPlan?: RunOptions["onPlan"],
): number {
  const prepared = prepareWithHistory(planning);
  onPlan?.({ sources: () => sourcesOf(prepared) });
  const locate = locator(prepared.files);
  if (!options.keepGoing) checkOutputs(prepared, locate);
  print(options.json ? dryRunJson(prepared, options) : dryRunText(prepared, options));
  const warn = (text: string) => process.stderr.write(`${text}\n`);
  const failing = problems(prepared, options.keepGoing ? [...jobsWithoutPlace(prepared, locate)] : []);
  failing.forEach(warn);
  const asIs = unmakeableWarning(prepared);
  if (asIs !== null) warn(`Warning: ${asIs}`);
  const risky = blockedByProtection(prepared, "maybe");
  if (risky.length > 0) warn(`Warning: ${protectedError(prepared, risky, true).message}`);
  return failing.length > 0 ? 1 : 0;
}

/** What would fail in the run, a text each. */
function problems(
  prepared: Prepared,
  withoutPlace: readonly (readonly [job: number, error: unknown])[],
): string[] {
  const { impossible, rules, files, plan, answers } = prepared;
  const named = (row: number, text: string) => {
    const { rule, values } = plan.job(row);
    return `${describeJob(rule, values)}: ${text}`;
  };
  return [
    ...impossible
      .filter(({ lacks }) => lacks.length > 0)
      .map((job) => `${describeJob(job.rule, job.values)}: ${missingError(rules, job, files).message}`),
    ...blockedByProtection(prepared).map((row) => named(row, protectedError(prepared, [row]).message)),
    ...withoutPlace.map(([row, error]) => named(row, messageOf(error))),
    ...[...answers.failedGrowth].map(([row, text]) => named(row, text)),
  ];
}
