/**
 * Polls the queue about tasks whose records do not tell their state: now and then, with one query for all of them. Nothing
 * waits for the answer.
 *
 * A queue that does not list a task proves nothing. A task is given up only if its record shows no sign of life either,
 * and a second query finds nothing.
 */
import type { CallLost } from "braid-engine/executor";
import {
  beatOf,
  type Clock,
  type EndedState,
  type Pace,
  type Queue,
  restAfter,
  type TaskState,
  unknownTask,
} from "./queue.ts";
import type { TrackedTask } from "./tracked-task.ts";

const fresh: TaskState = { kind: "pending" };

/** Seconds after which a doubtful answer of the queue counts as final. */
const doubtedFor = 300;

export interface QueuePollerOptions {
  readonly queue: Queue;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly warn: (text: string) => void;
  /** The tasks under way, and the runs they belong to. */
  readonly tasks: ReadonlyMap<string, TrackedTask>;
  readonly runs: () => readonly string[];
  /** The queue would never start these. */
  readonly stuck: (tasks: readonly (readonly [TrackedTask, CallLost])[]) => void;
  /** Tasks that seem to be over, but whose records do not say how. */
  readonly gone: (tasks: readonly (readonly [TrackedTask, EndedState])[]) => void;
}

type States = ReadonlyMap<string, TaskState>;

interface Query {
  answer: States | Error | null;
  weigh(answer: States): void;
}

/** A step of the loop: polls when it is time, and evaluates answers. */
export function queuePoller(options: QueuePollerOptions): () => void {
  const { queue, clock, pace, warn, tasks, runs } = options;
  let next = 0;
  let query: Query | null = null;
  /** Queries that the queue did not answer the last time. */
  const unanswered = new Set<"states" | "confirm">();

  function put(kind: "states" | "confirm", ask: () => Promise<States>, weigh: Query["weigh"]): void {
    const from = clock.now();
    const question: Query = {
      answer: null,
      weigh(answer) {
        unanswered.delete(kind);
        weigh(answer);
      },
    };
    query = question;
    ask()
      .catch((error) => {
        const failure = error instanceof Error ? error : new Error(String(error));
        if (!unanswered.has(kind))
          warn(
            `The queue does not answer; the run follows tasks by their records. (${failure.message.split("\n")[0]})`,
          );
        unanswered.add(kind);
        return failure;
      })
      .then((answer) => {
        question.answer = answer;
        const now = clock.now();
        next = Math.max(next, now + restAfter(now - from, pace.status));
      });
  }

  function weigh(states: States, at: number): void {
    const stuck: [TrackedTask, CallLost][] = [];
    const gone: [TrackedTask, EndedState][] = [];
    const absent: TrackedTask[] = [];
    for (const task of [...tasks.values()]) {
      const reported = states.get(task.id);
      const state = reported ?? (at < task.expectedBy ? fresh : unknownTask);
      if (state.kind !== "pending" || state.never === undefined) task.doubtedSince = null;
      else {
        task.doubtedSince ??= at;
        if (!state.doubtful || at - task.doubtedSince >= doubtedFor * 1_000)
          stuck.push([task, task.lossOf("refused", state.never)]);
      }
      // A started task gives a sign of life in this time.
      const patience = (pace.latency + (reported === undefined && task.started ? beatOf(pace) : 0)) * 1_000;
      if (state.kind !== "ended") task.silentSince = null;
      else if (task.silentSince === null || (reported === undefined && task.lifeSign() !== task.silentSign)) {
        task.silentSince = at;
        task.silentSign = task.lifeSign();
        next = Math.min(next, at + patience);
      } else if (at - task.silentSince < patience) next = Math.min(next, task.silentSince + patience);
      else if (reported === undefined) absent.push(task);
      else gone.push([task, state]);
    }
    if (stuck.length > 0) options.stuck(stuck);
    if (gone.length > 0) options.gone(gone);
    if (absent.length > 0) confirm(absent);
  }

  /** Sends another query about tasks before giving them up only because the queue does not list them. */
  function confirm(absent: readonly TrackedTask[]): void {
    if (queue.confirm === undefined) {
      options.gone(absent.map((task) => [task, unknownTask]));
      return;
    }
    const ids = absent.map((task) => task.id);
    put(
      "confirm",
      () => queue.confirm!(ids),
      (states) => {
        const gone: [TrackedTask, EndedState][] = [];
        for (const task of absent) {
          const state = states.get(task.id);
          if (state === undefined || !tasks.has(task.id)) continue;
          if (state.kind === "ended") gone.push([task, state]);
          else task.silentSince = null;
        }
        if (gone.length > 0) options.gone(gone);
      },
    );
  }

  return () => {
    const { answer = null } = query ?? {};
    if (query !== null && answer !== null) {
      const question = query;
      query = null;
      if (!(answer instanceof Error)) question.weigh(answer);
    }
    if (query !== null || clock.now() < next || tasks.size === 0) return;
    const at = clock.now();
    next = at + pace.status * 1_000;
    put(
      "states",
      () => queue.states(runs()),
      (states) => weigh(states, at),
    );
  };
}
