/**
 * Temporary outputs of a run: each is removed when every job that reads it has settled. So no output may be a link to one
 * of them.
 */
import type { OutputLink } from "../calls/links.ts";
import { linkedPaths, linkTarget } from "../disk/locate.ts";
import { cannot } from "../errors.ts";
import { foldersAbove } from "../patterns/pattern.ts";
import { outputFolders } from "../plan/path-checks.ts";
import type { Plan } from "../plan/table.ts";
import type { Prepared } from "../staleness/prepare.ts";

export class Temporary {
  readonly #prepared: Prepared;
  readonly #plan: Plan;
  /** No output of the plan is temporary. */
  readonly #none: boolean;
  /** Jobs that have not settled. */
  readonly #open: ReaderCounts;
  /** Jobs that are or turn out to be up to date but may be needed. */
  readonly #holders = new Set<number>();
  readonly #held: ReaderCounts;
  /** Files that may have lost their last reader. */
  #unused = new Set<number>();
  /** Those of them that are kept for holders. */
  readonly #kept = new Set<number>();
  /** Outputs that somebody asked for, or that hold one; their number grows with the plan. */
  #targetFiles: ReadonlySet<number> = new Set();
  #targetCount = 0;

  constructor(prepared: Prepared) {
    this.#prepared = prepared;
    this.#plan = prepared.plan;
    this.#none = !prepared.rules.some((rule) => rule.hasTemporary);
    this.#open = new ReaderCounts(prepared.plan);
    this.#held = new ReaderCounts(prepared.plan);
  }

  /** These jobs run, or may run, from now on. */
  activate(jobs: readonly number[]): void {
    if (!this.#none) for (const job of jobs) this.#open.add(job);
  }

  /** Jobs that may be needed even if they turn out to be up to date: their inputs are kept until they have run. */
  hold(jobs: Iterable<number>): void {
    if (this.#none) return;
    for (const job of jobs) {
      if (this.#holders.has(job)) continue;
      this.#holders.add(job);
      this.#held.add(job);
    }
  }

  /** Lets `grow` change the inputs of a job. */
  whileGrowing<T>(job: number, grow: () => T): T {
    if (this.#none) return grow();
    const holds = this.#holders.has(job);
    this.#open.remove(job, this.#drop);
    if (holds) this.#held.remove(job, this.#drop);
    try {
      return grow();
    } finally {
      this.#open.add(job);
      if (holds) this.#held.add(job);
      if (!this.#isAsking()) this.hold(this.#prepared.answers.onlyIf());
    }
  }

  /** A job is done, or up to date after all: returns the files that nobody needs any more. */
  settle(job: number): number[] {
    if (this.#none) return [];
    this.#open.remove(job, this.#drop);
    if (this.#prepared.states.isStale(job) && this.#holders.delete(job)) this.#held.remove(job, this.#drop);
    for (const file of this.#outermost(job)) if (this.#open.of(file) === 0) this.#drop(file);
    return this.#isAsking() ? [] : this.#release();
  }

  /** Nothing runs any more: returns the files that were kept for jobs which were not needed. */
  end(): number[] {
    if (this.#none || this.#isAsking()) return [];
    return [...this.#release(), ...[...this.#kept].filter((file) => this.#isUnused(file))];
  }

  /**
   * Temporary outputs that earlier runs ended too soon to remove: their jobs, and all jobs that read them, are up to
   * date or done. Outputs that were meant to stay are none of them.
   */
  leftovers(): number[] {
    if (this.#none || this.#plan.afterInputs.size > 0) return [];
    const { states, readers, fileStates } = this.#prepared;
    const held = this.#prepared.answers.onlyIf();
    const isKept = (job: number) => fileStates.trace(job)?.kept === true;
    const isOver = (job: number) =>
      (states.answer(job) === "fresh" && !held.has(job)) || states.phase(job) === "done";
    const found: number[] = [];
    for (let job = 0; job < this.#plan.jobCount; job++) {
      if (!this.#plan.ruleOf(job).hasTemporary || !isOver(job)) continue;
      for (const file of this.#outermost(job)) {
        if (!this.isTemporary(file) || fileStates.absent.has(file) || isKept(job) || !this.#isRemovable(file))
          continue;
        const within = [...this.#plan.made(job)].filter((one) => this.#plan.outermost(one) === file);
        if (within.every((one) => [...readers.ofFile(one)].every(isOver))) found.push(file);
      }
    }
    return found;
  }

  /** The outputs of a job of which some are temporary, without those that lie in another one. */
  #outermost(job: number): number[] {
    if (!this.#plan.ruleOf(job).hasTemporary) return [];
    return [...this.#plan.outputs(job)].filter((file) => this.#plan.outermost(file) === file);
  }

  /** A file without a record, or that differs from its record, belongs to the user: it stays. */
  #isRemovable(file: number): boolean {
    const { fileStates } = this.#prepared;
    return fileStates.recorded(file) !== undefined && !fileStates.edited.has(file);
  }

  /** True for a temporary output that is neither a target nor an input of an `after`. */
  isTemporary(file: number): boolean {
    return this.#plan.isTemporary(file) && !this.#plan.readAgain.has(file) && !this.#targets().has(file);
  }

  #targets(): ReadonlySet<number> {
    const { targets } = this.#prepared.selected;
    if (targets.length !== this.#targetCount) {
      this.#targetCount = targets.length;
      this.#targetFiles = new Set(
        targets.flatMap((target) =>
          "file" in target && target.beside !== "forced" ? [this.#plan.outermost(target.file)] : [],
        ),
      );
    }
    return this.#targetFiles;
  }

  /** While jobs may still ask for more inputs, it is unknown which files will not be needed. */
  #isAsking(): boolean {
    const { states, selected } = this.#prepared;
    for (const job of this.#plan.afterInputs.keys())
      if (states.isActive(job) && selected.isWanted(job)) return true;
    return false;
  }

  readonly #drop = (file: number): void => {
    this.#unused.add(file);
  };

  #release(): number[] {
    const gone: number[] = [];
    const unused = this.#unused;
    this.#unused = new Set();
    for (const file of unused) {
      this.#kept.delete(file);
      if (!this.#isUnused(file)) continue;
      if (this.#held.of(file) === 0) gone.push(file);
      else this.#kept.add(file);
    }
    return gone;
  }

  #isUnused(file: number): boolean {
    return this.#open.of(file) === 0 && this.isTemporary(file) && this.#isRemovable(file);
  }
}

/** How many jobs of a set read each temporary output, or files in it. A gather counts as one reader, however many jobs share it. */
class ReaderCounts {
  readonly #plan: Plan;
  readonly #ofFile = new Map<number, number>();
  /** How many jobs of the set read each gather. */
  readonly #ofGather = new Map<number, number>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  of(file: number): number {
    return this.#ofFile.get(file) ?? 0;
  }

  add(job: number): void {
    this.#each(job, 1, (file) => {
      this.#ofFile.set(file, this.of(file) + 1);
    });
  }

  /** The job must still have the inputs that it had when it was added. Calls `unread` with files that lost their last reader. */
  remove(job: number, unread: (file: number) => void): void {
    this.#each(job, -1, (file) => {
      const left = this.of(file) - 1;
      this.#ofFile.set(file, left);
      if (left === 0) unread(file);
    });
  }

  #each(job: number, step: 1 | -1, use: (file: number) => void): void {
    const plan = this.#plan;
    for (const place of plan.inputs(job)) if (plan.isTemporary(place >> 1)) use(plan.outermost(place >> 1));
    for (const gather of plan.gathers(job)) {
      const before = this.#ofGather.get(gather) ?? 0;
      this.#ofGather.set(gather, before + step);
      // Only the first reader and the last one change the counts of the files.
      if (before !== (step === 1 ? 0 : 1)) continue;
      for (const file of plan.gatherFiles(gather)) if (plan.isTemporary(file)) use(plan.outermost(file));
    }
  }
}

/** Checks an output of a job and its links: throws if one of them leads to a temporary output. */
export type LinkCheck = (output: string, links: readonly OutputLink[]) => void;

export function temporaryLinks({ plan, rules, files }: Prepared): LinkCheck {
  if (!rules.some((rule) => rule.hasTemporary)) return () => {};
  const pathsOf = linkedPaths(files, outputFolders(rules));

  /** Folders that links led to, and a temporary output in each. */
  const inFolders = new Map<string, string | undefined>();

  /** A temporary output that a path is, or lies in, or that lies below it. */
  function temporaryAt(to: string): string | undefined {
    const paths = pathsOf(to);
    const file = paths
      .flatMap((path) => [path, ...foldersAbove(path)])
      .map((path) => plan.find(path))
      .find(isRemoved);
    if (file !== undefined) return plan.path(plan.outermost(file));
    if (paths.length === 0 || !files.stat(to)?.directory) return undefined;
    if (!inFolders.has(to)) inFolders.set(to, temporaryBelow(paths));
    return inFolders.get(to);
  }

  function temporaryBelow(folders: readonly string[]): string | undefined {
    for (let file = 0; file < plan.fileCount; file++) {
      const path = plan.path(file);
      if (folders.some((folder) => path.startsWith(`${folder}/`)) && isRemoved(file)) return path;
    }
    return undefined;
  }

  function isRemoved(file: number): boolean {
    return file >= 0 && plan.isTemporary(file) && !plan.readAgain.has(plan.outermost(file));
  }

  return (output, links) => {
    const own = plan.path(plan.outermost(plan.find(output)));
    for (const { path, to } of links)
      for (let at: string | null = to; at !== null; at = linkTarget(files, at)) {
        const target = temporaryAt(at);
        // What lies in the same folder goes with the link.
        if (target !== undefined && target !== own) throw linkError(output, path, target);
      }
  };
}

function linkError(output: string, link: string, target: string): Error {
  const what = link === output ? "it is a link" : "it holds a link";
  return cannot("keep", output, `${what} to "${target}", which is temporary`, {
    facts: link === output ? [] : [["link", link]],
    hint: `The link breaks when ${target} is removed: copy the file, or do not mark ${target} as temp().`,
  });
}
