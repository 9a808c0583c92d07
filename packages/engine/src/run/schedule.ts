/** What the scheduler is given, and what it gives: a run that goes on and can be ended. */
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
  /** Threads of this machine that jobs here may take where others run elsewhere: `--local-cores`. */
  readonly localSlots?: number;
  readonly limits: ReadonlyMap<string, number>;
  readonly hashLimit: number;
  readonly keepGoing: boolean;
  /** Leaves temporary outputs where they are. */
  readonly keepTemporary?: boolean;
  /** Seconds to wait for outputs that network disks show late. */
  readonly latencyWait?: number;
  /** How often a failed job is tried again where its rule does not say. */
  readonly retries: number;
  /** Tells of each shell command as it starts. */
  readonly printCommands?: boolean;
  /** Tells of each job as it starts, and why it runs. */
  readonly tellJobs?: boolean;
  /** Names the run; its logs are in `.braid/logs/<run>`. */
  readonly run: string;
  /** Calls of an earlier run that still go on somewhere; those that are wanted are taken over. */
  readonly orphans?: readonly CallSpec[];
  /** Ends those that are not. */
  readonly dismiss?: (orphans: readonly CallSpec[]) => void;
  /** Is told of old outputs that somebody had changed and that were moved away. */
  readonly setAside?: (moved: readonly SetAside[]) => void;
  /** ms since 1970; given by simulations. */
  readonly now?: () => number;
  readonly emit: Emit;
}

export interface Schedule {
  /** Always settles: with a failure of the engine's own work it rejects. */
  readonly finished: Promise<Summary>;
  /** Starts nothing new; running jobs end. */
  stop(): void;
  /** Ends running jobs too. */
  cancel(): void;
  /** Something outside of all jobs went wrong: the same, and the run ends with this error. */
  abort(error: unknown): void;
}
