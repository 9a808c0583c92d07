/**
 * Finds the tasks that a dead engine left in the queue: running, waiting, or ended unseen. Cancels a task that
 * the queue does not know and no runner has started, because it will never start.
 */
import type { CallSpec, FileSystem } from "braid-engine/executor";
import type { Queue, TaskState } from "./queue.ts";
import { endsPath, leftoverRuns, leftoverTasks, readCall, removeTask, runFolder, runOf } from "./task.ts";

/** Tasks by their ids, each with its call. */
export async function findOrphans(
  files: FileSystem,
  queue: Queue,
  warn: (text: string) => void,
): Promise<Map<string, CallSpec>> {
  const left = leftoverTasks(files);
  const found = new Map<string, CallSpec>();
  const runs = [...new Set(left.map(runOf))];
  let states: ReadonlyMap<string, TaskState> | null = null;
  if (runs.length > 0)
    try {
      states = await queue.states(runs);
    } catch (error) {
      // Unknown which of them wait there: assume that all do, until the queue answers.
      warn(`The queue does not answer about the tasks of an earlier run. (${(error as Error).message})`);
    }
  for (const task of left) {
    const call = readCall(files, task);
    const begun = files.stat(endsPath(task)) !== null;
    if (call !== null && (begun || states === null || states.has(task))) found.set(task, call);
    else removeTask(files, task);
  }
  const wanted = new Set([...found.keys()].map(runOf));
  for (const run of leftoverRuns(files)) if (!wanted.has(run)) files.remove(runFolder(run));
  return found;
}
