/** The scheduler's options, and the handle of a running schedule. */
import type { CallSpec, Executor } from "../calls/executor.ts";
import type { SetAside, Workshop } from "../calls/job.ts";
import type { Emit, Summary } from "../events.ts";
import type { Journal } from "../journal/journal.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import type { Prepared } from "../staleness/prepare.ts";

export interface ScheduleOptions {
  readonly prepared: Prepared;
  readonly workshop: Workshop;
  readonly journal: Journal;
  readonly executorOf: (rule: NamedRule) => Executor;
  /** Threads that may be taken at once (`--jobs`), and limits of other resources. */
  readonly slots: number;
  /** Threads of this machine for local jobs when the others run elsewhere: `--local-cores`. */
  readonly localSlots?: number;
  readonly limits: ReadonlyMap<string, number>;
  readonly hashLimit: number;
  readonly keepGoing: boolean;
  /** Keeps temporary outputs. */
  readonly keepTemporary?: boolean;
  /** Other runs may be at work. */
  readonly withoutLock?: boolean;
  /** Seconds to wait for outputs that network disks show late. */
  readonly latencyWait?: number;
  /** How often a failed job is retried if its rule does not say. */
  readonly retries: number;
  /** Reports each shell command as it starts. */
  readonly printCommands?: boolean;
  /** Reports each job as it starts, and why it runs. */
  readonly tellJobs?: boolean;
  /** Names the run; its logs are in `.braid/logs/<run>`. */
  readonly run: string;
  /** Calls of an earlier run that are still running; wanted ones are taken over. */
  readonly orphans?: readonly CallSpec[];
  /** Cancels the others. */
  readonly dismiss?: (orphans: readonly CallSpec[]) => void;
  /** Called with old outputs that somebody had changed and that were moved away. */
  readonly setAside?: (moved: readonly SetAside[]) => void;
  /** ms since 1970; given by simulations. */
  readonly now?: () => number;
  readonly emit: Emit;
}

export interface Schedule {
  /** Always settles; rejects on an error in the engine itself. */
  readonly finished: Promise<Summary>;
  /** Starts nothing new; running jobs finish. */
  stop(): void;
  /** Cancels running jobs too. */
  cancel(): void;
  /** An error outside any job: cancels running jobs, and the run ends with this error. */
  abort(error: unknown): void;
}
