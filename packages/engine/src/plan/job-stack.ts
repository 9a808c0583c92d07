/** The jobs whose inputs are being planned: a stack, in which each job is needed by the one below it. */
import type { Files } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import type { AfterInputs } from "./job-inputs.ts";
import type { Plan } from "./table.ts";

/** A job that will get a row when all its inputs are planned. */
export interface StackedJob {
  readonly rule: NamedRule;
  readonly values: readonly string[];
  readonly start: number;
  readonly inputStart: number;
  readonly inputEnd: number;
  readonly given: Files | undefined;
  readonly after: AfterInputs | undefined;
  /** The next input to look at, then the next gather and the position in it. */
  next: number;
  gather: number;
  position: number;
  /** An input that cannot be made; -1 while there is none. */
  lacks: number;
  /** The file for which it was begun, if that is none of its outputs. */
  readonly extra?: number;
}

export class JobStack {
  readonly #plan: Plan;
  /** From the job that was asked for first to the current one. */
  readonly list: StackedJob[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** The output files of a job that has no row yet. */
  outputs({ rule, inputStart }: StackedJob): Int32Array {
    return this.#plan.columns.items.view(inputStart - rule.outputs.length, inputStart);
  }

  /** The input files of such a job, including those of its gathers. */
  inputs({ rule, inputStart, inputEnd }: StackedJob): number[] {
    const { columns, gathersOfRule } = this.#plan;
    const own = Array.from(columns.items.view(inputStart, inputEnd), (place) => place >> 1);
    return [...own, ...gathersOfRule[rule.index]!.flatMap((row) => [...this.#plan.gatherFiles(row)])];
  }

  /** The job on the stack that makes a file. */
  ownerOf(file: number): StackedJob {
    return this.list.find((frame) => this.outputs(frame).includes(file))!;
  }

  /** A cycle: the jobs from a given one to the one that needs it, then the first again. */
  cycleFrom(owner: StackedJob): StackedJob[] {
    return [...this.list.slice(this.list.indexOf(owner)), owner];
  }
}
