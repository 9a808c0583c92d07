/**
 * Stores the queue's id of each array in `.braid/tasks/<run>/<array>.id` as soon as it is known, so that a new head
 * can query it.
 */
import { type FileSystem, tasksFolder } from "braid-engine/executor";
import { readText, runFolder } from "./task.ts";

export interface Submission {
  /** In the queue's words. */
  readonly id: string;
  readonly size: number;
}

export interface Submissions {
  /** `array` is `<run>/<array>`. */
  note(array: string, submission: Submission): void;
  /** What was submitted for these runs, by `<run>/<array>`. */
  of(runs: readonly string[]): Map<string, Submission>;
}

export function submissionsIn(files: FileSystem): Submissions {
  const known = new Map<string, Submission>();
  const idPath = (array: string) => `${tasksFolder}/${array}.id`;
  return {
    note(array, submission) {
      known.set(array, submission);
      files.write(idPath(array), `${submission.size} ${submission.id}\n`);
    },
    of(runs) {
      for (const run of runs)
        for (const name of files.list(runFolder(run)) ?? []) {
          const array = `${run}/${name.slice(0, -".id".length)}`;
          if (!name.endsWith(".id") || known.has(array)) continue;
          const [size, ...id] = (readText(files, idPath(array)) ?? "").trim().split(" ");
          known.set(array, { id: id.join(" "), size: Number(size) });
        }
      return new Map([...known].filter(([array]) => runs.some((run) => array.startsWith(`${run}/`))));
    },
  };
}

/** The array that a task, `<run>/<array>-<index>`, is of. */
export function arrayOf(task: string): string {
  return task.slice(0, task.lastIndexOf("-"));
}
