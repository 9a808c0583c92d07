/** What a run would do, without a run: changes nothing on disk, and loads nothing that only a run needs. */
import { realFiles } from "./disk/real-files.ts";
import { readHistory } from "./journal/journal.ts";
import { bind } from "./rules/ruleset.ts";
import { type Forecast, forecast, jobsAhead, neededReason, reasonText } from "./staleness/forecast.ts";
import type { PlanOptions } from "./staleness/plan-options.ts";
import { type Prepared, prepare, prepareFromSaved } from "./staleness/prepare.ts";

/** A job that runs, or may. */
export interface JobAhead {
  readonly rule: string;
  readonly wildcards: Readonly<Record<string, string>>;
  readonly outputs: readonly string[];
  readonly reason: string;
  /** It runs only if its inputs change. */
  readonly onlyIf: boolean;
}

export interface DryRun extends Pick<Forecast, "onlyIf" | "removed"> {
  /** How many jobs of each rule run or may run; `onlyIf` has those that may not. */
  readonly counts: ReadonlyMap<string, number>;
  /** These jobs, in the plan's order. */
  jobs(): JobAhead[];
}

/** Plans, and says which jobs would run and why. Throws if nothing can be planned. */
export function dryRun(options: PlanOptions): DryRun {
  const prepared = prepareAnew(options);
  const { all, onlyIf, removed, needed } = forecast(prepared);
  const jobs = () => jobsAhead(prepared, needed).map((row) => jobAhead(prepared, row));
  return { counts: all, onlyIf, removed, jobs };
}

function jobAhead(prepared: Prepared, row: number): JobAhead {
  const { plan, states } = prepared;
  const { rule, values, outputs } = plan.job(row);
  const reason = reasonText(prepared, row) ?? neededReason;
  return { rule: rule.name, wildcards: bind(rule, values), outputs, reason, onlyIf: !states.isStale(row) };
}

/** The plan as it is made now, with its answers. */
export function prepareAnew(options: PlanOptions): Prepared {
  const files = options.files ?? realFiles(options.folder);
  return prepare(options, files, readHistory(files));
}

/** The same from the plan that the last run saved, where that holds. */
export function prepareWithHistory(options: PlanOptions): Prepared {
  const files = options.files ?? realFiles(options.folder);
  return prepareFromSaved(options, files, readHistory(files));
}
