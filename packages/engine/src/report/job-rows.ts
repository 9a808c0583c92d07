/** Every job of a plan with its records, and the outputs that the workflow wants to be shown. */

import type { FileSystem } from "../disk/files.ts";
import type { Failure, Trace } from "../journal/journal.ts";
import type { Timed } from "../journal/trace-rows.ts";
import { filler, parsePattern } from "../patterns/pattern.ts";
import { logPath } from "../rules/ruleset.ts";
import { reasonOf } from "../staleness/forecast.ts";
import type { Prepared } from "../staleness/prepare.ts";
import type { Reason } from "../staleness/states.ts";
import { logOf } from "./provenance.ts";

/** `failed`: in the last run, and not made since. */
export const jobStates = ["up to date", "failed", "missing", "out of date"] as const;
export type JobState = (typeof jobStates)[number];

/** When a job ran, and what it cost. */
export interface MadeJob extends Timed {
  readonly rule: string;
  /** Its row in the plan. */
  readonly job: number;
  /** ms of CPU and bytes of memory, if known. */
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  /** The row of the job whose end it waited for last; -1 if that is not recorded or no job made its inputs. */
  readonly waitedFor: number;
}

/** One job of the plan, with its records. */
export interface JobRow {
  readonly rule: string;
  /** `site=01, seed=4`; empty if the rule has no wildcards. */
  readonly wildcards: string;
  /** Its first output; for a job without outputs, the rule. */
  readonly path: string;
  readonly state: JobState;
  /** Null if the job has no record, or was only marked as up to date. */
  readonly made: Omit<MadeJob, "waitedFor"> | null;
  /** The log of the call that made the job or, for a failed job, of the call that failed; null if there is none. */
  readonly log: string | null;
  /** The error of a failed job; empty for others. */
  readonly error: string;
}

export interface ShownOutput {
  readonly path: string;
  readonly rule: string;
  readonly caption: string;
  /** Null if the workflow names none. */
  readonly category: string | null;
}

export function stateOf(reason: Reason | null, failed: boolean): JobState {
  if (reason === null) return "up to date";
  if (failed) return "failed";
  return reason.kind === "missing output" ? "missing" : "out of date";
}

export function* jobRows(prepared: Prepared, failures: ReadonlyMap<number, Failure>): Generator<JobRow> {
  const { plan, selected, fileStates, history } = prepared;
  const files = withRememberedStats(prepared.files);
  for (const job of selected.rows()) {
    const rule = plan.ruleOf(job);
    const values = plan.values(job);
    const trace = fileStates.trace(job);
    const failure = failures.get(job);
    yield {
      rule: rule.name,
      wildcards: rule.wildcards.map((name, i) => `${name}=${values[i]}`).join(", "),
      path: plan.key(job),
      state: stateOf(reasonOf(prepared, job), failure !== undefined),
      made: madeOf(rule.name, job, trace),
      log: failure?.log ?? (trace === undefined ? null : logOf(trace, history, files, logPath(rule, values))),
      error: failure?.error ?? "",
    };
  }
}

/** Null if the job has no record, or was only marked as up to date. */
export function madeOf(rule: string, job: number, trace: Trace | undefined): JobRow["made"] {
  if (trace === undefined || trace.attempt === 0) return null;
  const { start, end, share, cpu, memory } = trace;
  return { rule, job, start, end, share, cpu, memory };
}

/** The jobs of a batch share one log, so look at each path only once. */
function withRememberedStats(files: FileSystem): Pick<FileSystem, "stat"> {
  const known = new Map<string, ReturnType<FileSystem["stat"]>>();
  return {
    stat(path) {
      let stat = known.get(path);
      if (stat === undefined) {
        stat = files.stat(path);
        known.set(path, stat);
      }
      return stat;
    },
  };
}

export function* shownOutputs({ plan, selected }: Prepared): Generator<ShownOutput> {
  const byRule = plan.rules.map(({ name, wildcards, outputs }) =>
    outputs.flatMap(({ marks: { report }, fill }) => {
      if (report === undefined) return [];
      const filled = (text: string) => filler(parsePattern(text), wildcards);
      const caption = filled(report.caption);
      const category = report.category === undefined ? () => null : filled(report.category);
      return [
        (values: readonly string[]): ShownOutput => ({
          ...{ path: fill(values), rule: name },
          ...{ caption: caption(values), category: category(values) },
        }),
      ];
    }),
  );
  const jobs = byRule.map((): number[] => []);
  for (const job of selected.rows()) {
    const index = plan.columns.rule.at(job);
    if (byRule[index]!.length > 0) jobs[index]!.push(job);
  }
  for (const [index, shown] of byRule.entries())
    for (const job of jobs[index]!) for (const one of shown) yield one(plan.values(job));
}
