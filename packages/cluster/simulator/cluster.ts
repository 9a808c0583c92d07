/**
 * A simulated cluster: a queue whose tasks take simulated time. Nodes die, tasks are preempted, jobs need
 * more memory than they requested, sbatch times out, and every answer takes time.
 *
 * Computes a task's record when it is read, instead of writing it as time passes.
 */

import { type CallSpec, growthAfter } from "braid-engine/executor";
import { type EndRecord, type Queue, QueueBusy, type TaskArray, type TaskState } from "../src/index.ts";
import { randomNumbers, type Timeline } from "./time.ts";

export interface ClusterOptions {
  readonly slots: number;
  /** Mean seconds of a job by its rule; jobs vary around it (lognormal, sigma 0.4). */
  readonly seconds: Readonly<Record<string, number>>;
  /** Seconds of a task before its first job: scheduling, node start, loading the workflow. */
  readonly startSeconds: number;
  /** Seconds between two rounds of the cluster's scheduler. */
  readonly round: number;
  /** Largest array; 1 for one sbatch per task. */
  readonly arrayLimit: number;
  readonly submitRate: number;
  /** Seconds that sbatch and squeue take, the latter also per task it lists. */
  readonly sbatchSeconds: number;
  readonly squeueSeconds: number;
  readonly squeueSecondsPerTask: number;
  /** Time limit of a task, seconds; null: none. */
  readonly limit: number | null;
  /** Per hour of a task: its node dies; it is preempted. */
  readonly nodeFailures: number;
  readonly preemptions: number;
  /** Shares of jobs that fail for good, and that need more memory than their first attempt asks for. */
  readonly failing: number;
  readonly hungry: number;
  /** Share of calls of sbatch that time out. */
  readonly sbatchTimeouts: number;
  readonly seed: number;
}

export interface ClusterFigures {
  submissions: number;
  tasks: number;
  queries: number;
  cancels: number;
  lostTasks: number;
  /** Seconds of occupied slots, and the part in which finished jobs ran. */
  busySeconds: number;
}

/** What the cluster keeps of a job. */
interface Job {
  readonly order: number;
  readonly attempt: number;
  readonly outputs: number;
}

interface Task {
  readonly id: string;
  readonly array: TaskArray;
  readonly jobs: readonly Job[];
  state: TaskState;
  /** When its jobs start, ms; when it is over. */
  start: number;
  end: number;
  /** Ends of its jobs, ms from `start`; one that is after `end` was not done. */
  ends: Float64Array;
  /** Its record, and the number of jobs in it. */
  text: string;
  told: number;
  whole: boolean;
}

export interface SimulatedCluster extends Queue {
  readonly figures: ClusterFigures;
  /** The current record of a task; null if it has none. */
  record(task: string): string | null;
  /** The tasks that are over and whose records are whole. */
  over(run: string): string[];
  forget(task: string): void;
}

const unstarted = Number.POSITIVE_INFINITY;
/** Slurm waits so long (seconds) for a node before it calls it dead: SlurmdTimeout. */
const nodeTimeout = 300;

export function simulatedCluster(
  options: ClusterOptions,
  time: Timeline,
  callOf: (task: string) => CallSpec,
): SimulatedCluster {
  const random = randomNumbers(options.seed);
  const tasks = new Map<string, Task>();
  const finished = new Map<string, Set<string>>();
  // A list that shrinks at its front now and then; what was taken is not held until then.
  const pending: (Task | undefined)[] = [];
  let nextPending = 0;
  let free = options.slots;
  let roundDue = false;
  const figures: ClusterFigures = {
    submissions: 0,
    tasks: 0,
    queries: 0,
    cancels: 0,
    lostTasks: 0,
    busySeconds: 0,
  };

  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  /** A job's number decides whether it fails or wants memory: the same in each of its attempts. */
  const lot = (order: number, salt: number) => randomNumbers(order * 7_919 + salt + options.seed)();
  const jobSeconds = (rule: string) => (options.seconds[rule] ?? 1) * Math.exp(0.4 * normal() - 0.08);
  const waitFor = (perHour: number) =>
    perHour === 0 ? Number.POSITIVE_INFINITY : (-Math.log(1 - random()) / perHour) * 3_600;

  function planRound(): void {
    if (roundDue) return;
    roundDue = true;
    const period = options.round * 1_000;
    time.schedule(Math.ceil((time.now() + 1) / period) * period, () => {
      roundDue = false;
      while (free > 0 && nextPending < pending.length) {
        begin(pending[nextPending]!);
        pending[nextPending++] = undefined;
      }
      if (nextPending > 10_000) {
        pending.splice(0, nextPending);
        nextPending = 0;
      }
    });
  }

  function begin(task: Task): void {
    if (tasks.get(task.id) !== task || task.state.kind !== "pending") return;
    free--;
    task.state = { kind: "running" };
    task.start = time.now() + options.startSeconds * 1_000;
    let length = 0;
    let loss: (TaskState & { kind: "ended" }) | null = null;
    task.ends = new Float64Array(task.jobs.length);
    task.jobs.forEach((job, i) => {
      // A job that wants more memory takes its task with it.
      if (loss === null && job.attempt === 1 && lot(job.order, 1) < options.hungry)
        loss = { kind: "ended", loss: "memory", reason: "The task used more memory than it had asked for." };
      if (loss === null) length += jobSeconds(task.array.rule) * 1_000;
      task.ends[i] = loss === null ? length : unstarted;
    });
    let end = task.start + length;
    const cut = (at: number, kind: "timeout" | "node" | "preempted", reason: string) => {
      if (at >= end) return;
      end = at;
      loss = { kind: "ended", loss: kind, reason };
    };
    if (options.limit !== null)
      cut(
        time.now() + options.limit * growthAfter(task.array.failures).time * 1_000,
        "timeout",
        "The task reached its time limit.",
      );
    cut(time.now() + waitFor(options.nodeFailures) * 1_000, "node", "The task's node failed.");
    cut(time.now() + waitFor(options.preemptions) * 1_000, "preempted", "The task was preempted.");
    task.end = end;
    const taken = time.now();
    const seen =
      (loss as (TaskState & { kind: "ended" }) | null)?.loss === "node" ? end + nodeTimeout * 1_000 : end;
    time.schedule(seen, () => {
      if (tasks.get(task.id) !== task) return;
      figures.busySeconds += (end - taken) / 1_000;
      task.state = loss ?? { kind: "ended", loss: null, reason: "" };
      if (loss !== null) figures.lostTasks++;
      else overOf(task).add(task.id.slice(task.id.indexOf("/") + 1));
      free++;
      planRound();
    });
  }

  function overOf({ array: { run } }: Task): Set<string> {
    let names = finished.get(run);
    if (names === undefined) {
      names = new Set();
      finished.set(run, names);
    }
    return names;
  }

  /** How many of a task's jobs are done by now. */
  function doneJobs(task: Task): number {
    const now = Math.min(time.now(), task.end) - task.start;
    let low = 0;
    let high = task.ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (task.ends[middle]! <= now + 1e-6) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Adds what has happened since to a task's record. */
  function bringUpToDate(task: Task): void {
    const { jobs } = task;
    const lines: EndRecord[] = [];
    if (task.text === "")
      lines.push(
        { t: "start", at: task.start, host: "simulated", pid: 1 },
        { t: "begin", orders: jobs.map((job) => job.order) },
      );
    const done = doneJobs(task);
    for (let i = task.told; i < done; i++) {
      const { order, outputs } = jobs[i]!;
      const start = Math.round(task.start + (i === 0 ? 0 : task.ends[i - 1]!));
      const end = Math.round(task.start + task.ends[i]!);
      const print = { size: 1, mtime: end, hash: `h${order}` };
      if (lot(order, 2) < options.failing) lines.push({ t: "failed", order, error: "A simulated failure." });
      else lines.push({ t: "done", order, start, end, prints: Array.from({ length: outputs }, () => print) });
    }
    task.told = done;
    if (task.state.kind === "ended" && task.state.loss === null && !task.whole) {
      lines.push({ t: "over" });
      task.whole = true;
    }
    for (const line of lines) task.text += `${JSON.stringify(line)}\n`;
  }

  return {
    name: "simulated",
    figures,
    arrayLimit: options.arrayLimit,
    submitRate: options.submitRate,
    shape: () => ({ lanes: 1, seconds: options.limit }),
    async submit(array) {
      figures.submissions++;
      time.spend(options.sbatchSeconds * 1_000);
      if (random() < options.sbatchTimeouts)
        throw new QueueBusy("Socket timed out on send/recv operation", false);
      for (let index = 0; index < array.size; index++) {
        const id = `${array.run}/${array.number}-${index}`;
        const jobs = callOf(id).jobs.map(({ order, attempt, output }) => ({
          order,
          attempt,
          outputs: typeof output === "string" ? 1 : Object.keys(output as object).length,
        }));
        const task: Task = {
          id,
          array,
          jobs,
          state: { kind: "pending" },
          start: unstarted,
          end: unstarted,
          ends: new Float64Array(0),
          text: "",
          told: 0,
          whole: false,
        };
        tasks.set(id, task);
        pending.push(task);
        figures.tasks++;
      }
      planRound();
      return String(array.number);
    },
    async states(runs) {
      figures.queries++;
      const states = new Map<string, TaskState>();
      for (const [id, task] of tasks)
        if (runs.some((run) => id.startsWith(`${run}/`))) states.set(id, task.state);
      time.spend((options.squeueSeconds + options.squeueSecondsPerTask * states.size) * 1_000);
      return states;
    },
    async cancel(_runs, which = {}) {
      figures.cancels++;
      for (const [id, task] of tasks) {
        if (which.tasks !== undefined && !which.tasks.includes(id)) continue;
        if (which.waiting && task.state.kind !== "pending") continue;
        if (task.state.kind === "running") free++;
        tasks.delete(id);
      }
    },
    record(id) {
      const task = tasks.get(id);
      if (task === undefined || time.now() < task.start) return null;
      bringUpToDate(task);
      return task.text;
    },
    over: (run) => [...(finished.get(run) ?? [])],
    forget(id) {
      const task = tasks.get(id);
      if (task === undefined) return;
      overOf(task).delete(id.slice(id.indexOf("/") + 1));
      if (task.state.kind === "ended") tasks.delete(id);
    },
  };
}
