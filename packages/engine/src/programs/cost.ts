/**
 * Measures the cost of a job: CPU time, and the memory of its commands, which is sampled from Linux's /proc. Misses a command
 * that ends before the first sample.
 */
import { readdirSync, readFileSync } from "node:fs";

/** What a job has cost, as far as whoever ran it could tell. */
export interface Cost {
  /** ms of CPU: of the thread of a body, or of a command with all that it waited for. */
  readonly cpu?: number;
  /** Most memory at one time, in bytes: of a command with all its processes, or of a runner elsewhere. */
  readonly memory?: number;
}

/** The cost, from something that says more. */
export function costOf({
  cpu,
  memory,
}: {
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
}): Cost {
  return { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
}

/** Samples the children of `pid` until `end`, which returns the highest number of bytes; undefined without a sample. */
export function watchMemory(pid: number | undefined): { end(): number | undefined } {
  if (pid === undefined || process.platform !== "linux") return { end: () => undefined };
  const began = performance.now();
  let most: number | undefined;
  const look = () => {
    const seen = memoryOf(descendants(pid));
    if (seen > (most ?? 0)) most = seen;
    // The interval grows with the age of the process: at most its last tenth is missed.
    const pause = Math.min(Math.max(firstLook, (performance.now() - began) / 10), rarest);
    timer = setTimeout(look, pause).unref();
  };
  let timer = setTimeout(look, firstLook).unref();
  return {
    end() {
      clearTimeout(timer);
      return most;
    },
  };
}

/** ms */
const firstLook = 50;
const rarest = 1_000;

function descendants(pid: number): number[] {
  const found: number[] = [];
  const open = [pid];
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const thread of listing(`/proc/${at}/task`)) {
      const children = text(`/proc/${at}/task/${thread}/children`).split(" ").filter(Boolean).map(Number);
      found.push(...children);
      open.push(...children);
    }
  return found;
}

function memoryOf(processes: readonly number[]): number {
  let together = 0;
  let largest = 0;
  for (const pid of processes) {
    const status = text(`/proc/${pid}/status`);
    const kilobytes = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
    together += kilobytes("VmRSS");
    largest = Math.max(largest, kilobytes("VmHWM"));
  }
  return Math.max(together, largest) * 1_024;
}

/** Undefined if the process ended between two samples. */
function text(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
