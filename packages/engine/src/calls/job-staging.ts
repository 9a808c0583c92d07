/**
 * One job's life on disk: staging before the body runs, checks after it, then the renames.
 *
 * Invariant: a half-written file never stands under its final name. Outputs are made in a staging folder of their job
 * and renamed when the body has succeeded and all of them exist. The next job reuses the folder if it is empty then,
 * because making and removing a folder costs more than the rest. The folder of a failed or lost job is never reused:
 * its body may still write there.
 *
 * A job has one staging folder, on the disk of its first output (`staging-folders.ts`). Outputs on other disks are copied there
 * before the first rename, so that a full disk leaves all old outputs as they are.
 */
import { fileErrorCause, isDiskFullError, shortPath } from "../disk/file-errors.ts";
import type { FileSystem } from "../disk/files.ts";
import { compareStat, type Fingerprint, withoutIdentity } from "../disk/fingerprint.ts";
import { folderOf, locator } from "../disk/locate.ts";
import { cannot, internal } from "../errors.ts";
import { foldersAbove } from "../patterns/pattern.ts";
import { inputShape } from "../plan/job-inputs.ts";
import { describeJob } from "../plan/plan-errors.ts";
import type { JobView } from "../plan/table.ts";
import { bind, logPath, mapFiles } from "../rules/ruleset.ts";
import type { JobSpec } from "./executor.ts";
import { type Found, findOutputs } from "./links.ts";
import { checkEnsured, misplacedOutput, notWrittenError } from "./output-checks.ts";
import { outputPlacer, type ReplacedOutput } from "./place-outputs.ts";
import { type StagingFolder, stagingFolders } from "./staging-folders.ts";

/** What staging knows of a job that its runner needs. */
export type StagedJob = Omit<JobSpec, "key" | "attempt">;

export interface CommitOptions {
  /** The outputs' fingerprints, if the runner has taken them. */
  readonly made?: readonly Fingerprint[] | undefined;
  /** Asked about an old output: true if somebody has edited it, so that it must be kept. */
  readonly keepOld?: (path: string) => boolean;
  /** Asked before that about an old folder: what in it belongs to other jobs, so that it stays in the one at `staged`. */
  readonly stayIn?: (path: string, staged: string) => Iterable<string>;
  /** Reads each output that has no fingerprint yet, before an old one is touched; if it throws, the old ones stay. */
  readonly read?: (output: number, found: Found) => void;
}

export interface JobStaging {
  /** Throws if an output of the job cannot be put in place, or its own log cannot be written. */
  check(job: JobView): void;
  /**
   * Makes the staging folder of a job. The folder of a `remote` job is made by its runner, and never serves
   * another one: a runner given up for lost may still write there.
   */
  stage(job: JobView, remote?: boolean): StagedJob;
  /** Takes the staging folder of an earlier run for a job that is still being made in it. */
  reattach(job: JobView, staging: string): void;
  /** The log of its own, where its rule names one. */
  logOf(job: JobView): string | undefined;
  /** True if the body has written all outputs, as far as this machine can see. */
  isComplete(job: JobView, made?: readonly Fingerprint[]): boolean;
  /**
   * Moves the outputs of a successful job into place. If one is missing, it throws and leaves the old ones. Returns the
   * old outputs that it has moved away for `keepOld`.
   */
  commit(job: JobView, options?: CommitOptions): readonly ReplacedOutput[];
  /**
   * Makes protected outputs read-only. Called after the job is recorded: if the run is killed before that, the outputs
   * must stay writable, because read-only outputs without a record could never be made again.
   */
  protect(job: JobView): void;
  /** Removes what a failed or cut-off job left in staging; the next job, its own retry too, gets another folder. */
  discard(job: JobView): void;
}

/** Where the outputs of a job are made. */
interface JobFolder {
  readonly folder: string;
  readonly within: StagingFolder;
  /** A runner on another machine makes and empties it. */
  readonly remote: boolean;
  /** An earlier run has made it and may have moved outputs into place already. */
  readonly reattached: boolean;
  /** When the job began, in ms since 1970; an earlier run knows it of one that was taken over. */
  readonly since?: number;
}

/** The staging of the jobs of one run: `run` names its folders; `locate` may already know where output folders are. */
export function jobStaging(files: FileSystem, run: string, locate = locator(files)): JobStaging {
  const stagingRoots = stagingFolders(files, run, locate);
  const placer = outputPlacer(files, run, stagingRoots);
  const jobFolders = new Map<number, JobFolder>();

  const placeOf = (path: string) => stagingRoots.folderFor(folderOf(path));

  function takeFolder(job: JobView, remote: boolean): string {
    // An output that cannot be put in place is refused before the body runs.
    const [within = stagingRoots.folderFor("")] = job.outputs.map(placeOf);
    const known = remote ? undefined : within.free.pop();
    const folder = known ?? within.next();
    if (known === undefined && !remote) files.makeFolder(folder);
    jobFolders.set(job.row, { folder, within, remote, reattached: false, since: Date.now() });
    return folder;
  }

  function jobFolderOf(job: JobView): JobFolder {
    const found = jobFolders.get(job.row);
    if (found === undefined) throw internal("a job without a staging folder");
    return found;
  }

  /** What a body left beside its outputs must not be there for the next one. */
  function leaveFolder(job: JobView, committed: boolean): void {
    const { folder, within, remote } = jobFolderOf(job);
    jobFolders.delete(job.row);
    if (remote) files.removeEmpty(folder);
    else if (committed && files.list(folder)?.length === 0) within.free.push(folder);
    else
      try {
        files.remove(folder);
      } catch {
        // A body that was given up still writes there: it is removed with all of the run's staging.
      }
  }

  /** Outputs by their paths below the deepest folder that all of them share: few folders to make. */
  function stagedPaths(job: JobView): string[] {
    const paths = job.outputs;
    let shared = folderOf(paths[0] ?? "");
    while (shared !== "" && !paths.every((path) => path.startsWith(`${shared}/`))) shared = folderOf(shared);
    const skip = shared === "" ? 0 : shared.length + 1;
    const { folder } = jobFolderOf(job);
    return paths.map((path) => `${folder}/${path.slice(skip)}`);
  }

  /** Where the outputs lie: an engine that died between its renames and the journal has put them in place already. */
  function writtenPaths(job: JobView, made: readonly Fingerprint[] = []): string[] {
    const paths = stagedPaths(job);
    if (!jobFolderOf(job).reattached) return paths;
    return paths.map((staged, i) => {
      const path = job.outputs[i]!;
      const stat = files.stat(staged) === null && made[i] !== undefined ? files.stat(path) : null;
      return stat !== null && compareStat(files, path, withoutIdentity(made[i]!), stat) === "unchanged"
        ? path
        : staged;
    });
  }

  /** The log that a rule names stands under its final name at once: it is there to be read. */
  function beginLog(job: JobView): { log?: string } {
    const path = logPath(job.rule, job.values);
    if (path === undefined) return {};
    placer.makeFolder(folderOf(path));
    try {
      files.write(path, "");
    } catch (error) {
      if (isDiskFullError(error)) throw error;
      throw cannot("write the log", shortPath(path), fileErrorCause(error as Error), {
        cause: error,
      });
    }
    return { log: files.real(path) };
  }

  function notFound(job: JobView, output: string, staged: string): Error {
    const { since } = jobFolderOf(job);
    const elsewhere = since === undefined ? null : misplacedOutput(files, job, output, { staged, since });
    return elsewhere ?? notWrittenError(output, staged, files);
  }

  return {
    check(job) {
      job.outputs.forEach(placeOf);
      beginLog(job);
    },

    reattach(job, folder) {
      const within = placeOf(job.outputs[0] ?? "");
      jobFolders.set(job.row, { folder, within, remote: true, reattached: true });
    },

    stage(job, remote = false) {
      const folder = takeFolder(job, remote);
      const paths = stagedPaths(job);
      if (!remote)
        for (const parent of new Set(paths.map(folderOf))) if (parent !== folder) files.makeFolder(parent);
      const { rule, values } = job;
      let outputs = 0;
      return {
        order: job.row,
        name: describeJob(rule, values),
        wildcards: bind(rule, values),
        input: inputShape(job, files.real),
        output: mapFiles(rule.spec.output, () => files.real(paths[outputs++]!)),
        staging: files.real(folder),
        ...beginLog(job),
      };
    },

    logOf(job) {
      const path = logPath(job.rule, job.values);
      return path === undefined ? undefined : files.real(path);
    },

    isComplete: (job, made) =>
      writtenPaths(job, made).every(
        (path, i) => job.rule.outputs[i]!.marks.touch || files.linkStat(path) !== null,
      ),

    commit(job, { made, keepOld = () => false, stayIn = () => [], read = () => {} } = {}) {
      const paths = writtenPaths(job, made);
      job.rule.outputs.forEach(({ marks }, i) => {
        if (marks.touch && files.stat(paths[i]!) === null) files.write(paths[i]!, "");
      });
      // What the runner has looked at needs no second look across the network.
      const found: (Found | null)[] =
        made?.map(({ size, mtime, parts }, i) => ({
          at: paths[i]!,
          size,
          mtime,
          directory: parts !== undefined,
        })) ?? findOutputs(files, jobFolderOf(job).folder, paths, job.outputs);
      job.outputs.forEach((output, i) => {
        const directory = job.rule.outputs[i]!.marks.directory === true;
        if (found[i] === null) throw notFound(job, output, paths[i]!);
        if (found[i]!.special) throw cannot("keep", output, "the body made neither a file nor a folder");
        if (found[i]!.directory !== directory)
          throw cannot("keep", output, directory ? "the body made a file" : "the body made a folder", {
            hint: directory
              ? "The rule declares it as directory()."
              : "A rule whose output is a folder declares it as directory(...).",
          });
      });
      job.rule.outputs.forEach(({ marks }, i) => {
        if (marks.ensure !== undefined) checkEnsured(files, job.outputs[i]!, found[i]!.at, marks.ensure);
      });
      if (made === undefined) for (const [i, one] of found.entries()) read(i, one!);
      // A file inside a folder output of the same job is moved with that folder.
      const own = new Set(job.outputs);
      const staged = job.outputs.flatMap((path, i) =>
        paths[i] === path || [...foldersAbove(path)].some((folder) => own.has(folder))
          ? []
          : [{ path, from: paths[i]!, directory: found[i]!.directory }],
      );
      const aside = placer.place(staged, jobFolderOf(job).within, { keep: keepOld, stay: stayIn });
      leaveFolder(job, true);
      return aside;
    },

    protect(job) {
      job.rule.outputs.forEach(({ marks }, i) => {
        const path = job.outputs[i]!;
        if (!marks.protect) return;
        try {
          files.protect(path);
        } catch (error) {
          throw cannot("protect", path, (error as Error).message, {
            hint: "The output is made and recorded. If its disk has no file permissions, remove protect() from the rule.",
            cause: error,
          });
        }
      });
    },

    discard(job) {
      // A job whose outputs are in place but cannot be read has left its folder already.
      if (jobFolders.has(job.row)) leaveFolder(job, false);
    },
  };
}
