/**
 * A queue of tasks on other machines: what Slurm, a pair of command templates and a simulated cluster have
 * in common. A task is one call, run by one process somewhere; an array is tasks that are submitted at once.
 *
 * What a queue says of a task is a hint: the record that the task's own runner leaves is the truth.
 */
import type { Loss, Resources } from "braid-engine/executor";

/** Tasks `<number>-0` to `<number>-<size - 1>` of a run. */
export interface TaskArray {
  readonly run: string;
  readonly number: number;
  readonly size: number;
  readonly rule: string;
  /** The largest attempt of its jobs: from the second on, a task asks for more time and memory. */
  readonly attempt: number;
  /** How many jobs its largest task has. */
  readonly jobs: number;
  readonly resources: Resources;
}

export type TaskState =
  /** `never` says why it would wait for ever; with `doubtful`, if it says so for some minutes. */
  | { readonly kind: "pending"; readonly never?: string; readonly doubtful?: boolean }
  | { readonly kind: "running" }
  | EndedState;

export interface EndedState {
  readonly kind: "ended";
  /** How, where it was not by itself. */
  readonly loss: Loss | null;
  readonly reason: string;
  /** It still stands in the queue, to be taken back when it is given up. */
  readonly held?: true;
}

/** The queue takes nothing at the moment, or not so much at once. */
export class QueueBusy extends Error {
  /** A smaller array may be taken now. */
  readonly tooMany: boolean;
  constructor(message: string, tooMany: boolean) {
    super(message);
    this.tooMany = tooMany;
  }
}

export interface Queue {
  readonly name: string;
  /** The largest array that it takes. */
  readonly arrayLimit: number;
  /** How many arrays may be submitted per second. */
  readonly submitRate: number;
  /** How many jobs of a rule run at once inside a task, and how many seconds a task may take, where that is known. */
  shape(rule: string, resources: Resources): { readonly lanes: number; readonly seconds: number | null };
  /** Submits an array and returns what the queue calls it. Throws QueueBusy, or anything else where it is refused for good. */
  submit(array: TaskArray): Promise<string>;
  /** The state of every task that the queue knows of these runs, by `<run>/<array>-<index>`, in one query. */
  states(runs: readonly string[]): Promise<ReadonlyMap<string, TaskState>>;
  /**
   * Asks in another way about tasks that `states` does not tell of, before they are given up. What the queue truly
   * does not know has ended; a task that the answer leaves out is in doubt on.
   */
  confirm?(tasks: readonly string[]): Promise<ReadonlyMap<string, TaskState>>;
  /** Ends these tasks; without a list, all tasks of these runs, or those that have not started. */
  cancel(runs: readonly string[], which?: { tasks?: readonly string[]; waiting?: boolean }): Promise<void>;
}

/** How often and how long, seconds. */
export interface Pace {
  /** A task should run so long. */
  readonly target: number;
  /** Between two looks at the records. */
  readonly poll: number;
  /** Between two questions to the queue. */
  readonly status: number;
  /** What a node has written may be seen so much later here. */
  readonly latency: number;
}

export const defaultPace: Pace = { target: 600, poll: 1, status: 15, latency: 10 };

/** Seconds between two signs of life that a runner gives by its record. */
export function beatOf({ latency }: Pick<Pace, "latency">): number {
  return Math.max(1, 3 * latency);
}

/** What is said of a task that the queue does not know. */
export const unknownTask: EndedState = {
  kind: "ended",
  loss: "node",
  reason: "The queue no longer knows the task.",
};

/** The pace that a profile asks for; what it leaves out keeps its default. */
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
