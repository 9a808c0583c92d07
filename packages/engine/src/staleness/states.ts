/**
 * The state of every job in two columns with one writer: the answer to "must it run?", and its phase in the run.
 *
 * A transition that is not listed throws. Progress, dry run and summary read counts that each transition updates.
 */
import { internal } from "../errors.ts";
import type { Plan } from "../plan/table.ts";
import { kinds, type Reason } from "./reason.ts";

/** `maybe`: the job runs only if its inputs come out different. */
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

/** The tables above as bit sets, by number. */
const bitsOf = <T extends string>(names: readonly T[], next: Readonly<Record<T, readonly T[]>>) =>
  names.map((name) => next[name].reduce((bits, to) => bits | (1 << names.indexOf(to)), 0));
const answerBits = bitsOf(answers, nextAnswers);
const phaseBits = bitsOf(phases, nextPhases);

const [unknown, fresh, , stale] = [0, 1, 2, 3];
const idle = 0;
const cells = answers.length * phases.length;

export class States {
  readonly #plan: Plan;
  #answer = new Uint8Array(0);
  #phase = new Uint8Array(0);
  #kind = new Uint8Array(0);
  #reasonRow = new Int32Array(0);
  /** Jobs by rule, answer and phase. */
  readonly #counts: Int32Array;
  /** Jobs that do not count: they are only asked for inputs, or are not wanted. */
  readonly #hidden = new Set<number>();

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#counts = new Int32Array(plan.rules.length * cells);
  }

  answer(job: number): Answer {
    return answers[this.#answer[job] ?? unknown]!;
  }

  phase(job: number): Phase {
    return phases[this.#phase[job] ?? idle]!;
  }

  /** True if a job is stale or maybe. */
  isActive(job: number): boolean {
    return (this.#answer[job] ?? unknown) > fresh!;
  }

  isStale(job: number): boolean {
    return this.#answer[job] === stale;
  }

  isKnown(job: number): boolean {
    return (this.#answer[job] ?? unknown) !== unknown;
  }

  /** True once nothing will change any more: done, or never to run. */
  isSettled(job: number): boolean {
    return !this.isActive(job) || (this.#phase[job] ?? idle) >= phases.indexOf("done");
  }

  /** Why a job is stale or maybe; null if it is up to date. */
  reason(job: number): Reason | null {
    const kind = this.#kind[job] ?? 0;
    return kind === 0 ? null : { kind: kinds[kind - 1]!, row: this.#reasonRow[job]! };
  }

  /** Gives a job an answer, with the reason if it is not fresh. */
  setAnswer(job: number, answer: Answer, reason: Reason | null = null): void {
    this.#makeRoom(job);
    const [from, to] = [this.#answer[job]!, answers.indexOf(answer)];
    if (from !== to && (answerBits[from]! & (1 << to)) === 0) throw this.#wrong(job, answers[from]!, answer);
    this.#move(job, to, this.#phase[job]!);
    this.#kind[job] = reason === null ? 0 : kinds.indexOf(reason.kind) + 1;
    this.#reasonRow[job] = reason?.row ?? -1;
  }

  setPhase(job: number, phase: Phase): void {
    this.#makeRoom(job);
    const [from, to] = [this.#phase[job]!, phases.indexOf(phase)];
    if (from === to) return;
    if ((phaseBits[from]! & (1 << to)) === 0) throw this.#wrong(job, phases[from]!, phase);
    this.#move(job, this.#answer[job]!, to);
  }

  /** Leaves a job out of the counts, or takes it in again. */
  hide(job: number, hidden: boolean): void {
    if (hidden === this.#hidden.has(job)) return;
    this.#makeRoom(job);
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

  #makeRoom(job: number): void {
    if (job < this.#answer.length) return;
    const length = Math.max(this.#plan.jobCount, 2 * this.#answer.length);
    const wider = <T extends Uint8Array | Int32Array>(column: T, made: T): T => {
      made.set(column);
      return made;
    };
    this.#answer = wider(this.#answer, new Uint8Array(length));
    this.#phase = wider(this.#phase, new Uint8Array(length));
    this.#kind = wider(this.#kind, new Uint8Array(length));
    this.#reasonRow = wider(this.#reasonRow, new Int32Array(length));
  }

  #move(job: number, answer: number, phase: number): void {
    if (!this.#hidden.has(job)) this.#count(job, -1);
    this.#answer[job] = answer;
    this.#phase[job] = phase;
    if (!this.#hidden.has(job)) this.#count(job, 1);
  }

  /** Jobs without an answer yet are not counted. */
  #count(job: number, by: number): void {
    const answer = this.#answer[job]!;
    if (answer === unknown) return;
    this.#counts[this.#cell(this.#plan.columns.rule.at(job), answer, this.#phase[job]!)]! += by;
  }

  #cell(rule: number, answer: number, phase: number): number {
    return rule * cells + answer * phases.length + phase;
  }

  #wrong(job: number, from: string, to: string): Error {
    return internal(`the job ${this.#plan.key(job)} goes from ${from} to ${to}`);
  }
}
