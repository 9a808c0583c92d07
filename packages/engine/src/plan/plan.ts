/** What a plan is: files, and the jobs that make them. */

import { BraidError } from "../errors.ts";
import type { Files } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import type { Awaited } from "./job-inputs.ts";

/** A path of the plan. */
export interface PlannedFile {
  readonly path: string;
  /** Position among the plan's files. */
  readonly index: number;
  /** The job that makes it; null for a source. */
  maker: PlannedJob | null;
}

/** The files of one closed expansion; all rules that gather over it share the node. */
export interface Gather {
  readonly files: readonly PlannedFile[];
}

/** A rule with its wildcards filled. */
export interface PlannedJob {
  readonly rule: NamedRule;
  /** Values of the rule's wildcards, in their order. */
  readonly values: readonly string[];
  readonly outputs: readonly PlannedFile[];
  inputs: readonly PlannedFile[];
  readonly gathers: readonly Gather[];
  /** Inputs whose changes do not count. */
  ancient: ReadonlySet<PlannedFile>;
  /** What an input function gave, in its shape. */
  given: Files | undefined;
  /** Until its first inputs are made and say what it needs beside. */
  after: Awaited | undefined;
  /** Position in the plan: a job comes after all that it needs. Negative until that is known. */
  order: number;
}

export interface Plan {
  /** In order; those by which it grew come last, with positions after the others'. */
  readonly jobs: PlannedJob[];
  readonly files: ReadonlyMap<string, PlannedFile>;
  /** The files asked for, and the jobs of rules without outputs. */
  readonly targets: readonly (PlannedFile | PlannedJob)[];
  /** Files that say what jobs need beside them: each run asks them anew. */
  readonly asked: ReadonlySet<PlannedFile>;
  /** Jobs that are only asked what they need, for `--until` names what that may bring: they do not run, so far. */
  readonly askedOnly?: ReadonlySet<PlannedJob>;
  /** Jobs of which it turned out, as the plan grew, that `--until` or `--omit-from` leaves them out. */
  readonly leftOut?: ReadonlySet<PlannedJob>;
  /**
   * Asks a job whose first inputs are made for the rest of them; returns the jobs that are new, each after
   * those that it needs; they are put at the end of `jobs` by `growPlan`. Where it throws, the plan is as before.
   */
  grow(job: PlannedJob): PlannedJob[];
}

/** Every input file of a job, those of its gathers too. */
export function* inputsOf(job: PlannedJob): Generator<PlannedFile> {
  yield* job.inputs;
  for (const gather of job.gathers) yield* gather.files;
}

/** The first input file of a job that passes, those of its gathers too. */
export function findInput(
  { inputs, gathers }: PlannedJob,
  passes: (file: PlannedFile) => boolean,
): PlannedFile | undefined {
  let found = inputs.find(passes);
  for (let i = 0; found === undefined && i < gathers.length; i++) found = gathers[i]!.files.find(passes);
  return found;
}

/** True for an output that is removed when no job needs it any more. */
export function isTemporary(file: PlannedFile): boolean {
  const { maker } = file;
  if (maker === null || !maker.rule.fleeting) return false;
  return maker.rule.outputs[maker.outputs.indexOf(file)]!.marks.temp === true;
}

/** A job cannot say what it needs beside, or names what cannot be made; the rest of the plan is as good as before. */
export class CannotGrow extends BraidError {}

/** Grows the plan by what a job asks for; the new jobs get their positions. */
export function growPlan(plan: Plan, job: PlannedJob): PlannedJob[] {
  const added = plan.grow(job);
  for (const one of added) {
    one.order = plan.jobs.length;
    plan.jobs.push(one);
  }
  return added;
}
