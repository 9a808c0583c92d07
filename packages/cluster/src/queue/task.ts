/**
 * A task on the shared file system: `.braid/tasks/<run>/<array>-<index>.*`.
 *
 * `.json` is its call. `.ends` is its record, a line per event, made by the runner that starts the task:
 * making it is the claim, so no task runs twice. The engine takes a task back by removing first the call,
 * then the record: a runner that has not begun finds nothing to do, one that lives on finds its record gone
 * with the next line, and ends. A name in `over/` says that a record is whole.
 */
import {
  type CallSpec,
  type Failure,
  type FileSystem,
  isUnlockedRunAlive,
  type JobReport,
  tasksFolder,
} from "braid-engine/executor";

/** What is to be run: one file of a run, and one call a task. */
export interface RunManifest {
  /** The workflow file and its resolved config. */
  readonly url: string;
  readonly resolved: unknown;
  /** Jobs write below this folder of their machine first; environment variables in it are filled in there. */
  readonly scratch?: string;
  /** Seconds between two signs of life: the record's time moves. */
  readonly beat?: number;
}

/** The lines of a record. */
export type EndRecord =
  | { readonly t: "start"; readonly at: number; readonly host: string; readonly pid: number }
  /** These jobs are under way: all of them together, or one after the other. */
  | { readonly t: "begin"; readonly orders: readonly number[] }
  | ({ readonly t: "done"; readonly order: number; readonly start: number; readonly end: number } & JobReport)
  | { readonly t: "failed"; readonly order: number; readonly error: string; readonly failure?: Failure }
  /** Nothing more comes; `error` where the runner could not go on, and `hopeless` where no other could. */
  | { readonly t: "over"; readonly error?: string; readonly hopeless?: boolean };

export const runFolder = (run: string) => `${tasksFolder}/${run}`;
export const overFolder = (run: string) => `${runFolder(run)}/over`;
/** `task` is `<run>/<array>-<index>`. */
export const callPath = (task: string) => `${tasksFolder}/${task}.json`;
export const endsPath = (task: string) => `${tasksFolder}/${task}.ends`;
/** If this file exists, runners start no further job of the run. */
export const stopPath = (run: string) => `${runFolder(run)}/stop`;
/** The queue's own output for a task: the first lines of its runner, or why it was ended. */
export const outputPath = (task: string) => `${tasksFolder}/${task}.out`;
export const taskName = (task: string) => task.slice(task.indexOf("/") + 1);
export const runOf = (task: string) => task.slice(0, task.indexOf("/"));

export function readCall(files: FileSystem, task: string): CallSpec | null {
  try {
    return JSON.parse(readText(files, callPath(task)) ?? "null");
  } catch {
    // Cut off by a kill: the array was not submitted.
    return null;
  }
}

/** Reads the growing record of a task: each time the new, complete lines. */
export interface RecordReader {
  next(): EndRecord[];
}

export function recordReader(files: FileSystem, task: string): RecordReader {
  let consumed = 0;
  return {
    next() {
      const path = endsPath(task);
      const stat = files.stat(path);
      if (stat === null || stat.size <= consumed) return [];
      const bytes = files.read(path);
      const end = bytes.lastIndexOf(0x0a) + 1;
      if (end <= consumed) return [];
      const lines = new TextDecoder().decode(bytes.subarray(consumed, end)).split("\n");
      consumed = end;
      return lines.flatMap((line) => {
        try {
          return line.trim() === "" ? [] : [JSON.parse(line) as EndRecord];
        } catch {
          // Torn by a full disk or a kill: its jobs count as not done.
          return [];
        }
      });
    },
  };
}

/** Cancels a task, whether a runner has started it or not. Read its record first. */
export function removeTask(files: FileSystem, task: string): void {
  for (const path of [callPath(task), endsPath(task), outputPath(task)]) files.remove(path);
  files.remove(`${overFolder(runOf(task))}/${taskName(task)}`);
}

/** Runs that have left a folder of tasks; what lives beside the one that asks has left nothing yet. */
export function leftoverRuns(files: FileSystem): string[] {
  return (files.list(tasksFolder) ?? []).filter((run) => !isUnlockedRunAlive(files, run));
}

/** The tasks whose calls lie in the folders of those runs. */
export function leftoverTasks(files: FileSystem): string[] {
  return leftoverRuns(files).flatMap((run) =>
    (files.list(runFolder(run)) ?? [])
      .filter((name) => /^\d+-\d+\.json$/.test(name))
      .map((name) => `${run}/${name.slice(0, -".json".length)}`),
  );
}

export function readText(files: FileSystem, path: string): string | null {
  try {
    return new TextDecoder().decode(files.read(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
