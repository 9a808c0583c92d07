/**
 * Submits calls to a queue as arrays of similar calls, one array at a time and as fast as the queue accepts them. Nothing
 * waits for the queue's answer.
 */
import {
  type CallEvents,
  CallLost,
  type CallSpec,
  type FileSystem,
  growthAfter,
  type TaskLimit,
} from "braid-engine/executor";
import { type Clock, type Queue, QueueBusy } from "./queue.ts";
import { quota } from "./quota.ts";
import { callPath, endsPath, overFolder, type RunManifest, removeTask, runFolder } from "./task.ts";

/** A call that is in no task yet, and the listener for its end. */
export interface QueuedCall {
  readonly call: CallSpec;
  readonly events: CallEvents;
  resolve(): void;
  reject(error: CallLost): void;
}

export interface SubmitterOptions {
  readonly queue: Queue;
  readonly run: string;
  readonly files: FileSystem;
  readonly manifest: RunManifest;
  readonly clock: Clock;
  /** Tasks that may be submitted in a span of time, beside the queue's own rate. */
  readonly limit?: TaskLimit | undefined;
  readonly warn: (text: string) => void;
  /** A task is about to be submitted: from here on its runner may start at any time. */
  begin(id: string, waiting: QueuedCall): void;
  /** The queue has answered: its id of the tasks, or null if it did not accept them. */
  answer(ids: readonly string[], calls: readonly CallSpec[], external: string | null): void;
}

export interface Submitter {
  readonly waiting: number;
  add(waiting: QueuedCall): void;
  /** Returns all waiting calls. */
  takeAll(): QueuedCall[];
  /** When to submit next, ms; Infinity if there is nothing to submit. */
  due(): number;
  /** Submits an array if it is time. */
  step(): void;
  /** Resolves when no submission is under way. */
  settled(): Promise<void>;
}

export function submitter(options: SubmitterOptions): Submitter {
  const { queue, run, files, manifest, clock, warn } = options;
  const allowed = quota(options.limit);
  let waiting: QueuedCall[] = [];
  let arrays = 0;
  let arraySize = queue.arrayLimit;
  let next = 0;
  let backOff = 0;
  let warned = false;
  let submitting: Promise<void> | null = null;

  async function submit(chosen: readonly QueuedCall[]): Promise<void> {
    const number = arrays++;
    if (number === 0) {
      files.makeFolder(overFolder(run));
      files.write(`${runFolder(run)}/run.json`, JSON.stringify(manifest));
    }
    const calls = chosen.map(({ call }) => call);
    const ids = chosen.map((_, index) => `${run}/${number}-${index}`);
    ids.forEach((id, i) => {
      files.write(callPath(id), JSON.stringify(calls[i]));
    });
    ids.forEach((id, i) => {
      options.begin(id, chosen[i]!);
    });
    next = clock.now() + 1_000 / queue.submitRate;
    allowed.take(clock.now(), calls.length);
    const [first] = calls as [CallSpec];
    try {
      const external = await queue.submit({
        run,
        number,
        size: chosen.length,
        rule: first.rule,
        attempt: most(calls.flatMap((call) => call.jobs.map((job) => job.attempt))),
        failures: first.jobs[0]?.failures ?? [],
        jobs: most(calls.map((call) => call.jobs.length)),
        resources: first.resources,
        queue: first.queue,
      });
      backOff = 0;
      arraySize = Math.min(queue.arrayLimit, arraySize * 2);
      options.answer(ids, calls, external);
    } catch (error) {
      // If the queue accepted the array anyway, started tasks go on, and the others find nothing to do.
      const begun = ids.map((id) => files.stat(endsPath(id)) !== null);
      const of = <T>(all: readonly T[], are: boolean) => all.filter((_, i) => begun[i] === are);
      if (begun.includes(true)) options.answer(of(ids, true), of(calls, true), "unknown");
      options.answer(of(ids, false), of(calls, false), null);
      for (const id of of(ids, false)) removeTask(files, id);
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof QueueBusy) wait(of(chosen, false), error, reason);
      else for (const { reject } of of(chosen, false)) reject(new CallLost("refused", reason));
    }
  }

  /** After a limit on the size of arrays, submits smaller ones; after any other refusal, waits. */
  function wait(chosen: readonly QueuedCall[], { tooMany }: QueueBusy, reason: string): void {
    waiting = [...chosen, ...waiting];
    if (tooMany && chosen.length > 1) arraySize = Math.max(1, chosen.length >> 1);
    else {
      backOff = Math.min(60, Math.max(2, backOff * 2));
      next = clock.now() + backOff * 1_000;
    }
    if (!warned)
      warn(`The queue takes no more tasks for now; the run submits again later. (${reason.split("\n")[0]})`);
    warned = true;
  }

  return {
    get waiting() {
      return waiting.length;
    },
    add: (each) => void waiting.push(each),
    takeAll: () => waiting.splice(0),
    due: () =>
      waiting.length === 0 || submitting !== null
        ? Number.POSITIVE_INFINITY
        : Math.max(next, allowed.roomAt(clock.now())),
    step() {
      const [first] = waiting;
      const now = clock.now();
      const room = Math.min(arraySize, allowed.room(now));
      if (first === undefined || submitting !== null || now < next || room < 1) return;
      const kind = kindOf(first.call);
      const chosen = new Set(waiting.filter(({ call }) => kindOf(call) === kind).slice(0, room));
      waiting = waiting.filter((each) => !chosen.has(each));
      submitting = submit([...chosen])
        // The shared file system failed: the calls are lost, and running tasks will report the same error.
        .catch((error) => {
          for (const { reject } of chosen) reject(new CallLost("refused", (error as Error).message));
        })
        .finally(() => {
          submitting = null;
        });
    },
    settled: async () => {
      await submitting;
    },
  };
}

/** The largest of them; an array may have more jobs than a function takes arguments. */
function most(counts: readonly number[]): number {
  return counts.reduce((largest, each) => Math.max(largest, each), 0);
}

/** Calls that may share an array: same rule, same needs. */
function kindOf(call: CallSpec): string {
  const { rule, resources, queue, jobs } = call;
  return JSON.stringify([rule, growthAfter(jobs[0]?.failures ?? []), resources, queue]);
}
