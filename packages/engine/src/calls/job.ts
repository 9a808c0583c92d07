/**
 * One job's life on disk: staging before the body runs, checks after it, then the renames.
 *
 * Invariant: a half-written file never stands under its final name. Outputs are made in a folder of their
 * own, `.braid/staging/<run>/<n>/`, and renamed when the body has succeeded and all of them are there. A
 * folder that is empty after that serves the next job: making and removing one costs more than the rest. That
 * of a job that failed or was lost never does: its body may go on writing there.
 */

import { type FileSystem, shortPath } from "../disk/files.ts";
import { type Fingerprint, look } from "../disk/fingerprint.ts";
import { isFull } from "../disk/full-disk.ts";
import { cannot, internal } from "../errors.ts";
import { fill } from "../patterns/pattern.ts";
import type { PlannedJob } from "../plan/dag.ts";
import { inputShape } from "../plan/job-inputs.ts";
import { describeJob } from "../plan/plan-errors.ts";
import { bind, mapFiles } from "../rules/ruleset.ts";
import type { JobSpec } from "./executor.ts";
import { type Found, findOutputs } from "./links.ts";
import { checkEmpty, checkPromise, notFolder, notWritten } from "./refusals.ts";

/** What the workshop knows of a job that its runner needs. */
export type StagedJob = Omit<JobSpec, "key" | "attempt">;

export interface Workshop {
  /**
   * Makes the staging folder of a job. The folder of a `remote` job is made by its runner, and never serves
   * another one: a runner given up for lost may still write there.
   */
  stage(job: PlannedJob, remote?: boolean): StagedJob;
  /** Takes the staging folder of an earlier run for a job that is still being made in it. */
  adopt(job: PlannedJob, staging: string): void;
  /** The log of its own, where its rule names one. */
  logOf(job: PlannedJob): string | undefined;
  /** True if the body has written all outputs, as far as this machine can see. */
  isComplete(job: PlannedJob, made?: readonly Fingerprint[]): boolean;
  /**
   * Puts the outputs of a successful job in place; throws, and leaves the old ones, where one is missing.
   * `made` are their fingerprints where its runner has taken them.
   */
  commit(job: PlannedJob, made?: readonly Fingerprint[]): void;
  /** Removes what a failed or cut-off job left in staging; the next job, its own retry too, gets another folder. */
  discard(job: PlannedJob): void;
}

/** The workshop of one run: `run` names its folders. */
export function workshop(files: FileSystem, run: string): Workshop {
  const staging = `.braid/staging/${run}`;
  const trash = `.braid/trash/${run}`;
  const madeFolders = new Set<string>();
  const inUse = new Map<PlannedJob, string>();
  const elsewhere = new Set<PlannedJob>();
  const adopted = new Set<PlannedJob>();
  const empty: string[] = [];
  let made = 0;
  let thrown = 0;
  files.makeFolder(staging);

  const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));

  function takeFolder(job: PlannedJob, remote: boolean): string {
    let folder = remote ? `${staging}/${made++}` : empty.pop();
    if (remote) elsewhere.add(job);
    else if (folder === undefined) {
      folder = `${staging}/${made++}`;
      files.makeFolder(folder);
    }
    inUse.set(job, folder!);
    return folder!;
  }

  function stagingOf(job: PlannedJob): string {
    const folder = inUse.get(job);
    if (folder === undefined) throw internal("a job without a staging folder");
    return folder;
  }

  /** What a body left beside its outputs must not be there for the next one. */
  function leaveFolder(job: PlannedJob, committed: boolean): void {
    const folder = stagingOf(job);
    inUse.delete(job);
    adopted.delete(job);
    if (elsewhere.delete(job)) files.removeEmpty(folder);
    else if (committed && files.list(folder)?.length === 0) empty.push(folder);
    else
      try {
        files.remove(folder);
      } catch {
        // A body that was given up still writes there: it is removed with all of the run's staging.
      }
  }

  function makeFolderOnce(folder: string): void {
    if (folder === "" || madeFolders.has(folder)) return;
    try {
      files.makeFolder(folder);
    } catch (error) {
      throw notFolder(files, folder, error);
    }
    madeFolders.add(folder);
  }

  /** Outputs by their paths below the deepest folder that all of them share: few folders to make. */
  function stagedPaths(job: PlannedJob): string[] {
    const paths = job.outputs.map((output) => output.path);
    let shared = folderOf(paths[0] ?? "");
    while (shared !== "" && !paths.every((path) => path.startsWith(`${shared}/`))) shared = folderOf(shared);
    const skip = shared === "" ? 0 : shared.length + 1;
    return paths.map((path) => `${stagingOf(job)}/${path.slice(skip)}`);
  }

  /** Where the outputs lie: an engine that died between its renames and the journal has put them in place already. */
  function writtenPaths(job: PlannedJob, made: readonly Fingerprint[] = []): string[] {
    const paths = stagedPaths(job);
    if (!adopted.has(job)) return paths;
    return paths.map((staged, i) => {
      const { path } = job.outputs[i]!;
      const stat = files.stat(staged) === null && made[i] !== undefined ? files.stat(path) : null;
      return stat !== null && look(files, path, made[i]!, stat) === "unchanged" ? path : staged;
    });
  }

  const ownLog = ({ rule, values }: PlannedJob) =>
    rule.log === undefined ? undefined : fill(rule.log, bind(rule, values));

  /** The log that a rule names stands under its final name at once: it is there to be read. */
  function beginLog(job: PlannedJob): { log?: string } {
    const path = ownLog(job);
    if (path === undefined) return {};
    makeFolderOnce(folderOf(path));
    try {
      files.write(path, "");
    } catch (error) {
      if (isFull(error)) throw error;
      throw cannot("write the log", shortPath(path), (error as Error).message.split(",")[0]!, {
        cause: error,
      });
    }
    return { log: files.real(path) };
  }

  function throwAway(path: string): void {
    makeFolderOnce(trash);
    files.rename(path, `${trash}/${thrown++}`);
  }

  /** All outputs or none: of a job whose second rename fails the first is taken away, so that it runs again. */
  function putInPlace(job: PlannedJob, paths: readonly string[], folders: readonly boolean[]): void {
    const placed: string[] = [];
    try {
      job.outputs.forEach(({ path }, i) => {
        // A file in a folder of the same job is put in place with it.
        if (paths[i] === path || job.outputs.some((other) => path.startsWith(`${other.path}/`))) return;
        makeFolderOnce(folderOf(path));
        const old = files.linkStat(path);
        // A folder cannot be renamed over; between these two renames nothing stands there, and a run that
        // is killed at that instant makes the output again.
        if (old?.directory === true && !folders[i]) checkEmpty(files, path);
        if (old !== null && (old.directory || folders[i])) throwAway(path);
        files.rename(paths[i]!, path);
        placed.push(path);
      });
    } catch (error) {
      for (const path of placed) files.remove(path);
      throw error;
    }
  }

  return {
    adopt(job, folder) {
      inUse.set(job, folder);
      elsewhere.add(job);
      adopted.add(job);
    },

    stage(job, remote = false) {
      const folder = takeFolder(job, remote);
      const paths = stagedPaths(job);
      if (!remote)
        for (const parent of new Set(paths.map(folderOf))) if (parent !== folder) files.makeFolder(parent);
      const { rule, values } = job;
      let outputs = 0;
      return {
        order: job.order,
        name: describeJob(rule, values),
        wildcards: bind(rule, values),
        input: inputShape(job, files.real),
        output: mapFiles(rule.spec.output, () => files.real(paths[outputs++]!)),
        staging: files.real(folder),
        ...beginLog(job),
      };
    },

    logOf(job) {
      const path = ownLog(job);
      return path === undefined ? undefined : files.real(path);
    },

    isComplete: (job, made) =>
      writtenPaths(job, made).every(
        (path, i) => job.rule.outputs[i]!.marks.touch || files.linkStat(path) !== null,
      ),

    commit(job, made) {
      const paths = writtenPaths(job, made);
      job.rule.outputs.forEach(({ marks }, i) => {
        if (marks.touch && files.stat(paths[i]!) === null) files.write(paths[i]!, "");
      });
      // What the runner has looked at needs no second look across the network.
      const found: (Found | null)[] =
        made?.map(({ parts }, i) => ({ at: paths[i]!, directory: parts !== undefined })) ??
        findOutputs(files, stagingOf(job), paths, job.outputs);
      job.outputs.forEach((output, i) => {
        const directory = job.rule.outputs[i]!.marks.directory === true;
        if (found[i] === null) throw notWritten(output.path, paths[i]!, files);
        if (found[i]!.special) throw cannot("keep", output.path, "the body made neither a file nor a folder");
        if (found[i]!.directory !== directory)
          throw cannot("keep", output.path, directory ? "the body made a file" : "the body made a folder", {
            hint: directory
              ? "The rule declares it as directory()."
              : "A rule whose output is a folder declares it as directory(...).",
          });
      });
      job.rule.outputs.forEach(({ marks }, i) => {
        if (marks.ensure !== undefined) checkPromise(files, job.outputs[i]!.path, found[i]!.at, marks.ensure);
      });
      putInPlace(
        job,
        paths,
        found.map((one) => one!.directory),
      );
      job.rule.outputs.forEach(({ marks }, i) => {
        if (marks.protect) files.protect(job.outputs[i]!.path);
      });
      leaveFolder(job, true);
    },

    discard: (job) => leaveFolder(job, false),
  };
}
