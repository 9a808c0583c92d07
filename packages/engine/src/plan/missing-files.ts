/**
 * Files that may be missing in a run, and files that cannot be made. Outputs of rules with `optional` may be missing,
 * and outputs of jobs that cannot run without these: lists and gathers take the files that exist, a single input is
 * required. Files and jobs cannot be made if a source is missing; it is named as the cause.
 */
import { functionPaths, listFiles, type NamedRule } from "../rules/ruleset.ts";
import { PerGather } from "./columns.ts";
import { isList } from "./job-inputs.ts";
import type { Plan } from "./table.ts";

/** The files of a plan that may be missing in a run. */
export class Optional {
  readonly #plan: Plan;
  readonly #none: boolean;
  /** Jobs whose outputs may be missing in the end. */
  readonly #uncertain = new Set<number>();
  /** Jobs before this row were checked. */
  #seen = 0;
  /** By gather: whether it has a file of such a job. */
  readonly #gathers: PerGather<boolean>;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#gathers = new PerGather((gather) => plan.gatherFiles(gather).some((file) => this.mayLack(file)));
    this.#none = !plan.rules.some(({ spec }) => spec.optional === true);
  }

  /** True for a job that may fail without failing the run. */
  mayFail(job: number): boolean {
    return this.#plan.ruleOf(job).spec.optional === true;
  }

  /** True for a file that may be missing in the end. */
  mayLack(file: number): boolean {
    if (this.#none) return false;
    for (; this.#seen < this.#plan.jobCount; this.#seen++)
      if (this.#isNewUncertain(this.#seen)) this.#uncertain.add(this.#seen);
    return this.#isUncertain(file);
  }

  /** True for a job with a list or gather that may become shorter than declared. */
  takesSome(job: number): boolean {
    if (this.#none) return false;
    for (const file of this.#listed(job)) if (this.mayLack(file)) return true;
    return this.#plan.gathers(job).some((gather) => this.#gathers.of(gather));
  }

  /** The missing files of a job's lists and gathers. */
  lacks(job: number): number[] {
    const { missingOptional } = this.#plan;
    if (missingOptional.size === 0 || !this.takesSome(job)) return [];
    return [...this.#plan.inputFiles(job)].filter((file) => missingOptional.has(file));
  }

  /** True for a job with a list or gather of which every file is missing. */
  hasNothing(job: number): boolean {
    const { missingOptional } = this.#plan;
    if (missingOptional.size === 0) return false;
    let files = 0;
    for (const gather of this.#plan.gathers(job))
      for (const file of this.#plan.gatherFiles(gather)) {
        if (!missingOptional.has(file)) return false;
        files++;
      }
    for (const file of this.#listed(job)) {
      if (!missingOptional.has(file)) return false;
      files++;
    }
    return files > 0;
  }

  /** True for a file that is a single input of a job. */
  isRequired(job: number, file: number): boolean {
    const isListed = this.#listCheck(job);
    return this.#plan.inputs(job).some((place, i) => place >> 1 === file && !isListed(i));
  }

  /** Jobs come after those that they depend on, except for inputs named by an `after`, which can be anywhere. */
  #isNewUncertain(job: number): boolean {
    if (this.mayFail(job) || this.#plan.firstLists.has(job)) return true;
    for (const place of this.#plan.inputs(job)) if (this.#isUncertain(place >> 1)) return true;
    return false;
  }

  #isUncertain(file: number): boolean {
    const maker = this.#plan.maker(file);
    return maker >= 0 && this.#uncertain.has(maker);
  }

  /** The input files of a job that belong to lists; those of gathers are shared by all jobs of a rule. */
  #listed(job: number): number[] {
    const isListed = this.#listCheck(job);
    return Array.from(
      this.#plan.inputs(job).filter((_, i) => isListed(i)),
      (place) => place >> 1,
    );
  }

  /** Tells which input places of a job belong to a list. The first inputs of an `after` come before those that it named. */
  #listCheck(job: number): (place: number) => boolean {
    const plan = this.#plan;
    const [given, first] = [plan.functionInputs.get(job), plan.firstLists.get(job)];
    if (given === undefined && first === undefined)
      return (place) => place >= plan.ruleOf(job).singles.length;
    const own = listFiles(given ?? []).flatMap((file) => functionPaths(file).map(() => isList(file)));
    const flags = [...(first ?? []), ...own];
    return (place) => flags[place] === true;
  }
}

/** A job that cannot run, with the missing sources among its own inputs. */
export interface ImpossibleJob {
  readonly rule: NamedRule;
  readonly values: readonly string[];
  readonly lacks: readonly string[];
}

/** The job with its inputs, and the first input that cannot be made. */
export interface UnmadeJob {
  readonly impossible: ImpossibleJob;
  readonly inputs: readonly number[];
  readonly lacks: number;
}

/** The files and jobs of a plan that cannot be made, and the missing sources that are the cause. */
export class UnmadeFiles {
  readonly #plan: Plan;
  /** Why a file cannot be made: an input of its job, or the file itself if no rule makes it. */
  readonly #causes = new Map<number, number>();
  /** Outputs of impossible jobs, existing ones included, each with its job. */
  readonly #jobs = new Map<number, UnmadeJob>();
  /** The first job that lacks a source. */
  readonly #users = new Map<number, ImpossibleJob>();
  readonly #taken = new Set<UnmadeJob>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** No rule makes the file, and it does not exist. */
  addSource(file: number): void {
    this.#causes.set(file, file);
  }

  /** The log of an impossible job, or a file in its folder; one of its outputs is given. */
  addExtra(file: number, output: number): void {
    this.#causes.set(file, this.#causes.get(output) ?? file);
  }

  addJob(
    { rule, values }: Pick<ImpossibleJob, "rule" | "values">,
    files: readonly number[],
    lacks: number,
  ): UnmadeJob {
    const inputs = [...new Set(files)];
    const sources = inputs.filter((file) => this.#causes.get(file) === file);
    const impossible = { rule, values, lacks: sources.map((file) => this.#plan.path(file)) };
    for (const file of sources) if (!this.#users.has(file)) this.#users.set(file, impossible);
    return { impossible, inputs, lacks };
  }

  /** An output or an extra file of an impossible job; if it exists, other jobs can use it. */
  addOutput(file: number, job: UnmadeJob, stands: boolean): void {
    this.#jobs.set(file, job);
    if (!stands) this.#causes.set(file, job.lacks);
  }

  /** The impossible job that makes a file. */
  jobOf(file: number): UnmadeJob | undefined {
    return this.#jobs.get(file);
  }

  /** The impossible jobs that `root` needs, then `root`, without those returned before. */
  take(root: UnmadeJob, isMissing: (file: number) => boolean): UnmadeJob[] {
    const taken: UnmadeJob[] = [];
    const stack: { readonly job: UnmadeJob; next: number }[] = [];
    const enter = (job: UnmadeJob | undefined) => {
      if (job === undefined || this.#taken.has(job)) return;
      this.#taken.add(job);
      stack.push({ job, next: 0 });
    };
    enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const file = top.job.inputs[top.next++];
      if (file === undefined) taken.push(stack.pop()!.job);
      else if (isMissing(file)) enter(this.#jobs.get(file));
    }
    return taken;
  }

  /** The missing source because of which a file cannot be made, the first job that lacks it, and all that lack any source. */
  cause(file: number): {
    readonly source: number;
    readonly user: ImpossibleJob | undefined;
    readonly users: readonly ImpossibleJob[];
  } {
    let source = file;
    for (let next = this.#causes.get(source)!; next !== source; next = this.#causes.get(source)!)
      source = next;
    return { source, user: this.#users.get(source), users: [...new Set(this.#users.values())] };
  }

  /** Forgets files from `files` on. */
  truncate(files: number): void {
    for (const map of [this.#causes, this.#jobs, this.#users])
      for (const file of map.keys()) if (file >= files) map.delete(file);
  }
}
