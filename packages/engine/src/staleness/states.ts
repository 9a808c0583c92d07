/**
 * The state of every job in two columns with one writer: the answer to "must it run?", with its reason, and its phase
 * in the run.
 *
 * A transition that is not listed throws. Progress, dry run and summary read counts that each transition updates.
 */
import { internal } from "../errors.ts";
import { RowColumn } from "../plan/columns.ts";
import type { Plan } from "../plan/table.ts";

/** `maybe`: the job runs only if its inputs change. */
export const answers = ["unknown", "fresh", "maybe", "stale"] as const;
export type Answer = (typeof answers)[number];

export const phases = [
  "idle",
  "waiting",
  "ready",
  "running",
  "reported",
  "committed",
  "done",
  "failed",
  "blocked",
  "left out",
] as const;
export type Phase = (typeof phases)[number];

export const nextAnswers: Readonly<Record<Answer, readonly Answer[]>> = {
  unknown: ["fresh", "maybe", "stale"],
  fresh: ["maybe", "stale"],
  maybe: ["fresh", "stale"],
  stale: [],
};

export const nextPhases: Readonly<Record<Phase, readonly Phase[]>> = {
  // A job that was up to date is needed after all.
  idle: ["waiting"],
  // Done without a body: it turned out to be up to date, or has none.
  waiting: ["ready", "done", "failed", "blocked", "left out"],
  // Failed without a body: a source cannot be read.
  ready: ["waiting", "running", "failed", "blocked", "left out"],
  // Ready again: it was not begun, was lost, or is tried once more.
  running: ["reported", "ready", "failed"],
  reported: ["committed", "ready", "failed"],
  committed: ["done"],
  // A job that turned out to be up to date is needed after all.
  done: ["waiting"],
  failed: [],
  blocked: [],
  // It was only to be asked what it needs, and a job that has come needs it.
  "left out": ["waiting"],
};

const [unknown, fresh, , stale] = [0, 1, 2, 3];
const cells = answers.length * phases.length;

export class States {
  readonly #plan: Plan;
  readonly #answer = new RowColumn(new Uint8Array(0));
  readonly #phase = new RowColumn(new Uint8Array(0));
  readonly #kind = new RowColumn(new Uint8Array(0));
  readonly #reasonRow = new RowColumn();
  /** Jobs by rule, answer and phase. */
  readonly #counts: Int32Array;
  /** Jobs that do not count: they are only asked for inputs, or are not wanted. */
  readonly #hidden = new Set<number>();

  /** Jobs that are stale or maybe, hidden ones too. */
  #active = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#counts = new Int32Array(plan.rules.length * cells);
  }

  answer(job: number): Answer {
    return answers[this.#answer.at(job)]!;
  }

  phase(job: number): Phase {
    return phases[this.#phase.at(job)]!;
  }

  /** True if a job is stale or maybe. */
  isActive(job: number): boolean {
    return this.#answer.at(job) > fresh!;
  }

  /** Whether any job is stale or maybe. */
  hasActive(): boolean {
    return this.#active > 0;
  }

  /** The jobs with one of these answers, in the plan's order, hidden ones too. */
  rowsOf(...of: readonly Answer[]): number[] {
    return of.flatMap((answer) => this.#answer.rowsOf(answers.indexOf(answer))).sort((a, b) => a - b);
  }

  isStale(job: number): boolean {
    return this.#answer.at(job) === stale;
  }

  isKnown(job: number): boolean {
    return this.#answer.at(job) !== unknown;
  }

  /** True once nothing will change any more: done, or never to run. */
  isSettled(job: number): boolean {
    return !this.isActive(job) || this.#phase.at(job) >= phases.indexOf("done");
  }

  /** Why a job is stale or maybe; null if it is up to date. */
  reason(job: number): Reason | null {
    const kind = this.#kind.at(job);
    return kind === 0 ? null : { kind: kinds[kind - 1]!, row: this.#reasonRow.at(job) };
  }

  /** Gives a job an answer, with the reason if it is not fresh. */
  setAnswer(job: number, answer: Answer, reason: Reason | null = null): void {
    const from = this.answer(job);
    if (from !== answer && !nextAnswers[from].includes(answer))
      throw this.#transitionError(job, from, answer);
    this.#move(job, answers.indexOf(answer), this.#phase.at(job));
    this.#setReason(job, reason);
  }

  #setReason(job: number, reason: Reason | null): void {
    // Most jobs are up to date from the start.
    if (reason === null && this.#kind.at(job) === 0) return;
    this.#kind.set(job, reason === null ? 0 : kinds.indexOf(reason.kind) + 1);
    this.#reasonRow.set(job, reason?.row ?? -1);
  }

  setPhase(job: number, phase: Phase): void {
    const from = this.phase(job);
    if (from === phase) return;
    if (!nextPhases[from].includes(phase)) throw this.#transitionError(job, from, phase);
    this.#move(job, this.#answer.at(job), phases.indexOf(phase));
  }

  /** Leaves a job out of the counts, or takes it in again. */
  hide(job: number, hidden: boolean): void {
    if (hidden === this.#hidden.has(job)) return;
    if (hidden) this.#count(job, -1);
    if (hidden) this.#hidden.add(job);
    else this.#hidden.delete(job);
    if (!hidden) this.#count(job, 1);
  }

  isHidden(job: number): boolean {
    return this.#hidden.has(job);
  }

  hiddenRows(): number[] {
    return [...this.#hidden];
  }

  /** How many jobs of a rule have one of these answers and one of these phases. */
  count(rule: number, of: readonly Answer[], at: readonly Phase[] = phases): number {
    let sum = 0;
    for (const answer of of)
      for (const phase of at)
        sum += this.#counts[this.#cell(rule, answers.indexOf(answer), phases.indexOf(phase))]!;
    return sum;
  }

  /** The same over all rules. */
  total(of: readonly Answer[], at: readonly Phase[] = phases): number {
    return this.#plan.rules.reduce((sum, { index }) => sum + this.count(index, of, at), 0);
  }

  /** The same by rule name, in alphabetical order; rules without such jobs are left out. */
  byRule(of: readonly Answer[], at: readonly Phase[] = phases): Map<string, number> {
    const counts = this.#plan.rules.map(({ name, index }) => [name, this.count(index, of, at)] as const);
    return new Map(counts.filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #move(job: number, answer: number, phase: number): void {
    if (!this.#hidden.has(job)) this.#count(job, -1);
    this.#active += Number(answer > fresh!) - Number(this.isActive(job));
    this.#answer.set(job, answer);
    this.#phase.set(job, phase);
    if (!this.#hidden.has(job)) this.#count(job, 1);
  }

  /** Jobs without an answer yet are not counted. */
  #count(job: number, by: number): void {
    const answer = this.#answer.at(job);
    if (answer === unknown) return;
    this.#counts[this.#cell(this.#plan.columns.rule.at(job), answer, this.#phase.at(job))]! += by;
  }

  #cell(rule: number, answer: number, phase: number): number {
    return rule * cells + answer * phases.length + phase;
  }

  #transitionError(job: number, from: string, to: string): Error {
    return internal(`the job ${this.#plan.key(job)} goes from ${from} to ${to}`);
  }
}

/** The kinds of reasons. A reason is a kind and the row of a file or job, so that it can be stored as numbers. */
const kinds = [
  "forced",
  /** The row is that of the output. */
  "missing output",
  /** The row is that of an input that its job did not make. */
  "missing input",
  /** The row is that of the output, which a job with other outputs made. */
  "made otherwise",
  "interrupted",
  /** The job has never succeeded; a failed attempt wrote the existing file itself. */
  "failed last time",
  "changed params",
  "changed code",
  /** The environment of the rule, or its prefix, which starts commands in one. */
  "changed software-env",
  "changed input set",
  /** The same files in another order or under other names. */
  "changed roles",
  /** The row is that of the input; -1 if it cannot be named. */
  "changed input",
  /** The row is that of the input. Without a record, time decides. */
  "newer input",
  /** The row is that of the output, which was edited. */
  "changed output",
  /** The row is that of the job that runs, or may run, first. */
  "upstream",
  /** A rule without outputs. */
  "target",
] as const;

export type ReasonKind = (typeof kinds)[number];

/** A reason; `row` is a file or job, -1 if the kind has none. */
export interface Reason {
  readonly kind: ReasonKind;
  readonly row: number;
}

export function reason(kind: ReasonKind, row = -1): Reason {
  return { kind, row };
}

/** The text of a reason; `instead` describes in more detail what is missing, changed or will be made first. */
export function describeReason({ kind, row }: Reason, plan: Plan, instead?: string): string {
  switch (kind) {
    case "missing output":
      return `missing output ${instead ?? plan.path(row)}`;
    case "missing input":
      return `missing input ${plan.path(row)}`;
    case "made otherwise":
      return `${plan.path(row)} was made by a job with other outputs`;
    case "newer input":
      return `newer input ${plan.path(row)} (no record of how the output was made)`;
    case "changed input":
      return row < 0 ? "changed input" : `changed input ${plan.path(row)}`;
    case "changed output":
      return `the output ${plan.path(row)} changed since it was made`;
    case "changed roles":
      return "changed order or names of inputs, outputs or wildcards";
    case "upstream":
      return `${instead ?? plan.key(row)} will be made first`;
    case "interrupted":
      return "interrupted last time";
    case "target":
      return "asked for, and has no outputs";
    case "changed software-env":
      return instead === undefined ? kind : `${kind} ${instead}`;
    default:
      return kind;
  }
}
