/**
 * Runs calls as tasks of a queue on other machines: writes task files, submits them, follows the records of
 * runners, polls the queue now and then, and reports how each job ended.
 *
 * One loop does all of this in turn, so no two steps run at the same time.
 */

import {
  CallLost,
  type CallSpec,
  type Executor,
  type FileSystem,
  type History,
  isDiskFull,
  type JobSpec,
  messageOf,
  type NamedRule,
  type TaskLimit,
  tasksFolder,
} from "braid-engine/executor";
import { findOrphans } from "./orphans.ts";
import { durations, pack } from "./pack.ts";
import { beatOf, type Clock, type EndedState, type Pace, type Queue, realClock, restAfter } from "./queue.ts";
import { queuePoller } from "./queue-poller.ts";
import { submitter } from "./submitter.ts";
import {
  outputPath,
  overFolder,
  type RunManifest,
  readText,
  removeTask,
  runFolder,
  runOf,
  stopPath,
} from "./task.ts";
import { type TrackedTask, trackTask } from "./tracked-task.ts";

export interface RemoteOptions {
  readonly queue: Queue;
  /** The run's id. */
  readonly run: string;
  readonly files: FileSystem;
  readonly history: Pick<History, "traces">;
  readonly manifest: RunManifest;
  readonly pace: Pace;
  /** Tasks that may be submitted in a span of time. */
  readonly limit?: TaskLimit | undefined;
  /** Called with the queue's id of an array as soon as the queue has accepted it. */
  readonly submitted?: (external: string, calls: readonly CallSpec[]) => void;
  readonly warn?: (text: string) => void;
  readonly clock?: Clock;
}

/** The fewest records of running tasks to read in one round; ended tasks do not count. */
const minReads = 20;
/** Every record is read within so many seconds, so that jobs need not wait for the whole task that makes their inputs. */
const readAllWithin = 30;
/** Seconds after which the queue lists every submitted task. */
const knownAfter = 5;

export function remote(options: RemoteOptions): Executor {
  const { queue, run, files, manifest, pace, clock = realClock, warn = () => {} } = options;
  const pastDurations = durations(options.history);
  const tasks = new Map<string, TrackedTask>();
  const reattachedRuns = new Set<string>();
  let wake = new AbortController();
  let running: Promise<void> | null = null;
  let closed = false;
  let cancelled = false;
  let stopped = false;
  let nextRead = 0;
  const runs = () => [run, ...reattachedRuns];
  const submissions = submitter({
    queue,
    run,
    files,
    manifest: { ...manifest, beat: beatOf(pace) },
    clock,
    limit: options.limit,
    warn,
    begin(id, waiting) {
      tasks.set(id, trackTask(files, id, waiting, pastDurations));
    },
    answer(ids, calls, external) {
      for (const id of ids) {
        const task = tasks.get(id);
        if (external === null) tasks.delete(id);
        else if (task !== undefined) task.expectedBy = clock.now() + knownAfter * 1_000;
      }
      if (external === null) return;
      options.submitted?.(external, calls);
      // It was being submitted when everything was cancelled.
      if (cancelled || stopped) void cancelTasks(ids);
    },
  });

  const ask = queuePoller({
    queue,
    clock,
    pace,
    warn,
    tasks,
    runs,
    gone(found) {
      const held = found.filter(([, state]) => state.held).map(([task]) => task.id);
      if (held.length > 0) void cancelTasks(held);
      for (const [task, state] of found) giveUp(task, state);
    },
    stuck(found) {
      void cancelTasks(found.map(([task]) => task.id));
      for (const [task, lost] of found) settle(task, lost);
    },
  });

  function begin(): void {
    wake.abort();
    if (running !== null) return;
    running = loop().catch((error) => {
      running = null;
      failAll(error);
    });
  }

  async function loop(): Promise<void> {
    // Calls that start at the same time go into one array.
    await Promise.resolve();
    for (;;) {
      wake = new AbortController();
      const from = clock.now();
      // What the jobs have done is work for the scheduler; only time spent on looks that find nothing is limited.
      const spent = readRecords() ? 0 : clock.now() - from;
      ask();
      if (!cancelled) submissions.step();
      if (closed || (submissions.waiting === 0 && tasks.size === 0)) {
        running = null;
        return;
      }
      const due = submissions.due() - clock.now();
      const pause = Math.max(pace.poll * 1_000, restAfter(spent, pace.poll));
      await clock.sleep(Math.max(1, Math.min(due, pause)), wake.signal);
    }
  }

  /** The shared file system fails (it is full, or gone): no task can be followed any more. */
  function failAll(error: unknown): void {
    const lost = new CallLost("refused", messageOf(error));
    for (const { reject } of submissions.takeAll()) reject(lost);
    const left = [...tasks.values()];
    void cancelTasks(left.map((task) => task.id));
    tasks.clear();
    for (const task of left) task.end(lost);
  }

  /** Reads the records of ended tasks, and of some running ones. Returns whether one of them was new. */
  function readRecords(): boolean {
    let isNew = false;
    for (const of of runs())
      for (const name of files.list(overFolder(of)) ?? []) {
        const task = tasks.get(`${of}/${name}`);
        if (task === undefined) files.remove(`${overFolder(of)}/${name}`);
        else {
          isNew = task.read() || isNew;
          if (task.over) settle(task);
        }
      }
    const running = [...tasks.values()];
    const looks = Math.max(minReads, (running.length * pace.poll) / readAllWithin);
    for (let n = Math.min(looks, running.length); n > 0; n--) {
      nextRead = (nextRead + 1) % running.length;
      const task = running[nextRead]!;
      if (tasks.has(task.id)) isNew = task.read() || isNew;
    }
    return isNew;
  }

  /** A task's record is complete, or will not grow any more: its call is over. */
  function settle(task: TrackedTask, lost?: CallLost): void {
    tasks.delete(task.id);
    removeTask(files, task.id);
    task.end(lost);
  }

  /** The runner seems to be dead: keeps its finished jobs and takes the others back. */
  function giveUp(task: TrackedTask, { loss, reason }: EndedState): void {
    task.read();
    if (task.over) {
      settle(task);
      return;
    }
    const kind = loss ?? "crashed";
    const space =
      kind === "crashed" && isDiskFull(files) ? "ENOSPC: no space left on the shared file system" : "";
    const lastLines = (readText(files, outputPath(task.id)) ?? "").trim().split("\n").slice(-20).join("\n");
    settle(task, task.lossOf(kind, [reason, space, lastLines].filter(Boolean).join("\n")));
  }

  async function cancelTasks(ids: readonly string[]): Promise<void> {
    try {
      await queue.cancel([...new Set(ids.map(runOf))], { tasks: ids });
    } catch (error) {
      warn(
        `The queue did not cancel ${ids.length} tasks; the run ignores them from now on. (${firstLine(error)})`,
      );
    }
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
      ...(queue.request === undefined ? {} : { request: (needs) => queue.request!(needs) }),
      pack(rule: NamedRule, share) {
        const resources = { threads: 1, ...(typeof rule.resources === "function" ? {} : rule.resources) };
        const own = typeof rule.queue === "function" ? undefined : rule.queue;
        const { lanes, seconds } = queue.shape({ rule: rule.name, resources, queue: own, failures: [] });
        return pack(rule, share, { target: pace.target, limit: seconds, lanes, durations: pastDurations });
      },
      async orphans() {
        for (const [task, call] of await findOrphans(files, queue, warn)) orphanTasks.set(call, task);
        return [...orphanTasks.keys()];
      },
      reattach: (orphan, jobs, events) =>
        new Promise<void>((resolve, reject) => {
          const id = orphanTasks.get(orphan)!;
          reattachedRuns.add(runOf(id));
          const orderOf = new Map(jobs.map((job: JobSpec) => [job.key, job.order]));
          const orders = new Map(
            orphan.jobs.flatMap((old) => {
              const order = orderOf.get(old.key);
              return order === undefined ? [] : [[old.order, order] as const];
            }),
          );
          const task = trackTask(files, id, { call: orphan, events, resolve, reject }, pastDurations, orders);
          task.expectedBy = 0;
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
      // Stops each running call, and cancels all of them with one command to the queue.
      if (stopped) return;
      // Jobs that have not started go back; runners end after their current jobs.
      stopped = true;
      for (const { resolve } of submissions.takeAll()) resolve();
      for (const each of runs()) if (files.stat(runFolder(each)) !== null) files.write(stopPath(each), "");
      const end = () => {
        for (const task of [...tasks.values()]) {
          task.read();
          if (!task.started) settle(task);
        }
      };
      if (tasks.size > 0)
        queue
          .cancel(runs(), { waiting: true })
          .then(end, (error) => warn(`The queue did not cancel the waiting tasks: ${firstLine(error)}`));
    },
    cancel() {
      if (cancelled) return;
      cancelled = true;
      for (const { resolve } of submissions.takeAll()) resolve();
      const end = () => {
        for (const task of [...tasks.values()]) settle(task);
      };
      queue.cancel(runs()).then(end, (error) => {
        warn(`The queue did not cancel: ${firstLine(error)}. Runners stop after their current jobs.`);
        end();
      });
    },
    async close() {
      closed = true;
      wake.abort();
      await running;
      await submissions.settled();
      if (tasks.size > 0) await cancelTasks([...tasks.keys()]);
      for (const each of runs()) files.remove(runFolder(each));
      files.removeEmpty(tasksFolder);
    },
  };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
}
