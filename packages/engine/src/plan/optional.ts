/**
 * Files that may be missing in a run: outputs of rules with `optional`, and of jobs that cannot run without these.
 *
 * Lists and gathers take the files that exist; a single input is required.
 */
import { functionPaths, listFiles } from "../rules/ruleset.ts";
import { PerGather } from "./columns.ts";
import { isList } from "./job-inputs.ts";
import type { Plan } from "./table.ts";

export class Optional {
  readonly #plan: Plan;
  readonly #none: boolean;
  /** Jobs whose outputs may be missing in the end. */
  readonly #uncertain = new Set<number>();
  /** Jobs before this row were checked. */
  #seen = 0;
  /** Whether gathers have a file of such a job. */
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
