/** CPU time and memory of a run's process, and what is free on this machine. */
import { readFileSync, statfsSync } from "node:fs";
import { availableParallelism, freemem, hostname, loadavg, totalmem } from "node:os";

export interface MachineUse {
  readonly cores: number;
  /** Busy cores of the run since the last call; null for a run that is not on this machine. */
  readonly busy: number | null;
  /** Bytes of memory that the run holds. */
  readonly memory: number | null;
  readonly totalMemory: number;
  readonly freeMemory: number;
  /** The load average of the last minute. */
  readonly load: number;
  /** Free bytes on the working folder's disk. */
  readonly freeDisk: number | null;
}

/** Measures the machine; `busy` is an average since the previous call. */
export function machineWatch(folder: string): (run: { pid: number; host: string } | null) => MachineUse {
  let last: { pid: number; ticks: number; at: number } | null = null;
  return (run) => {
    const used = run === null || run.host !== hostname() ? null : processUse(run.pid);
    const at = performance.now();
    let busy: number | null = null;
    if (used !== null && run !== null) {
      if (last?.pid === run.pid && at > last.at)
        busy = ((used.ticks - last.ticks) / ticksPerSecond / (at - last.at)) * 1_000;
      last = { pid: run.pid, ticks: used.ticks, at };
    } else last = null;
    return {
      cores: availableParallelism(),
      busy,
      memory: used?.memory ?? null,
      totalMemory: totalmem(),
      freeMemory: freemem(),
      load: loadavg()[0]!,
      freeDisk: freeDisk(folder),
    };
  };
}

/** The kernel's unit in /proc, the same on every Linux that Node runs on. */
const ticksPerSecond = 100;
const pageSize = 4_096;

/** User and system time with that of ended children, and resident memory; null where /proc does not say. */
function processUse(pid: number): { ticks: number; memory: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
    return { ticks, memory: Number(fields[21]) * pageSize };
  } catch {
    return null;
  }
}

function freeDisk(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
