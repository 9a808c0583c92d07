/**
 * The answers of all jobs of a plan, and how they depend on each other.
 *
 * Jobs are asked in the plan's order, each after those that it needs, with an explicit stack where the plan grows. Then
 * need rises: what was removed and is wanted, or read by a stale job, is made again. And maybe falls: what reads the
 * outputs of a job that may run may run itself, but never over an ancient place.
 */

import { CannotGrow, growPlan } from "../plan/growth.ts";
import type { Planner } from "../plan/planner.ts";
import type { Readers } from "../plan/readers.ts";
import type { Selected } from "../plan/select.ts";
import type { Plan } from "../plan/table.ts";
import { hasBody } from "../rules/rule.ts";
import type { Looks } from "./looks.ts";
import { type Reason, reason } from "./reason.ts";
import type { Staleness } from "./staleness.ts";
import type { Phase, States } from "./states.ts";

export interface AnswersOptions {
  readonly plan: Plan;
  /** What lets the plan grow; a plan that was saved never does. */
  readonly planner?: Planner | undefined;
  readonly readers: Readers;
  readonly selected: Selected;
  readonly states: States;
  readonly looks: Looks;
  readonly staleness: Staleness;
  /** A job that cannot say what it needs is left for its turn, when it fails by itself. */
  readonly keepGoing: boolean;
  /** Outputs are to be taken as they stand: what was removed and only jobs read is not made again. */
  readonly touching: boolean;
}

/** What a job was asked by for the rest of its inputs. */
interface Given {
  readonly files: readonly number[];
  readonly first: string;
  takeBack(): void;
}

const notBegun: readonly Phase[] = ["idle", "waiting", "ready"];

export class Answers {
  readonly #options: AnswersOptions;
  /** Jobs that became stale or may run now and were up to date before; taken by `takeActivated`. */
  #activated: number[] = [];
  /** Jobs that are wanted since the plan grows, and were not. */
  #grown: number[] = [];
  /** Jobs that have said the rest of their inputs, and by what. */
  readonly #given = new Map<number, Given>();
  /** Jobs whose inputs are to be needed and whose readers are to fall. */
  readonly #pending: number[] = [];

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Asks every wanted job, then lets need rise from targets and stale jobs. */
  askAll(): void {
    const { plan, selected, states, looks } = this.#options;
    for (let row = 0; row < plan.jobCount; row++) if (selected.isWanted(row)) this.#ask(row);
    for (const row of selected.askedOnly) states.hide(row, true);
    this.#unhide();
    if (looks.absent.size > 0) this.#needRemoved();
    this.#needFirst();
    // Nobody waits for these yet.
    this.#activated = [];
  }

  #needRemoved(): void {
    const { plan, selected, states } = this.#options;
    for (const target of selected.targets) this.#needTarget(target);
    for (let row = 0; row < plan.jobCount; row++)
      if (selected.isWanted(row) && states.isStale(row)) this.#needInputs(row);
    this.#spread();
  }

  #needTarget(target: Selected["targets"][number]): void {
    if ("file" in target) this.#needFile(target.file);
    else for (const file of this.#needed(target.job)) this.#needFile(file);
  }

  /** Asks a job; before it, whatever it needs that was not asked yet. */
  #ask(first: number, fails = this.#options.keepGoing): void {
    const { plan, states, selected } = this.#options;
    const stack: { readonly job: number; pending: number[]; unable?: boolean }[] = [
      { job: first, pending: [] },
    ];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { job } = top;
      const next = top.pending.pop();
      if (next !== undefined) {
        if (!states.isKnown(next)) stack.push({ job: next, pending: this.#unasked(next) });
      } else if (!states.isKnown(job) && !top.unable && plan.awaited.has(job) && this.#canGrow(job)) {
        top.unable = !this.#grow(job, fails || stack.length > 1);
        top.pending = this.#unasked(job);
      } else {
        stack.pop();
        // As the plan grew, it may have turned out to be left out.
        if (!states.isKnown(job) && selected.isWanted(job)) this.#evaluate(job, top.unable === true);
      }
    }
  }

  #evaluate(job: number, unable: boolean): void {
    const { states, staleness } = this.#options;
    const found = staleness.answer(job);
    // It fails when it is its turn: then it is said why.
    if (unable && found.answer !== "stale") states.setAnswer(job, "stale", reason("changed input set"));
    else states.setAnswer(job, found.answer, found.reason);
  }

  #unasked(job: number): number[] {
    const { plan, selected, states } = this.#options;
    const makers: number[] = [];
    for (const file of plan.inputFiles(job)) {
      const maker = plan.maker(file);
      if (maker >= 0 && !states.isKnown(maker) && selected.isWanted(maker)) makers.push(maker);
    }
    return makers.reverse();
  }

  /** True if the first inputs of an `after` stand and are up to date; what was removed of them is needed. */
  #canGrow(job: number): boolean {
    const { plan, states, selected } = this.#options;
    if (selected.leftOut.has(job)) return false;
    for (const file of plan.inputFiles(job)) this.#needFile(file);
    this.#spread();
    for (const file of plan.inputFiles(job)) {
      const maker = plan.maker(file);
      if (maker >= 0 && states.isActive(maker) && !states.isSettled(maker)) return false;
    }
    return true;
  }

  /** Lets a job ask for the rest of its inputs; false where it cannot and that is to be said later. */
  #grow(job: number, later: boolean): boolean {
    try {
      this.#growPlan(job);
      return true;
    } catch (error) {
      if (!later || !(error instanceof CannotGrow)) throw error;
      return false;
    }
  }

  /** Notes the rows that are wanted now and were not; the plan may have had them before. */
  #growPlan(job: number): void {
    const { plan, planner, readers, selected, states } = this.#options;
    this.#given.get(job)?.takeBack();
    this.#given.delete(job);
    const files = [...plan.inputFiles(job)];
    const takeBack = growPlan(planner!, readers, job);
    this.#given.set(job, { first: this.#contents(files), files, takeBack });
    for (const row of selected.grown(job)) if (!states.isKnown(row)) this.#grown.push(row);
    for (const row of selected.leftOut) states.hide(row, true);
    for (const row of selected.askedOnly) states.hide(row, true);
  }

  /** What was only to be asked may be wanted now that the plan has grown. */
  #unhide(): number[] {
    const { selected, states } = this.#options;
    const shown = states
      .hiddenRows()
      .filter((row) => !selected.askedOnly.has(row) && !selected.leftOut.has(row));
    for (const row of shown) {
      states.hide(row, false);
      if (states.phase(row) === "left out") this.#activated.push(row);
    }
    return shown;
  }

  #contents(files: readonly number[]): string {
    return files.map((file) => this.#options.looks.content(file)).join();
  }

  /** Whether a job has to say what it needs: for the first time, or since what it was asked by has changed. */
  isAsking(job: number): boolean {
    const given = this.#given.get(job);
    if (given === undefined) return this.#options.plan.awaited.has(job);
    return given.first !== this.#contents(given.files);
  }

  /**
   * Grows the plan while it runs, and answers what is new and the job itself, whose first inputs have settled. Throws
   * `CannotGrow` where the job cannot say what it needs. Returns the rows that are wanted now.
   */
  grow(job: number): number[] {
    const { selected, states, staleness } = this.#options;
    this.#grown = [];
    const ends = selected.targets.length;
    this.#growPlan(job);
    const added = this.#grown;
    staleness.forgetGathers();
    // Those that it adds may ask for more at once.
    for (const row of added) this.#ask(row, true);
    const more = [job, ...added, ...this.#unhide()];
    for (const row of more) if (states.isStale(row) && !states.isHidden(row)) this.#needInputs(row);
    for (const target of selected.targets.slice(ends)) this.#needTarget(target);
    this.#spread();
    return added;
  }

  /** Answers a job all of whose makers have settled. One that turns stale needs its removed inputs. */
  settle(job: number): "fresh" | "stale" {
    const { states, staleness } = this.#options;
    if (states.isStale(job)) return "stale";
    const { answer, reason: why } = staleness.settledAnswer(job);
    if (answer === "stale") {
      states.setAnswer(job, "stale", why);
      this.#needInputs(job);
      this.#spread();
      return "stale";
    }
    return "fresh";
  }

  /** The jobs that were up to date and are stale, or may run, since this was asked last. */
  takeActivated(): number[] {
    const activated = this.#activated;
    this.#activated = [];
    return activated;
  }

  /** Jobs that are up to date, but would run if a job that may run does: makers of what was removed, and their readers. */
  onlyIf(): Set<number> {
    const { plan, looks, readers, selected, states } = this.#options;
    const found = new Set<number>();
    if (looks.absent.size === 0) return found;
    readers.update();
    const pending: number[] = [];
    for (const row of selected.rows()) if (states.answer(row) === "maybe") pending.push(row);
    const add = (job: number) => {
      if (!selected.isWanted(job) || states.isActive(job) || found.has(job)) return;
      found.add(job);
      pending.push(job);
    };
    for (let job = pending.pop(); job !== undefined; job = pending.pop()) {
      for (const file of plan.inputFiles(job)) if (looks.absent.has(file)) add(plan.maker(file));
      if (found.has(job)) this.#eachReader(job, add);
    }
    return found;
  }

  /**
   * A job that may have to make removed files again may change all that follows from it. What runs by then would have
   * to run twice: so such a job runs first where some job that runs, or may, follows from it by another way. Not for
   * temporary files, which are removed all the time: where they come out different, the next run goes on.
   */
  #needFirst(): void {
    const { plan, looks, states, touching } = this.#options;
    const isRemoved = (file: number) => looks.absent.has(file) && !plan.isTemporary(file);
    if (touching || ![...looks.absent].some(isRemoved)) return;
    for (let before = -1; before !== this.#activated.length; ) {
      before = this.#activated.length;
      const perhaps = this.onlyIf();
      if (perhaps.size === 0) return;
      for (const job of this.#beforeActive()) {
        const removed = [...plan.outputs(job)].find(isRemoved);
        if (removed !== undefined && perhaps.has(job) && !states.isActive(job)) this.#needFile(removed);
      }
      this.#spread();
    }
  }

  /** Jobs that are up to date and from which active ones follow, but not those that these wait for of themselves. */
  #beforeActive(): Set<number> {
    const { plan, looks, selected, states } = this.#options;
    const found = new Set<number>();
    const gathers = new Set<number>();
    const pending: number[] = [];
    for (const row of selected.rows())
      if (states.isActive(row) && hasBody(plan.ruleOf(row).spec)) pending.push(row);
    for (let job = pending.pop(); job !== undefined; job = pending.pop()) {
      const files = [...plan.inputs(job)].filter((place) => (place & 1) === 0).map((place) => place >> 1);
      for (const gather of plan.gathers(job)) {
        if (!gathers.has(gather)) for (const file of plan.gatherFiles(gather)) files.push(file);
        gathers.add(gather);
      }
      // An active job has what was removed of its inputs made before it runs.
      const asked = new Set<number>();
      if (states.isActive(job))
        for (const file of files) if (looks.absent.has(file)) asked.add(plan.maker(file));
      for (const file of files) {
        const maker = plan.maker(file);
        if (maker < 0 || asked.has(maker) || found.has(maker)) continue;
        if (states.isActive(maker) || !selected.isWanted(maker)) continue;
        found.add(maker);
        pending.push(maker);
      }
    }
    return found;
  }

  #needInputs(job: number): void {
    const { looks, touching } = this.#options;
    if (looks.absent.size > 0 && !touching) for (const file of this.#needed(job)) this.#needFile(file);
  }

  /** The inputs without which a job cannot run. A rule that only names its inputs reads none: temporary ones may be gone. */
  *#needed(job: number): Generator<number> {
    const { plan } = this.#options;
    const { outputs, spec } = plan.ruleOf(job);
    const reads = outputs.length > 0 || hasBody(spec);
    for (const file of plan.inputFiles(job)) if (reads || !plan.isTemporary(file)) yield file;
  }

  #needFile(file: number): void {
    const { plan, looks, selected, states } = this.#options;
    if (!looks.absent.has(file)) return;
    const maker = plan.maker(file);
    if (!selected.isWanted(maker)) return;
    looks.need(maker);
    if (!states.isStale(maker)) this.#activate(maker, "stale", reason("missing output", file));
  }

  #activate(job: number, answer: "maybe" | "stale", why: Reason): void {
    const { states } = this.#options;
    if (!states.isActive(job)) this.#activated.push(job);
    states.setAnswer(job, answer, why);
    this.#pending.push(job);
  }

  /** Goes on from the jobs that were activated, until nothing changes. */
  #spread(): void {
    if (this.#pending.length === 0) return;
    const { readers, states } = this.#options;
    readers.update();
    for (let job = this.#pending.pop(); job !== undefined; job = this.#pending.pop()) {
      const maker = job;
      if (states.isStale(maker)) this.#needInputs(maker);
      this.#eachReader(maker, (reader) => this.#fall(reader, maker));
    }
  }

  /** A job reads what another one makes that is stale or may run. */
  #fall(job: number, maker: number): void {
    const { plan, selected, states, looks } = this.#options;
    if (!states.isKnown(job) || !selected.isWanted(job) || states.isStale(job)) return;
    // One that is up to date, as was known before or turned out, or has not begun.
    if (states.isActive(job) && !notBegun.includes(states.phase(job))) return;
    const rule = plan.ruleOf(job);
    const follows = rule.outputs.length === 0 ? !hasBody(rule.spec) : looks.trace(job) === undefined;
    if (follows && states.isStale(maker)) this.#activate(job, "stale", reason("upstream", maker));
    else if (!states.isActive(job)) this.#activate(job, "maybe", reason("upstream", maker));
  }

  /** Calls `use` with each job that reads an output of a job in a place that counts. */
  #eachReader(job: number, use: (reader: number) => void): void {
    const { plan, readers } = this.#options;
    for (const file of plan.made(job))
      readers.each(file, (reader) => {
        if (reader < 0) readers.eachOfGather(~reader, use);
        else if (plan.inputs(reader).includes(file << 1)) use(reader);
      });
  }
}
