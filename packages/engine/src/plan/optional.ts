/**
 * What a run may have to do without: outputs of rules with `optional`, and of jobs that cannot run without these.
 *
 * Lists and gathers take what there is; an input that stands by itself is required.
 */
import { givenPaths, listFiles } from "../rules/ruleset.ts";
import { isList } from "./job-inputs.ts";
import { PerGather } from "./per-gather.ts";
import type { Plan } from "./table.ts";

export class Optional {
  readonly #plan: Plan;
  readonly #none: boolean;
  /** Jobs whose outputs the run may have to do without. */
  readonly #uncertain = new Set<number>();
  /** Jobs before this one were looked at. */
  #seen = 0;
  /** Whether gathers have a file of such a job. */
  readonly #gathers: PerGather<boolean>;
  /** Of the job that was asked for last, which of its given inputs belong to a list. */
  #flags: { readonly job: number; readonly places: number; readonly flags: readonly boolean[] } | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#gathers = new PerGather((gather) => plan.gatherFiles(gather).some((file) => this.mayLack(file)));
    this.#none = !plan.rules.some(({ spec }) => spec.optional === true);
  }

  /** True for a job that may fail without failing the run. */
  mayFail(job: number): boolean {
    return this.#plan.ruleOf(job).spec.optional === true;
  }

  /** True for a file that the run may have to do without. */
  mayLack(file: number): boolean {
    if (this.#none) return false;
    for (; this.#seen < this.#plan.jobCount; this.#seen++)
      if (this.#isNewUncertain(this.#seen)) this.#uncertain.add(this.#seen);
    return this.#isUncertain(file);
  }

  /** True for a job of which a list or gather may be shorter than it is declared. */
  takesSome(job: number): boolean {
    if (this.#none) return false;
    for (const file of this.#listed(job)) if (this.mayLack(file)) return true;
    return this.#plan.gathers(job).some((gather) => this.#gathers.of(gather));
  }

  /** The files that a job does without. */
  lacks(job: number): number[] {
    const { lacking } = this.#plan;
    if (lacking.size === 0 || !this.takesSome(job)) return [];
    return [...this.#plan.inputFiles(job)].filter((file) => lacking.has(file));
  }

  /** True for a job with lists or gathers of which nothing can be had. */
  hasNothing(job: number): boolean {
    const { lacking } = this.#plan;
    if (lacking.size === 0) return false;
    let files = 0;
    for (const gather of this.#plan.gathers(job))
      for (const file of this.#plan.gatherFiles(gather)) {
        if (!lacking.has(file)) return false;
        files++;
      }
    for (const file of this.#listed(job)) {
      if (!lacking.has(file)) return false;
      files++;
    }
    return files > 0;
  }

  /** True for a file that a job needs by itself. */
  isRequired(job: number, file: number): boolean {
    const places = this.#plan.inputs(job);
    for (let i = 0; i < places.length; i++)
      if (places[i]! >> 1 === file && !this.#isListed(job, i)) return true;
    return false;
  }

  /** Jobs stand after those that they need, except for what an `after` asks for: that may be anything. */
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
  *#listed(job: number): Generator<number> {
    const places = this.#plan.inputs(job);
    for (let i = 0; i < places.length; i++) if (this.#isListed(job, i)) yield places[i]! >> 1;
  }

  #isListed(job: number, place: number): boolean {
    const { given, firstLists } = this.#plan;
    if (!given.has(job) && !firstLists.has(job)) return place >= this.#plan.ruleOf(job).singles.length;
    const places = this.#plan.inputs(job).length;
    if (this.#flags?.job !== job || this.#flags.places !== places)
      this.#flags = { job, places, flags: this.#flagsOf(job) };
    return this.#flags.flags[place] === true;
  }

  /** The first inputs of an `after` stand before what it gave. */
  #flagsOf(job: number): boolean[] {
    const { given, firstLists } = this.#plan;
    const own = listFiles(given.get(job) ?? []).flatMap((file) => givenPaths(file).map(() => isList(file)));
    return [...(firstLists.get(job) ?? []), ...own];
  }
}
