/**
 * The processes that files on disk name (the holder of the lock, and runs without the lock), and whether they have ended.
 * A process that this machine cannot see counts as alive, so that files of a live process are never removed.
 *
 * A run without the lock names its process in `.braid/beside/<run>`, before anything else of the run is written.
 */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { FileSystem } from "./files.ts";

/** Who holds, or held, a lock. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly boot: string;
  /** When the process started, in the kernel's clock: a pid may have been given to another since. */
  readonly started: string;
  readonly since: string;
  readonly command: string;
}

/** The process number of a holder that cannot be read. */
export const unknownPid = 0;

/** This process; `command` is what the user typed. */
export function thisProcess(command: string): Holder {
  return {
    pid: process.pid,
    host: hostname(),
    boot: bootId(),
    started: processOf(process.pid)?.started ?? "",
    since: new Date().toISOString(),
    command,
  };
}

/** The process that a file names. */
export function parseHolder(text: string): Holder {
  try {
    const holder = JSON.parse(text);
    const { pid, host, boot, started, since, command } = holder;
    if (
      Number.isInteger(pid) &&
      pid > 0 &&
      [host, boot, started, since, command].every((one) => typeof one === "string")
    )
      return holder;
  } catch {
    // The file is not JSON.
  }
  // This engine did not write it, so its owner is unknown.
  return {
    pid: unknownPid,
    host: hostname(),
    boot: bootId(),
    started: "",
    since: "unknown",
    command: "unknown",
  };
}

/** True if the process has surely ended: on another host, nobody can say. */
export function hasEnded(holder: Holder): boolean {
  if (holder.host !== hostname()) return false;
  const boot = bootId();
  if (boot !== "" && holder.boot !== boot) return true;
  if (holder.pid === unknownPid) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // Anything else, as that it is another user's, says that it lives.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return true;
  }
  // Where /proc hides the processes of other users, or there is none, it is not known to have ended.
  const found = processOf(holder.pid);
  if (found === null) return false;
  // A zombie has ended; only its parent has not asked how.
  return found.started !== holder.started || found.state === "Z" || found.state === "X";
}

function bootId(): string {
  return readOr("/proc/sys/kernel/random/boot_id", "").trim();
}

/** Fields 3 and 22 of /proc/<pid>/stat, null where it cannot be read; the name in field 2 may hold blanks. */
function processOf(pid: number): { readonly state: string; readonly started: string } | null {
  const stat = readOr(`/proc/${pid}/stat`, "");
  if (stat === "") return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", started: fields[19] ?? "" };
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return otherwise;
  }
}

/** Never removed, not even when it is empty: another run may be about to write there. */
const folder = ".braid/beside";

/** Marks a run as one of this process; returns a function that removes the mark. */
export function markUnlockedRun(files: FileSystem, run: string, command: string): () => void {
  files.makeFolder(folder);
  files.write(`${folder}/${run}`, JSON.stringify(thisProcess(command)));
  return () => files.remove(`${folder}/${run}`);
}

/** True if the run works without the lock, and its process is not known to be gone. */
export function isUnlockedRunAlive(files: FileSystem, run: string): boolean {
  const path = `${folder}/${run}`;
  if (files.stat(path) === null) return false;
  let text: string;
  try {
    text = new TextDecoder().decode(files.read(path));
  } catch {
    return files.stat(path) !== null;
  }
  const holder = parseHolder(text);
  // An incomplete mark was cut off by a kill, which also ended its run.
  return holder.pid !== unknownPid && !hasEnded(holder);
}

/** Removes the marks of runs whose process is gone. */
export function removeDeadMarks(files: FileSystem): void {
  for (const run of files.list(folder) ?? [])
    if (!isUnlockedRunAlive(files, run)) files.remove(`${folder}/${run}`);
}
