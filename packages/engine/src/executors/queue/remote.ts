/**
 * Runs calls as tasks of a queue on other machines: writes what is to be run, submits, follows the records
 * that runners leave, asks the queue now and then, and says what became of each job.
 *
 * One loop does all of it in turn, so nothing here happens at the same time as anything else.
 */
import { messageOf } from "../../errors.ts";
import {
  type CallEvents,
  CallLost,
  type CallSpec,
  type Executor,
  type JobSpec,
  type Loss,
} from "../../executor.ts";
import type { FileSystem } from "../../files.ts";
import type { History } from "../../journal.ts";
import type { NamedRule } from "../../ruleset.ts";
import { findOrphans } from "./orphans.ts";
import { durations, pack } from "./pack.ts";
import { type Clock, type Pace, type Queue, realClock, type TaskState } from "./queue.ts";
import { submitter, type Waiting } from "./submitter.ts";
import {
  type EndRecord,
  outputPath,
  overFolder,
  type RecordReader,
  type RunManifest,
  readText,
  recordReader,
  removeTask,
  runFolder,
  runOf,
  stopPath,
  tasksFolder,
} from "./task.ts";

export interface RemoteOptions {
  readonly queue: Queue;
  /** The run's id. */
  readonly run: string;
  readonly files: FileSystem;
  readonly history: Pick<History, "traces">;
  readonly manifest: RunManifest;
  readonly pace: Pace;
  /** Called with what the queue calls an array as soon as it has taken it. */
  readonly submitted?: (external: string, calls: readonly CallSpec[]) => void;
  readonly warn?: (text: string) => void;
  readonly clock?: Clock;
}

/** Records of running tasks looked at in one round, at least; those that are over do not count. */
const leastLooks = 20;
/** Every record is looked at within so many seconds, so that jobs that wait for others of a task need not wait for all. */
const looksWithin = 30;
/** Seconds after which the queue is sure to know a task. */
const knownAfter = 5;
/** Share of this process's time that looking may take. */
const lookingShare = 0.1;

const fresh: TaskState = { kind: "pending" };
const unknown: TaskState = { kind: "ended", loss: "node", reason: "The queue no longer knows the task." };

interface Task {
  readonly id: string;
  readonly call: CallSpec;
  /** Orders as the runner knows them -> as this plan does. */
  readonly orders: ReadonlyMap<number, number>;
  readonly events: CallEvents;
  readonly reader: RecordReader;
  /** From when on (ms) the queue is sure to know it. */
  known: number;
  /** Its runner has begun; which jobs are under way by its last "begin", as the runner knows them. */
  started: boolean;
  begun: readonly number[];
  readonly reported: Set<number>;
  over: boolean;
  /** Why the runner could not go on, in its own words. */
  fault: string | null;
  /** No other runner could do better. */
  hopeless: boolean;
  /** Since when the queue says that it ended, or does not know it, though its record is not whole. */
  silentSince: number | null;
  resolve(): void;
  reject(error: CallLost): void;
}

interface Question {
  readonly at: number;
  answer: ReadonlyMap<string, TaskState> | Error | null;
}

export function remote(options: RemoteOptions): Executor {
  const { queue, run, files, manifest, pace, clock = realClock, warn = () => {} } = options;
  const learned = durations(options.history);
  const tasks = new Map<string, Task>();
  const adoptedRuns = new Set<string>();
  let wake = new AbortController();
  let looping: Promise<void> | null = null;
  let closed = false;
  let cancelled = false;
  let stopped = false;
  let nextStatus = 0;
  let nextLook = 0;
  let answering = true;
  /** What the queue was asked and what it said, until that is weighed. */
  let asked: Question | null = null;
  const runs = () => [run, ...adoptedRuns];
  const submissions = submitter({
    queue,
    run,
    files,
    manifest,
    clock,
    warn,
    begin(id, waiting) {
      const orders = new Map(waiting.call.jobs.map((job) => [job.order, job.order]));
      tasks.set(id, newTask(id, waiting, orders));
    },
    answer(ids, calls, external) {
      for (const id of ids) {
        const task = tasks.get(id);
        if (external === null) tasks.delete(id);
        else if (task !== undefined) task.known = clock.now() + knownAfter * 1_000;
      }
      if (external === null) return;
      options.submitted?.(external, calls);
      // It was under way when all was cancelled.
      if (cancelled || stopped) void cancelTasks(ids);
    },
  });

  function begin(): void {
    wake.abort();
    if (looping !== null) return;
    looping = loop().catch((error) => {
      looping = null;
      fallOver(error);
    });
  }

  async function loop(): Promise<void> {
    // What is started in the same breath goes into one array.
    await Promise.resolve();
    for (;;) {
      wake = new AbortController();
      const from = performance.now();
      look();
      ask();
      if (!cancelled) submissions.step();
      if (closed || (submissions.waiting === 0 && tasks.size === 0)) {
        looping = null;
        return;
      }
      const spent = performance.now() - from;
      const due = submissions.due() - clock.now();
      const pause = Math.max(pace.poll * 1_000, spent / lookingShare);
      await clock.sleep(Math.max(1, Math.min(due, pause)), wake.signal);
    }
  }

  /** The shared file system refuses (it is full, or gone): nothing can be followed any more. */
  function fallOver(error: unknown): void {
    const lost = new CallLost("refused", messageOf(error));
    for (const { reject } of submissions.takeAll()) reject(lost);
    const left = [...tasks.values()];
    void cancelTasks(left.map((task) => task.id));
    tasks.clear();
    for (const task of left) task.reject(lost);
  }

  /** Reads the records of tasks that are over, and of some of those that run. */
  function look(): void {
    for (const of of runs())
      for (const name of files.list(overFolder(of)) ?? []) {
        const task = tasks.get(`${of}/${name}`);
        if (task === undefined) files.remove(`${overFolder(of)}/${name}`);
        else {
          follow(task);
          if (task.over) settle(task);
        }
      }
    const running = [...tasks.values()];
    const looks = Math.max(leastLooks, (running.length * pace.poll) / looksWithin);
    for (let n = Math.min(looks, running.length); n > 0; n--) {
      nextLook = (nextLook + 1) % running.length;
      const task = running[nextLook]!;
      if (tasks.has(task.id)) follow(task);
    }
  }

  /** Passes on what is new in a task's record. */
  function follow(task: Task): void {
    for (const record of task.reader.next()) {
      task.started = true;
      if (record.t === "begin") task.begun = record.orders;
      else if (record.t === "over") {
        task.over = true;
        task.fault = record.error ?? null;
        task.hopeless = record.hopeless === true;
      } else if (record.t === "done" || record.t === "failed") report(task, record);
    }
  }

  function report(task: Task, record: EndRecord & { t: "done" | "failed" }): void {
    task.reported.add(record.order);
    const order = task.orders.get(record.order);
    if (record.t === "done") {
      learned.learn(task.call.rule, (record.end - record.start) / 1_000);
      if (order !== undefined) task.events.done(order, record);
    } else if (order !== undefined) task.events.failed(order, record.error);
  }

  /** A task's record is whole, or nothing more will come: its call is over. */
  function settle(task: Task, lost?: CallLost): void {
    tasks.delete(task.id);
    removeTask(files, task.id);
    if (lost !== undefined) task.reject(lost);
    else if (task.fault !== null)
      task.reject(lossOf(task, task.hopeless ? "refused" : "crashed", task.fault));
    else task.resolve();
  }

  function lossOf({ call, begun, reported, orders }: Task, kind: Loss, reason: string): CallLost {
    const open = begun.filter((order) => !reported.has(order));
    const suspects = call.together ? open : open.slice(0, 1);
    return new CallLost(
      kind,
      reason,
      suspects.flatMap((order) => orders.get(order) ?? []),
    );
  }

  /** Asks the queue, when it is time, for what the records do not tell; its answer is weighed when it has come. */
  function ask(): void {
    const { at = 0, answer = null } = asked ?? {};
    if (answer !== null) {
      asked = null;
      if (answer instanceof Error) {
        if (answering)
          warn(`The queue does not answer; tasks are followed by their records. (${firstLine(answer)})`);
        answering = false;
      } else weigh(answer, at);
    }
    if (asked !== null || clock.now() < nextStatus || tasks.size === 0) return;
    const from = performance.now();
    const question: Question = { at: clock.now(), answer: null };
    asked = question;
    nextStatus = clock.now() + pace.status * 1_000;
    queue
      .states(runs())
      .catch((error) => (error instanceof Error ? error : new Error(String(error))))
      .then((answer) => {
        question.answer = answer;
        nextStatus = Math.max(nextStatus, clock.now() + (performance.now() - from) / lookingShare);
      });
  }

  function weigh(states: ReadonlyMap<string, TaskState>, at: number): void {
    answering = true;
    const stuck: [Task, CallLost][] = [];
    for (const task of [...tasks.values()]) {
      const state = states.get(task.id) ?? (at < task.known ? fresh : unknown);
      if (state.kind === "pending" && state.never !== undefined)
        stuck.push([task, lossOf(task, "refused", state.never)]);
      if (state.kind !== "ended") task.silentSince = null;
      else if (task.silentSince === null) {
        task.silentSince = at;
        nextStatus = Math.min(nextStatus, at + pace.latency * 1_000);
      } else if (at - task.silentSince >= pace.latency * 1_000) giveUp(task, state);
    }
    if (stuck.length > 0) void cancelTasks(stuck.map(([task]) => task.id));
    for (const [task, lost] of stuck) settle(task, lost);
  }

  /** The runner is gone, as far as anyone can tell: keeps what it has done, takes the rest back. */
  function giveUp(task: Task, { loss, reason }: TaskState & { kind: "ended" }): void {
    follow(task);
    if (task.over) {
      settle(task);
      return;
    }
    const kind = loss ?? "crashed";
    const space =
      kind === "crashed" && isFull(files) ? "ENOSPC: no space left on the shared file system" : "";
    const said = (readText(files, outputPath(task.id)) ?? "").trim().split("\n").slice(-20).join("\n");
    settle(task, lossOf(task, kind, [reason, space, said].filter(Boolean).join("\n")));
  }

  async function cancelTasks(ids: readonly string[]): Promise<void> {
    try {
      await queue.cancel([...new Set(ids.map(runOf))], { tasks: ids });
    } catch (error) {
      warn(
        `The queue did not cancel ${ids.length} tasks; they are given up all the same. (${firstLine(error)})`,
      );
    }
  }

  function newTask(
    id: string,
    { call, events, resolve, reject }: Waiting,
    orders: Map<number, number>,
  ): Task {
    const reader = recordReader(files, id);
    const known = Number.POSITIVE_INFINITY;
    const unseen = {
      started: false,
      begun: [],
      over: false,
      fault: null,
      hopeless: false,
      silentSince: null,
    };
    return { id, call, orders, events, reader, known, ...unseen, reported: new Set(), resolve, reject };
  }

  const orphanTasks = new Map<CallSpec, string>();

  return {
    name: queue.name,
    run: (call, events) =>
      new Promise<void>((resolve, reject) => {
        if (cancelled) return reject(new CallLost("crashed", "Cancelled."));
        submissions.add({ call, events, resolve, reject });
        begin();
      }),
    remote: {
      pack(rule: NamedRule, share) {
        const resources = { threads: 1, ...rule.spec.resources };
        const { lanes, seconds } = queue.shape(rule.name, resources);
        return pack(rule, share, { target: pace.target, limit: seconds, lanes, durations: learned });
      },
      async orphans() {
        for (const [task, call] of await findOrphans(files, queue, warn)) orphanTasks.set(call, task);
        return [...orphanTasks.keys()];
      },
      adopt: (orphan, jobs, events) =>
        new Promise<void>((resolve, reject) => {
          const id = orphanTasks.get(orphan)!;
          adoptedRuns.add(runOf(id));
          const orderOf = new Map(jobs.map((job: JobSpec) => [job.key, job.order]));
          const orders = new Map(
            orphan.jobs.flatMap((old) => {
              const order = orderOf.get(old.key);
              return order === undefined ? [] : [[old.order, order] as const];
            }),
          );
          const task = newTask(id, { call: orphan, events, resolve, reject }, orders);
          task.known = 0;
          tasks.set(id, task);
          begin();
        }),
      async dismiss(orphans) {
        const ids = orphans.map((orphan) => orphanTasks.get(orphan)!);
        if (ids.length > 0) await cancelTasks(ids);
        for (const id of ids) removeTask(files, id);
      },
    },
    stop() {
      // What has not begun goes back; runners end with the jobs they have at hand.
      stopped = true;
      for (const { resolve } of submissions.takeAll()) resolve();
      for (const each of runs()) if (files.stat(runFolder(each)) !== null) files.write(stopPath(each), "");
      const end = () => {
        for (const task of [...tasks.values()]) {
          follow(task);
          if (!task.started) settle(task);
        }
      };
      if (tasks.size > 0)
        queue
          .cancel(runs(), { waiting: true })
          .then(end, (error) => warn(`The queue did not cancel what waits in it: ${firstLine(error)}`));
    },
    cancel() {
      cancelled = true;
      for (const { resolve } of submissions.takeAll()) resolve();
      const end = () => {
        for (const task of [...tasks.values()]) settle(task);
      };
      queue.cancel(runs()).then(end, (error) => {
        warn(`The queue did not cancel: ${firstLine(error)}. Runners end with the jobs they have at hand.`);
        end();
      });
    },
    async close() {
      closed = true;
      wake.abort();
      await looping;
      await submissions.settled();
      if (tasks.size > 0) await cancelTasks([...tasks.keys()]);
      for (const each of runs()) files.remove(runFolder(each));
      files.removeEmpty(tasksFolder);
    },
  };
}

function isFull(files: FileSystem): boolean {
  const room = files.room();
  return room !== null && (room.bytes === 0 || room.files === 0);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
}
