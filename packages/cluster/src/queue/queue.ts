/**
 * The interface of a queue of tasks on other machines: Slurm, command templates or a simulated cluster. A task is one
 * call, run by one process somewhere; an array is a set of tasks that are submitted together.
 *
 * A state that a queue reports is only a hint; the record that the task's runner writes is the truth.
 */
import type { Loss, TaskNeeds } from "braid-engine/executor";

/** Tasks `<number>-0` to `<number>-<size - 1>` of a run. */
export interface TaskArray extends TaskNeeds {
  readonly run: string;
  readonly number: number;
  readonly size: number;
  /** The largest attempt of its jobs. */
  readonly attempt: number;
  /** How many jobs its largest task has. */
  readonly jobs: number;
}

export type TaskState =
  /** `never` says why it would wait for ever; with `doubtful`, if it says so for some minutes. */
  | { readonly kind: "pending"; readonly never?: string; readonly doubtful?: boolean }
  | { readonly kind: "running" }
  | EndedState;

export interface EndedState {
  readonly kind: "ended";
  /** How it ended, if not by itself. */
  readonly loss: Loss | null;
  readonly reason: string;
  /** It is still in the queue: cancel it when it is given up. */
  readonly held?: true;
}

/** The queue accepts nothing at the moment, or not so many tasks at once. */
export class QueueBusy extends Error {
  /** The queue may accept a smaller array now. */
  readonly tooMany: boolean;
  constructor(message: string, tooMany: boolean) {
    super(message);
    this.tooMany = tooMany;
  }
}

export interface Queue {
  readonly name: string;
  /** The largest array that it accepts. */
  readonly arrayLimit: number;
  /** How many arrays may be submitted per second. */
  readonly submitRate: number;
  /** How many jobs of a rule run at once inside a task, and how many seconds a task may take, if known. */
  shape(needs: TaskNeeds): { readonly lanes: number; readonly seconds: number | null };
  /** What a task asks for, by name; for messages. */
  request?(needs: TaskNeeds): Readonly<Record<string, string | number>>;
  /** Submits an array and returns the queue's id. Throws QueueBusy, or another error if the queue will never accept it. */
  submit(array: TaskArray): Promise<string>;
  /** The state of every task that the queue knows of these runs, by `<run>/<array>-<index>`, in one query. */
  states(runs: readonly string[]): Promise<ReadonlyMap<string, TaskState>>;
  /**
   * Queries tasks that `states` does not list in another way, before they are given up. Tasks that the queue does not
   * know have ended; tasks that are missing in the answer stay in doubt.
   */
  confirm?(tasks: readonly string[]): Promise<ReadonlyMap<string, TaskState>>;
  /** Ends these tasks; without a list, all tasks of these runs, or those that have not started. */
  cancel(runs: readonly string[], which?: { tasks?: readonly string[]; waiting?: boolean }): Promise<void>;
}

/** How often and how long, seconds. */
export interface Pace {
  /** Target duration of a task. */
  readonly target: number;
  /** Between two reads of the records. */
  readonly poll: number;
  /** Between two queries of the queue. */
  readonly status: number;
  /** Delay until files that a node wrote are visible here. */
  readonly latency: number;
}

export const defaultPace: Pace = { target: 600, poll: 1, status: 15, latency: 10 };

/** Seconds between two signs of life in a runner's record. */
export function beatOf({ latency }: Pick<Pace, "latency">): number {
  return Math.max(1, 3 * latency);
}

/**
 * Milliseconds to pause after work that took `spent` ms, so that this work takes at most a tenth of the time. The pause
 * is at most ten times `every` seconds, because one slow step (a busy disk, a controller that restarts) does not mean that
 * the next one is slow.
 */
export const restAfter = (spent: number, every: number) => Math.min(10 * spent, 10_000 * every);

/** The message about a task that the queue does not know. */
export const unknownTask: EndedState = {
  kind: "ended",
  loss: "node",
  reason: "The queue no longer knows the task.",
};

/** The pace in a profile; missing keys keep their defaults. */
export function paceOf(given: { readonly [K in keyof Pace]?: number | undefined }): Pace {
  const { target, poll, status, latency } = defaultPace;
  return {
    target: given.target ?? target,
    poll: given.poll ?? poll,
    status: given.status ?? status,
    latency: given.latency ?? latency,
  };
}

/** Time as the executor sees it; a simulation has its own. */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Resolves after `ms`, or as soon as `wake` is aborted. */
  sleep(ms: number, wake: AbortSignal): Promise<void>;
}

export const realClock: Clock = {
  now: Date.now,
  sleep: (ms, wake) =>
    new Promise((resolve) => {
      if (wake.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        wake.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      wake.addEventListener("abort", end);
    }),
};
