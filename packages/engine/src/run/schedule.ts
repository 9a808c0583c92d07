/** What the parts of the scheduler share: its options, its running calls, and the handle of a running schedule. */
import type { CallSpec, Executor } from "../calls/executor.ts";
import type { JobStaging } from "../calls/job-staging.ts";
import type { ReplacedOutput } from "../calls/place-outputs.ts";
import type { Emit, Summary } from "../events.ts";
import type { Journal } from "../journal/journal.ts";
import type { JobView } from "../plan/table.ts";
import { attemptAfter, type Failure } from "../rules/retries.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import type { Prepared } from "../staleness/prepare.ts";
import type { matchOrphans } from "./reattach.ts";
import type { Reporter } from "./reporter.ts";
import type { Request } from "./resource-pool.ts";

/** An old output that may be somebody's work, and was moved away. */
export interface OutputSetAside extends ReplacedOutput {
  /** It was edited since its job made it; without a record, nobody knows who made it. */
  readonly hasRecord: boolean;
}

export interface ScheduleOptions {
  readonly prepared: Prepared;
  readonly staging: JobStaging;
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
  /** If calls of an earlier run are still running. */
  readonly orphans?: Orphans;
  /** Called with old outputs that may be somebody's work and that were moved away. */
  readonly setAside?: (moved: readonly OutputSetAside[]) => void;
  /** Called with files that were moved out of output folders because no job made them. */
  readonly keepAdded?: (moved: readonly ReplacedOutput[]) => void;
  /** ms since 1970; given by simulations. */
  readonly now?: () => number;
  readonly emit: Emit;
}

/** Calls of an earlier run that are still running: those that the plan wants are taken over, the others are cancelled. */
export interface Orphans {
  readonly calls: readonly CallSpec[];
  readonly match: typeof matchOrphans;
  cancel(unwanted: readonly CallSpec[]): void;
}

/** What every part of the scheduler gets. */
export interface SchedulerContext extends ScheduleOptions {
  readonly attempts: Attempts;
  readonly reporter: Reporter;
  /** The folder for logs of this run. */
  readonly logs: string;
  readonly now: () => number;
}

/** How each job has failed so far; it decides the number of its next attempt. */
export class Attempts {
  readonly #failures = new Map<number, readonly Failure[]>();

  of(job: number): number {
    return attemptAfter(this.failures(job));
  }

  failures(job: number): readonly Failure[] {
    return this.#failures.get(job) ?? none;
  }

  add(job: number, failure: Failure): void {
    this.#failures.set(job, [...this.failures(job), failure]);
  }

  /** How the job failed in an earlier run, whose task goes on. */
  restore(job: number, failures: readonly Failure[]): void {
    if (failures.length > 0) this.#failures.set(job, failures);
  }
}

const none: readonly Failure[] = [];

/** A call while it runs. */
export interface RunningCall {
  /** Without the specs of its jobs, which would take much memory with large calls. */
  readonly spec: Pick<CallSpec, "id" | "rule" | "gpus" | "log">;
  readonly rule: NamedRule;
  readonly jobs: ReadonlyMap<number, JobView>;
  readonly request: Request;
  /** Jobs that the runner has not reported yet. */
  readonly open: Set<number>;
  /** Jobs that are done but whose outputs are not visible yet. */
  late: number;
  /** When it began, or its latest job was reported: the next job counts as started then. */
  since: number;
}

/** Why a run ends early. */
export type EndCause = "interrupted" | "failed" | "no space";

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
