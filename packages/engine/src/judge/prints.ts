/**
 * What stands now: the fingerprint of each file of a plan, found once and only where it is asked for.
 *
 * A file that looks as the history knows it, by size and time, is taken to have the content of then.
 */

import type { FileStat, FileSystem } from "../disk/files.ts";
import { type Fingerprint, fingerprint, look } from "../disk/fingerprint.ts";
import type { Inventory } from "../disk/inventory.ts";
import type { History, Journal } from "../journal/journal.ts";
import type { Trace } from "../journal/traces.ts";
import type { PlannedFile, PlannedJob } from "../plan/plan.ts";
import type { Marks } from "../rules/marks.ts";

/** What is missing, and what stands there instead. */
export interface Missing {
  readonly path: string;
  readonly instead?: "a file" | "a folder" | "neither a file nor a folder";
}

export interface Prints {
  /** The fingerprint of a file as it stands now, null where nothing does; found once until `forget`. */
  of(file: PlannedFile): Fingerprint | null;
  /** The same where it was found already, without a look at the disk. */
  seen(file: PlannedFile): Fingerprint | undefined;
  /** What the history knows of a file. */
  known(file: PlannedFile): Fingerprint | undefined;
  /** A job's first output that does not stand, or a lost file in a folder; `trace` is the job's. */
  missing(job: PlannedJob, trace: Trace | undefined): Missing | null;
  /** Files that a job made and that were removed since, as long as nobody needs them: judged by what they were. */
  readonly absent: ReadonlySet<PlannedFile>;
  /** From now on, the removed files of a job count as missing. */
  need(job: PlannedJob): void;
  /** A job has made its outputs anew; `made` are their fingerprints where they are known. */
  forget(job: PlannedJob, made?: readonly Fingerprint[]): void;
  /** Records the fingerprints of sources that the history did not know. */
  recordSources(journal: Journal): void;
}

export interface PrintsOptions {
  readonly files: FileSystem;
  readonly disk: Inventory;
  readonly history: History;
  readonly hashLimit: number;
}

export function standingPrints({ files, history, hashLimit, ...options }: PrintsOptions): Prints {
  const prints = new Map<PlannedFile, Fingerprint | null>();
  const newSources = new Set<PlannedFile>();
  const absent = new Set<PlannedFile>();
  const needed = new Set<PlannedJob>();
  // Once the first job has run, folders known to be absent are no longer.
  let disk: Inventory = options.disk;

  function known(file: PlannedFile): Fingerprint | undefined {
    if (file.maker === null) return history.prints.get(file.path);
    const trace = history.traces.get(file.maker.outputs[0]!.path);
    return trace?.outputs[file.maker.outputs.indexOf(file)];
  }

  /** Of a file that only says when something happened, the time is the content. */
  const limitOf = (file: PlannedFile) => (marksOf(file).touch ? -1 : hashLimit);

  return {
    known,
    seen: (file) => prints.get(file) ?? undefined,
    absent,
    of(file) {
      const asked = prints.get(file);
      if (asked !== undefined) return asked;
      const before = known(file);
      const stat = disk.stat(file.path);
      const same =
        before !== undefined && stat !== null && look(files, file.path, before, stat) === "unchanged";
      const now = same ? before : fingerprint(files, file.path, limitOf(file), before, stat);
      prints.set(file, now);
      if (file.maker === null && now !== null && !same) newSources.add(file);
      return now;
    },
    missing(job, trace) {
      for (let i = 0; i < job.outputs.length; i++) {
        const output = job.outputs[i]!;
        const stat = disk.stat(output.path);
        const before = trace?.outputs[i];
        if (stat === null) {
          if (before === undefined || needed.has(job)) return { path: output.path };
          absent.add(output);
          prints.set(output, before);
          continue;
        }
        const instead = otherKind(stat, job.rule.outputs[i]!.marks);
        if (instead !== undefined) return { path: output.path, instead };
        if (before === undefined) continue;
        const found = look(files, output.path, before, stat);
        // Kept for those that use it: finding its trace once more would cost as much again.
        if (found === "unchanged") prints.set(output, before);
        else if (found === "incomplete") return { path: lostPart(files, output.path, before) };
      }
      return null;
    },
    need(job) {
      needed.add(job);
      for (const output of job.outputs) absent.delete(output);
    },
    forget(job, made) {
      disk = files;
      job.outputs.forEach((output, i) => {
        absent.delete(output);
        const print = made?.[i];
        if (print === undefined) prints.delete(output);
        else prints.set(output, print);
      });
    },
    recordSources(journal) {
      for (const file of newSources) {
        const now = prints.get(file);
        if (now != null) journal.append({ t: "file", path: file.path, print: now });
      }
      newSources.clear();
    },
  };
}

const none: Marks = {};

function marksOf(file: PlannedFile): Marks {
  const { maker } = file;
  if (maker === null || !maker.rule.fleeting) return none;
  return maker.rule.outputs[maker.outputs.indexOf(file)]!.marks;
}

function otherKind({ directory, special }: FileStat, marks: Marks): Missing["instead"] {
  if (special) return "neither a file nor a folder";
  if (directory === (marks.directory === true)) return undefined;
  return directory ? "a folder" : "a file";
}

function lostPart(files: FileSystem, folder: string, before: Fingerprint): string {
  const lost = before.parts?.find((part) => files.stat(`${folder}/${part.name}`) === null);
  return lost === undefined ? folder : `${folder}/${lost.name}`;
}
