/** How a plan grows by the inputs that a job names once its first inputs exist. */
import { BraidError, cannot } from "../errors.ts";
import { checkFunctionResult } from "../rules/answered.ts";
import type { Files } from "../rules/rule.ts";
import { type AfterInputs, fromFiles } from "./job-inputs.ts";
import { cycleError } from "./plan-errors.ts";
import type { Planner } from "./planner.ts";
import type { Readers } from "./readers.ts";
import { findCycle } from "./round.ts";
import type { Plan } from "./table.ts";

/** A job's `after()` failed, or named files that cannot be made; the rest of the plan stays valid. */
export class GrowthError extends BraidError {}

/**
 * Asks a job for the rest of its inputs; the jobs that are new stand at the end of the plan. Where it throws, the plan
 * is unchanged. Returns a function that takes the answer back, so that the job is asked again; new rows stay.
 */
export function growPlan(planner: Planner, readers: Readers, job: number): () => void {
  const { plan } = planner;
  const awaited = plan.afterInputs.get(job);
  if (awaited === undefined) return () => {};
  readers.update();
  const mark = planner.mark();
  const { inputStart, inputEnd } = plan.columns;
  const before = [inputStart.at(job), inputEnd.at(job)] as const;
  const restore = () => {
    inputStart.set(job, before[0]);
    inputEnd.set(job, before[1]);
  };
  try {
    const given = ask(plan, job, awaited);
    const places = planner.places(fromFiles(given, given).needs);
    plan.extendInputs(job, places);
    for (const place of places) planner.visit(place >> 1);
    const lost = places.find((place) => planner.isMissing(place >> 1));
    if (lost !== undefined) throw planner.missingError(lost >> 1);
    planner.checkNesting(mark.jobs);
    const round = findCycle(plan, readers, job, places, mark);
    if (round !== null) throw cycleError(round.map((row) => plan.job(row)));
    plan.afterInputs.delete(job);
    plan.functionInputs.set(job, given);
    plan.firstGrown = Math.min(plan.firstGrown, job);
    readers.addInputs(job, places);
    readers.update();
    return () => {
      restore();
      readers.removeInputs(job, places);
      plan.functionInputs.delete(job);
      plan.afterInputs.set(job, awaited);
    };
  } catch (error) {
    planner.forget(mark);
    restore();
    throw error instanceof BraidError ? new GrowthError(error.message, { cause: error }) : error;
  }
}

function ask(plan: Plan, job: number, { made, next }: AfterInputs): Files {
  const thing = plan.key(job);
  const { lacks } = plan.job(job);
  let given: Files;
  try {
    given = next(made(lacks) as never);
  } catch (error) {
    throw cannot("plan", thing, "its after() function failed", {
      facts: [["error", String((error as Error).message ?? error)]],
      cause: error,
    });
  }
  return checkFunctionResult(given, "plan", thing, "its after() function", true);
}
