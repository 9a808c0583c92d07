/** Which run made an output, when, and where its log is. */
import type { FileSystem } from "../disk/files.ts";
import type { History, RunRecord, Trace } from "../journal/journal.ts";
import { secondsOf } from "../journal/seconds.ts";
import { fill } from "../patterns/pattern.ts";
import { duration, moment } from "../quantities.ts";
import { bind, type NamedRule } from "../rules/ruleset.ts";

export interface MadeOutput {
  readonly start: number;
  readonly end: number;
  readonly seconds: number;
  /** Among how many jobs of a batch the time from start to end was shared, on average; null where it was the job's own. */
  readonly share: number | null;
  /** Seconds of CPU and bytes of memory, as far as they could be told. */
  readonly cpu: number | null;
  readonly memory: number | null;
  /** 0 where no job made it: it was taken as it stood. */
  readonly attempt: number;
  readonly touched: number | null;
  readonly run: RunRecord | null;
  /** Null where the call logged nothing. */
  readonly log: string | null;
}

/** How the outputs of a trace were made; `own` is the log that its rule names. */
export function howMade(trace: Trace, history: History, files: FileSystem, own?: string): MadeOutput {
  return {
    start: trace.start,
    end: trace.end,
    seconds: secondsOf(trace),
    share: trace.share ?? null,
    cpu: trace.cpu === undefined ? null : trace.cpu / 1_000,
    memory: trace.memory ?? null,
    attempt: trace.attempt,
    touched: trace.touched ?? null,
    run: runOf(trace, history) ?? null,
    log: logOf(trace, history, files, own),
  };
}

/** When a job was made, and how long that took. */
export function madeText({ start, end, seconds, share }: MadeOutput): string {
  const took = `${moment(start)}, in ${duration(seconds)}`;
  if (share === null) return took;
  return `${took}: its share of ${duration((end - start) / 1_000)} that its batch took for several jobs`;
}

/** The run that a trace comes from: the last one that began before it; undefined where none is recorded. */
export function runOf(trace: Trace, { runs }: History): RunRecord | undefined {
  return trace.attempt === 0 ? undefined : runs.findLast((run) => run.at <= trace.start);
}

/** The log of a job that made a trace, from the working folder: its own, or that of its call; null where none stands. */
export function logOf(trace: Trace, history: History, files: FileSystem, own?: string): string | null {
  const run = runOf(trace, history);
  if (run === undefined) return null;
  const call = `.braid/logs/${run.id}/${trace.rule}-${trace.call}.log`;
  return [own, call].find((path) => path !== undefined && files.stat(path) !== null) ?? null;
}

/** The log that a job's rule names. */
export function ownLog(rule: NamedRule, values: readonly string[]): string | undefined {
  return rule.log === undefined ? undefined : fill(rule.log, bind(rule, values));
}
