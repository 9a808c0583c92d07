/** Which run made an output, when, and where its log is. */
import type { FileSystem } from "../disk/files.ts";
import type { History, RunRecord, Trace } from "../journal/journal.ts";

export interface Made {
  readonly start: number;
  readonly end: number;
  readonly seconds: number;
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

/** How the outputs of a trace were made. */
export function madeBy(trace: Trace, history: History, files: FileSystem): Made {
  const run = runOf(trace, history);
  const log = run === undefined ? null : logOf(trace, run);
  return {
    start: trace.start,
    end: trace.end,
    seconds: (trace.end - trace.start) / 1_000,
    cpu: trace.cpu === undefined ? null : trace.cpu / 1_000,
    memory: trace.memory ?? null,
    attempt: trace.attempt,
    touched: trace.touched ?? null,
    run: run ?? null,
    log: log !== null && files.stat(log) !== null ? log : null,
  };
}

/** The run that a trace comes from: the last one that began before it; undefined where none is recorded. */
export function runOf(trace: Trace, { runs }: History): RunRecord | undefined {
  return trace.attempt === 0 ? undefined : runs.findLast((run) => run.at <= trace.start);
}

/** The log of the call that made a trace, from the working folder; it exists only if something was logged. */
export function logOf(trace: Trace, run: RunRecord): string {
  return `.braid/logs/${run.id}/${trace.rule}-${trace.call}.log`;
}
