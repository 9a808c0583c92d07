/**
 * Runs without the lock name their process in `.braid/beside/<run>`, for as long as they last: who holds the lock
 * leaves alone what is theirs.
 *
 * Invariant: the mark stands before anything of the run does, so who has seen its folder also sees the mark.
 */
import type { FileSystem } from "./files.ts";
import { hasEnded, parseHolder, thisProcess, unknownPid } from "./holder.ts";

/** Never removed, not even when it is empty: another run may be about to write there. */
const folder = ".braid/beside";

/** Marks a run as one of this process; returns what takes the mark away. */
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
  // A mark that is not whole was cut off, and its run with it.
  return holder.pid !== unknownPid && !hasEnded(holder);
}

/** Removes the marks of runs whose process is gone. */
export function removeDeadMarks(files: FileSystem): void {
  for (const run of files.list(folder) ?? [])
    if (!isUnlockedRunAlive(files, run)) files.remove(`${folder}/${run}`);
}
