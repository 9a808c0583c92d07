/**
 * Where jobs run: the interface of executors, and the messages between the engine and a runner.
 *
 * A call is some jobs of one rule, fully resolved. A runner never plans: it looks the rule up by its name
 * and runs its body on what the call says.
 */

import type * as z from "zod";
import type { FileSystem } from "../disk/files.ts";
import type { Fingerprint } from "../disk/fingerprint.ts";
import { BraidError } from "../errors.ts";
import type { History } from "../journal/journal.ts";
import type { Cost } from "../programs/cost.ts";
import type { QueueSettings } from "../rules/queue-settings.ts";
import type { Failure } from "../rules/retries.ts";
import type { Resources } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";

/** One job of a call. The output paths lie in the staging folder. */
export interface JobSpec {
  /** Position of the job in the plan. */
  readonly order: number;
  /** What the journal knows it by: its first output, or its rule. */
  readonly key: string;
  /** 1 at first; counts the times it failed. */
  readonly attempt: number;
  /** How it failed before, the last time last; for executors that outlive the run, if it failed. */
  readonly failures?: readonly Failure[];
  /** What it is made from, as one digest: recipe and inputs. Only executors that outlive the run need it. */
  readonly origin?: string;
  /** What the user knows it by: `train_model (seed=4)`. */
  readonly name: string;
  readonly wildcards: Readonly<Record<string, string>>;
  /** Paths in the shape that the rule declares. */
  readonly input: unknown;
  readonly output: unknown;
  /** Its staging folder. */
  readonly staging: string;
  /** The file of its own that what it prints and logs goes to, where the rule names one. */
  readonly log?: string;
}

export interface CallSpec {
  readonly id: number;
  readonly rule: string;
  readonly jobs: readonly JobSpec[];
  /** On another machine, with what a later attempt asks for beyond the rule. */
  readonly resources: Resources;
  /** What the rule says of the queue; only for executors that have one. */
  readonly queue?: QueueSettings;
  /** Numbers of the devices that the call has for itself. */
  readonly gpus: readonly number[];
  /** At most so many jobs a body call; a runner that gets more cuts them. */
  readonly batch: number;
  /** The body gets its jobs together (`runBatch`); else one after the other. */
  readonly together: boolean;
  /** The body is a process of its own, which needs no thread beside it: a command, a script. */
  readonly program?: boolean;
  /** The folder of the environments that the engine made, for a rule with an environment. */
  readonly environments?: string;
  /** The recipe that was planned with: a runner whose own differs refuses the call. */
  readonly recipe?: string;
  /** The file that what the bodies print and log is appended to. */
  readonly log: string;
  /** Seconds that one job may take. */
  readonly timeout?: number;
}

/** What a runner knows of a job that the engine does not. */
export interface JobReport extends Cost {
  /** ms since 1970: when its body began and ended. */
  readonly start?: number;
  readonly end?: number;
  /** How many jobs of its call shared the time, on average; absent if the job had it alone. */
  readonly share?: number;
  /** Of the outputs as they lie in staging, in their order. */
  readonly prints?: readonly Fingerprint[];
}

/** What a runner says while a call runs; each job is reported at most once. */
export interface CallEvents {
  /** The first body is called: until now the call has waited for a place. */
  begun?(): void;
  done(order: number, report?: JobReport): void;
  /** `failure` says why, if that is known. */
  failed(order: number, error: string, failure?: Failure): void;
  /** What a body warned of; the job goes on. */
  warned?(order: number, text: string): void;
}

/** Why a call ended before its jobs did; run/failures.ts decides what to do for each kind. */
export type Loss =
  | "crashed"
  | "timeout"
  | "memory"
  | "node"
  | "preempted"
  /** Somebody ended it from outside. */
  | "cancelled"
  /** The queue does not take it, or would never start it. */
  | "refused";

/** A call is over although not all of its jobs were reported. */
export class CallLost extends Error {
  readonly kind: Loss;
  /** The jobs that were under way: one of them may be the cause. */
  readonly suspects: ReadonlySet<number>;
  constructor(kind: Loss, message: string, suspects: Iterable<number> = []) {
    super(message);
    this.kind = kind;
    this.suspects = new Set(suspects);
  }
}

/** The rule of a call has changed since the run began, or the workflow does not load: its jobs fail, others go on. */
export class WorkflowChanged extends BraidError {
  /** False if no runner has ever loaded the workflow: perhaps none can. */
  readonly loaded: boolean;
  constructor(message: string, loaded = true) {
    super(message);
    this.loaded = loaded;
  }
}

/** What a call may be made of. */
export interface CallShare {
  /** Jobs of the rule that are ready. */
  readonly ready: number;
  /** Calls that may run at once, and those of them that do not. */
  readonly slots: number;
  readonly free: number;
  /** Jobs that are in no call yet, ready or not, by their rules' names. */
  readonly left: ReadonlyMap<string, number>;
}

/** How many jobs a call takes, and whether that is as many as it should: one that is not full can wait for others. */
export interface Pack {
  readonly size: number;
  readonly full: boolean;
}

/**
 * Executors that outlive this process keep what is to be run in folders here, one for each run by its id. Moving such a
 * folder away cancels its tasks.
 */
export const tasksFolder = ".braid/tasks";

/** What decides what a task asks its queue for. */
export interface TaskNeeds {
  readonly rule: string;
  readonly resources: Resources;
  readonly queue?: QueueSettings | undefined;
  /** How the job of the task failed before. */
  readonly failures: readonly Failure[];
}

/** What an executor that outlives this process can do beside. */
export interface Remote {
  /** What a task asks its queue for, for messages: `mem_mb`, `runtime` (minutes), `partition`; default: as its rule says. */
  request?(needs: TaskNeeds): Readonly<Record<string, string | number>>;
  /** What one call takes: starting it costs, so it is to run for a while. */
  pack(rule: NamedRule, share: CallShare): Pack;
  /** Calls of an earlier run whose engine died: still running, or ended unseen. */
  orphans(): Promise<readonly CallSpec[]>;
  /** Goes on with an orphan as `run` does with a new call; `jobs` are those still wanted, under their new orders. */
  reattach(orphan: CallSpec, jobs: readonly JobSpec[], events: CallEvents): Promise<void>;
  /** Ends the orphans that no run has reattached. */
  dismiss(orphans: readonly CallSpec[]): Promise<void>;
}

export interface Executor {
  readonly name: string;
  /** Present where calls run on other machines: each counts as one against `--jobs`, and may outlive this process. */
  readonly remote?: Remote;
  /** Resolves when the call is over; rejects when its runner died: jobs not reported were lost with it. */
  run(call: CallSpec, events: CallEvents): Promise<void>;
  /** Asks running calls to end early where their bodies can. */
  stop(): void;
  /** Ends running calls now. */
  cancel(): void;
  close(): Promise<void>;
}

/** The workflow file and its resolved config: runners load it again. */
export interface WorkflowSource {
  readonly url: string;
  readonly resolved: unknown;
}

/** The run that an executor is for. */
export interface RunContext {
  readonly run: string;
  /** The names of the workflow's rules. */
  readonly rules: readonly string[];
  readonly folder: string;
  readonly files: FileSystem;
  readonly history: History;
  readonly warn: (text: string) => void;
  /** Call it with the queue's id of these calls, as soon as the queue has accepted them. */
  readonly submitted: (external: string, calls: readonly CallSpec[]) => void;
}

export type MakeExecutor = (context: RunContext) => Promise<Executor>;

/** The limit of `--max-jobs-per-timespan`: at most `tasks` (an integer, at least 1) in any `seconds`. */
export interface TaskLimit {
  readonly tasks: number;
  readonly seconds: number;
}

/** The executors that braid-cluster exports by these names. Each has a section of its name in profiles. */
export const clusterExecutors = ["slurm", "command"] as const;
export type ClusterExecutor = (typeof clusterExecutors)[number];

/** What braid-cluster exports for each of them. */
export interface ExecutorFactory<S extends z.ZodType = z.ZodType> {
  /** The schema of its section. */
  readonly settings: S;
  readonly make: (settings: z.output<S>, source: WorkflowSource, limit?: TaskLimit) => MakeExecutor;
}
