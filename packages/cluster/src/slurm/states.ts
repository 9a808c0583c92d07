/**
 * Parses the output of squeue to a state per task. Uses the names of states, not exit codes: a task that was
 * cancelled or lost its node ends with 0:0.
 */
import { describeExit, type Loss, signalName } from "braid-engine/executor";
import type { TaskState } from "../queue/queue.ts";

/** Array job and task, name, state, reason, time of submission, comment; the comment last, it may hold anything. */
export const squeueFormat = "%F|%K|%j|%T|%r|%V|%k";

const losses: Readonly<Record<string, Loss | null>> = {
  COMPLETED: null,
  FAILED: "crashed",
  TIMEOUT: "timeout",
  DEADLINE: "timeout",
  OUT_OF_MEMORY: "memory",
  NODE_FAIL: "node",
  BOOT_FAIL: "node",
  PREEMPTED: "preempted",
  REVOKED: "preempted",
  CANCELLED: "cancelled",
};

/** Reasons that waiting cannot resolve. Others (Resources, Priority, limits of the account, a hold) pass or are lifted. */
const hopeless =
  /^(PartitionNodeLimit|PartitionTimeLimit|BadConstraints|DependencyNeverSatisfied|InvalidAccount|InvalidQOS|AccountNotAllowed|QOSNotAllowed|AssocMaxWallDurationPerJobLimit|AssocMaxCpuPerJobLimit|AssocMaxNodePerJobLimit|QOSMaxWallDurationPerJobLimit|QOSMaxCpuPerJobLimit|QOSMaxMemoryPerJob|QOSMaxGRESPerJob|QOSMaxNodePerJobLimit)$/;

/** Usually no node has so much; but nodes that are down for a moment look the same. */
const doubtful = /^PartitionConfig$/;

/** How to recognise the arrays of these runs. */
export interface Signs {
  /** Runs by the name of their jobs. */
  readonly names: ReadonlyMap<string, string>;
  /** `<run>/<array>` by the array job's id, where sbatch has told it. */
  readonly arrays: ReadonlyMap<string, string>;
}

/**
 * Which array a job is of, `<run>/<array>`: by its id, or by its name and comment, which stand even where sbatch
 * could not answer. Sites have plugins that rewrite comments: the id comes first.
 */
export function arrayOfJob(
  { names, arrays }: Signs,
  id: string,
  name: string,
  comment: string,
): string | null {
  const run = names.get(name);
  const number = /^(\d+) /.exec(comment)?.[1];
  return arrays.get(id) ?? (run === undefined || number === undefined ? null : `${run}/${number}`);
}

/**
 * The states by `<run>/<array>-<index>`; lines of other jobs are passed over. `booted` is when the controller
 * started (as squeue writes times): of what it does not find again after a crash it says CANCELLED, as if a
 * person had done it.
 */
export function readStates(squeue: string, signs: Signs, booted = ""): Map<string, TaskState> {
  const states = new Map<string, TaskState>();
  for (const line of squeue.split("\n")) {
    const [job = "", index = "", name = "", state, reason, submitted, ...rest] = line.split("|");
    const array = arrayOfJob(signs, job, name, rest.join("|"));
    if (array === null || !/^\d+$/.test(index)) continue;
    const id = `${array}-${index}`;
    const forgotten = state === "CANCELLED" && submitted! < booted;
    const now = forgotten ? afterCrash : readState(state!, reason!);
    // If an array is listed twice (sbatch timed out, but Slurm accepted it), the more active one counts.
    const before = states.get(id);
    if (before === undefined || rank(now) > rank(before)) states.set(id, now);
  }
  return states;
}

const afterCrash: TaskState = {
  kind: "ended",
  loss: "node",
  reason:
    "The task was cancelled; Slurm's controller has restarted since it was submitted, and may have lost it.",
};

function rank(state: TaskState): number {
  return ["ended", "pending", "running"].indexOf(state.kind);
}

export function readState(state: string, reason: string): TaskState {
  if (state in losses) {
    const loss = losses[state]!;
    return { kind: "ended", loss, reason: words(state, reason) };
  }
  if (state === "PENDING") {
    // Its node could not start it; it would be held until an administrator looks.
    if (/launch.failed.requeued.held/i.test(reason))
      return {
        kind: "ended",
        loss: "node",
        reason: `Slurm could not start the task (${reason}).`,
        held: true,
      };
    if (hopeless.test(reason))
      return { kind: "pending", never: `Slurm would never start it: ${reason}. ${advice(reason)}` };
    if (doubtful.test(reason))
      return {
        kind: "pending",
        never: `Slurm has not started it for minutes: ${reason}. No node of the Slurm partition has what it asks for: ask for fewer cpus or gres, or less mem, in the profile.`,
        doubtful: true,
      };
    return { kind: "pending" };
  }
  // RUNNING, CONFIGURING, COMPLETING, SUSPENDED, RESIZING, REQUEUED ...: it is there.
  return { kind: "running" };
}

function words(state: string, reason: string): string {
  const because = reason === "None" || reason === "" ? "" : ` (${reason})`;
  switch (state) {
    case "COMPLETED":
      return "The task ended, but its record says nothing about these jobs.";
    case "TIMEOUT":
      return `The task reached its time limit${because}.`;
    case "OUT_OF_MEMORY":
      return `The task used more memory than it had asked for${because}.`;
    case "NODE_FAIL":
      return `The task's node failed${because}.`;
    case "PREEMPTED":
      return `The task was preempted${because}.`;
    case "CANCELLED":
      return `The task was cancelled from outside${because}.`;
    case "FAILED": {
      const signal = signalName(Number(/^RaisedSignal:(\d+)/.exec(reason)?.[1]));
      if (signal !== null)
        return `${describeExit("The task's runner", null, signal)} Its jobs had not ended.`;
      return `The task's runner ended before its jobs did${because}.`;
    }
    default:
      return `The task ended as ${state}${because}.`;
  }
}

function advice(reason: string): string {
  if (/Time|Wall/.test(reason)) return "Ask for less time in the profile.";
  if (/Account/.test(reason)) return "Name another account or Slurm partition in the profile.";
  if (/QOS/.test(reason)) return "Name another QOS, or ask for less, in the profile.";
  return "Ask for less, or for another Slurm partition, in the profile.";
}
