/**
 * What the queue says of the tasks whose records do not tell: asked now and then, about all of them in one query,
 * and weighed when the answer has come. Nobody waits for it.
 */
import type { CallLost } from "../../calls/executor.ts";
import type { Followed } from "./followed.ts";
import type { Clock, Pace, Queue, TaskState } from "./queue.ts";

const fresh: TaskState = { kind: "pending" };
const unknown: TaskState = { kind: "ended", loss: "node", reason: "The queue no longer knows the task." };

/** Seconds after which a doubt of the queue is taken for its last word. */
const doubtedFor = 300;
/** Share of this process's time that asking may take. */
const askingShare = 0.1;

export interface InquiryOptions {
  readonly queue: Queue;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly warn: (text: string) => void;
  /** The tasks under way, and the runs they belong to. */
  readonly tasks: ReadonlyMap<string, Followed>;
  readonly runs: () => readonly string[];
  /** The queue would never start these. */
  readonly stuck: (tasks: readonly (readonly [Followed, CallLost])[]) => void;
  /** The task is over, as far as anyone can tell, and its record does not say how. */
  readonly gone: (task: Followed, state: TaskState & { kind: "ended" }) => void;
}

interface Question {
  /** When it was put, ms. */
  readonly at: number;
  answer: ReadonlyMap<string, TaskState> | Error | null;
}

/** Asks, when it is time, and weighs what has been answered: a step of the loop. */
export function inquiry(options: InquiryOptions): () => void {
  const { queue, clock, pace, warn, tasks, runs } = options;
  let next = 0;
  let answering = true;
  let asked: Question | null = null;

  function weigh(states: ReadonlyMap<string, TaskState>, at: number): void {
    answering = true;
    const stuck: [Followed, CallLost][] = [];
    for (const task of [...tasks.values()]) {
      const state = states.get(task.id) ?? (at < task.known ? fresh : unknown);
      if (state.kind !== "pending" || state.never === undefined) task.doubtedSince = null;
      else {
        task.doubtedSince ??= at;
        if (!state.doubtful || at - task.doubtedSince >= doubtedFor * 1_000)
          stuck.push([task, task.lossOf("refused", state.never)]);
      }
      if (state.kind !== "ended") task.silentSince = null;
      else if (task.silentSince === null) {
        task.silentSince = at;
        next = Math.min(next, at + pace.latency * 1_000);
      } else if (at - task.silentSince >= pace.latency * 1_000) options.gone(task, state);
    }
    if (stuck.length > 0) options.stuck(stuck);
  }

  return () => {
    const { at = 0, answer = null } = asked ?? {};
    if (answer !== null) {
      asked = null;
      if (answer instanceof Error) {
        if (answering)
          warn(
            `The queue does not answer; tasks are followed by their records. (${answer.message.split("\n")[0]})`,
          );
        answering = false;
      } else weigh(answer, at);
    }
    if (asked !== null || clock.now() < next || tasks.size === 0) return;
    const from = performance.now();
    const question: Question = { at: clock.now(), answer: null };
    asked = question;
    next = clock.now() + pace.status * 1_000;
    queue
      .states(runs())
      .catch((error) => (error instanceof Error ? error : new Error(String(error))))
      .then((answer) => {
        question.answer = answer;
        next = Math.max(next, clock.now() + (performance.now() - from) / askingShare);
      });
  };
}
