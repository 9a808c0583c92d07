/**
 * The answers of all jobs of a plan, and how they depend on each other.
 *
 * Jobs are asked in the plan's order, each after those that it depends on, with an explicit stack where the plan grows.
 * Then need spreads to makers: a removed output that is a target, or that a stale job reads, is made again. And maybe
 * spreads to readers: a job that reads an output of a maybe job is maybe too, except through an ancient place.
 */

import { FileAccessError } from "../disk/file-errors.ts";
import { GrowthError, growPlan } from "../plan/growth.ts";
import type { Planner } from "../plan/planner.ts";
import type { Readers } from "../plan/readers.ts";
import { RecipeError } from "../plan/recipe.ts";
import type { Selected } from "../plan/select.ts";
import type { Plan } from "../plan/table.ts";
import { hasBody } from "../rules/rule.ts";
import type { FileStates } from "./file-states.ts";
import type { Staleness } from "./staleness.ts";
import { type Phase, type Reason, reason, type States } from "./states.ts";

export interface AnswersOptions {
  readonly plan: Plan;
  /** Lets the plan grow; absent for a saved plan, which never grows. */
  readonly planner?: Planner | undefined;
  readonly readers: Readers;
  readonly selected: Selected;
  readonly states: States;
  readonly fileStates: FileStates;
  readonly staleness: Staleness;
  /** A job whose `after` throws fails later, when it is its turn. */
  readonly keepGoing: boolean;
  /** Outputs are taken as they are: removed outputs that only jobs read are not made again. */
  readonly touching: boolean;
}

/** The first inputs, with their contents, by which a job named the rest. */
interface FirstInputs {
  readonly files: readonly number[];
  readonly first: string;
  undo(): void;
}

const notBegun: readonly Phase[] = ["idle", "waiting", "ready"];

export class Answers {
  readonly #options: AnswersOptions;
  /** Jobs whose `after` or params function failed, or whose inputs could not be read, and why. */
  readonly failedGrowth = new Map<number, string>();
  /** Jobs that were up to date and became stale or maybe; taken by `takeActivated`. */
  #activated: number[] = [];
  /** Jobs that became wanted as the plan grew. */
  #grown: number[] = [];
  /** Jobs that have named the rest of their inputs. */
  readonly #firstInputs = new Map<number, FirstInputs>();
  /** Jobs whose inputs are to be needed and whose readers are to fall. */
  readonly #pending: number[] = [];

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Answers for every wanted job, then propagates need from targets and stale jobs. */
  answerAll(): void {
    const { plan, selected, states, fileStates } = this.#options;
    for (let row = 0; row < plan.jobCount; row++) if (selected.isWanted(row)) this.#answerFrom(row);
    for (const row of selected.growthOnly) states.hide(row, true);
    this.#unhide();
    if (fileStates.absent.size > 0) this.#needRemoved();
    this.#needMissingTargets();
    this.#needFirst();
    // The run has not started, so nobody waits for these yet.
    this.#activated = [];
  }

  #needRemoved(): void {
    const { selected, states, staleness } = this.#options;
    for (const target of selected.targets) this.#needTarget(target);
    const seen = new Set<number>();
    for (const rows of [states.rowsOf("stale"), staleness.openParams()])
      for (const row of rows) if (selected.isWanted(row)) this.#needInputs(row, seen);
    this.#spread();
  }

  /** Whether a job runs, or its params function must be asked again: both need its inputs. */
  #readsInputs(job: number): boolean {
    const { states, staleness } = this.#options;
    return states.isStale(job) || staleness.hasOpenParams(job);
  }

  /** A file that is asked for, in a folder that does not have it: the job that makes the folder runs, and must make it. */
  #needMissingTargets(): void {
    const { plan, selected, states, fileStates } = this.#options;
    if (plan.extras.size === 0) return;
    for (const target of selected.targets) {
      if (!("file" in target) || !fileStates.isExtraMissing(target.file)) continue;
      const maker = plan.maker(target.file);
      if (selected.isWanted(maker) && !states.isActive(maker))
        this.#activate(maker, "stale", reason("missing output", target.file));
    }
    this.#spread();
  }

  #needTarget(target: Selected["targets"][number]): void {
    if ("file" in target) this.#needFile(target.file);
    else for (const file of this.#needed(target.job, new Set())) this.#needFile(file);
  }

  /** Answers for a job, after the jobs that it depends on. */
  #answerFrom(first: number, fails = this.#options.keepGoing): void {
    const { plan, states, selected } = this.#options;
    if (!plan.afterInputs.has(first)) {
      if (!states.isKnown(first) && selected.isWanted(first)) this.#evaluate(first, false, fails);
      return;
    }
    const stack: { readonly job: number; pending: number[]; unable?: boolean }[] = [
      { job: first, pending: [] },
    ];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { job } = top;
      const next = top.pending.pop();
      if (next !== undefined) {
        if (!states.isKnown(next)) stack.push({ job: next, pending: this.#unansweredNeeds(next) });
      } else if (!states.isKnown(job) && !top.unable && plan.afterInputs.has(job) && this.#canGrow(job)) {
        top.unable = !this.#grow(job, fails || stack.length > 1);
        top.pending = this.#unansweredNeeds(job);
      } else {
        stack.pop();
        // It may have turned out to be left out as the plan grew.
        if (!states.isKnown(job) && selected.isWanted(job)) this.#evaluate(job, top.unable === true, fails);
      }
    }
  }

  /**
   * A job that is `unable` to say its inputs, or where `fails` is set cannot read one or say its params, fails when it
   * is its turn, with the reason.
   */
  #evaluate(job: number, unable: boolean, fails: boolean): void {
    const { states, staleness } = this.#options;
    const later = { answer: "stale", reason: reason("changed input set") } as const;
    let found: ReturnType<Staleness["answer"]> = later;
    try {
      found = staleness.answer(job);
    } catch (error) {
      if (!fails || !(error instanceof FileAccessError || error instanceof RecipeError)) throw error;
      this.failedGrowth.set(job, error.message);
    }
    const { answer, reason: why } = unable && found.answer !== "stale" ? later : found;
    states.setAnswer(job, answer, why);
  }

  #unansweredNeeds(job: number): number[] {
    const { plan, selected, states } = this.#options;
    const makers: number[] = [];
    for (const file of plan.inputFiles(job)) {
      const maker = plan.maker(file);
      if (maker >= 0 && !states.isKnown(maker) && selected.isWanted(maker)) makers.push(maker);
    }
    return makers.reverse();
  }

  /** True if the first inputs of an `after` exist and are up to date; removed ones are needed. */
  #canGrow(job: number): boolean {
    const { plan, states, selected, fileStates } = this.#options;
    if (selected.leftOut.has(job)) return false;
    for (const file of plan.inputFiles(job)) this.#needFile(file);
    this.#spread();
    for (const file of plan.inputFiles(job)) {
      // The job fails when it is its turn.
      if (fileStates.isExtraMissing(file)) return false;
      const maker = plan.maker(file);
      if (maker >= 0 && states.isActive(maker) && !states.isSettled(maker)) return false;
    }
    return true;
  }

  /** Calls a job's `after` for the rest of its inputs; false if it fails and the error is reported later. */
  #grow(job: number, later: boolean): boolean {
    try {
      this.#growPlan(job);
      return true;
    } catch (error) {
      if (!later || !(error instanceof GrowthError || error instanceof FileAccessError)) throw error;
      this.failedGrowth.set(job, error.message);
      return false;
    }
  }

  /** Notes the rows that became wanted; they may have been in the plan before. */
  #growPlan(job: number): void {
    const { plan, planner, readers, selected, states } = this.#options;
    this.#firstInputs.get(job)?.undo();
    this.#firstInputs.delete(job);
    const files = [...plan.inputFiles(job)];
    const first = this.#contents(files);
    const undo = growPlan(planner!, readers, job);
    this.#firstInputs.set(job, { first, files, undo });
    this.#needExtras(job);
    for (const row of selected.extend(job)) if (!states.isKnown(row)) this.#grown.push(row);
    for (const row of selected.leftOut) states.hide(row, true);
    for (const row of selected.growthOnly) states.hide(row, true);
  }

  /** An extra file that its job must make: the job was found up to date before somebody asked for the file. */
  #needExtras(job: number): void {
    const { plan, fileStates, states, selected } = this.#options;
    if (plan.extras.size === 0) return;
    for (const file of plan.inputFiles(job)) {
      const maker = plan.maker(file);
      if (maker < 0 || plan.place(file) >= 0 || !states.isKnown(maker) || states.isActive(maker)) continue;
      if (selected.isWanted(maker) && fileStates.isExtraLost(file))
        this.#activate(maker, "stale", reason("missing output", file));
    }
  }

  /** What was only to be asked may be wanted now that the plan has grown. */
  #unhide(): number[] {
    const { selected, states } = this.#options;
    const shown = states
      .hiddenRows()
      .filter((row) => !selected.growthOnly.has(row) && !selected.leftOut.has(row));
    for (const row of shown) {
      states.hide(row, false);
      if (states.phase(row) === "left out") this.#activated.push(row);
    }
    return shown;
  }

  #contents(files: readonly number[]): string {
    return files.map((file) => this.#options.fileStates.content(file)).join();
  }

  /** Whether a job must name its inputs: for the first time, or again because its first inputs have changed. */
  willGrow(job: number): boolean {
    const given = this.#firstInputs.get(job);
    if (given === undefined) return this.#options.plan.afterInputs.has(job);
    return given.first !== this.#contents(given.files);
  }

  /**
   * Grows the plan during a run by a job whose first inputs have settled, and answers for the job and the new ones.
   * Throws `GrowthError` if the job's `after` fails. Returns the newly wanted rows.
   */
  grow(job: number): number[] {
    const { selected, states, staleness } = this.#options;
    this.#grown = [];
    const ends = selected.targets.length;
    this.#growPlan(job);
    const added = this.#grown;
    staleness.forgetGathers();
    // The jobs that it adds may ask for more immediately.
    for (const row of added) this.#answerFrom(row, true);
    const more = [job, ...added, ...this.#unhide()];
    for (const row of more) if (this.#readsInputs(row) && !states.isHidden(row)) this.#needInputs(row);
    for (const target of selected.targets.slice(ends)) this.#needTarget(target);
    this.#spread();
    return added;
  }

  /**
   * Answers for a job whose makers have all settled. If it turns stale, it needs its removed inputs. "maybe": its params
   * function does, and must be asked again when they are made.
   */
  settle(job: number): "fresh" | "maybe" | "stale" {
    const { states, staleness } = this.#options;
    if (states.isStale(job)) return "stale";
    const { answer, reason: why } = staleness.settledAnswer(job);
    if (answer === "fresh") return "fresh";
    if (answer === "stale") states.setAnswer(job, "stale", why);
    this.#needInputs(job);
    this.#spread();
    if (answer === "stale" || this.#unsettledNeeds(job)) return answer;
    // Nobody makes them again.
    states.setAnswer(job, "stale", reason("changed params"));
    return "stale";
  }

  #unsettledNeeds(job: number): boolean {
    const { plan, states } = this.#options;
    for (const file of plan.inputFiles(job)) {
      const maker = plan.maker(file);
      if (maker >= 0 && states.isActive(maker) && !states.isSettled(maker)) return true;
    }
    return false;
  }

  /** The jobs that became stale or maybe since the last call and were up to date before. */
  takeActivated(): number[] {
    const activated = this.#activated;
    this.#activated = [];
    return activated;
  }

  /** Up-to-date jobs that run if a maybe job runs: makers of removed files, and their readers. */
  onlyIf(): Set<number> {
    const { plan, fileStates, selected, states } = this.#options;
    const found = new Set<number>();
    if (fileStates.absent.size === 0) return found;
    const pending: number[] = [];
    for (const row of states.rowsOf("maybe")) if (selected.isWanted(row)) pending.push(row);
    const add = (job: number) => {
      if (!selected.isWanted(job) || states.isActive(job) || found.has(job)) return;
      found.add(job);
      pending.push(job);
    };
    const needed = new Set<number>();
    const followed = new Set<number>();
    for (let job = pending.pop(); job !== undefined; job = pending.pop()) {
      for (const file of this.#inputsBeside(job, needed))
        if (fileStates.isAbsent(file)) add(plan.maker(file));
      if (found.has(job)) this.#eachReader(job, add, followed);
    }
    return found;
  }

  /** The inputs of a job, except for gathers in `seen`; adds its gathers to `seen`. */
  *#inputsBeside(job: number, seen: Set<number>): Generator<number> {
    const { plan } = this.#options;
    for (const place of plan.inputs(job)) yield place >> 1;
    for (const gather of plan.gathers(job)) {
      if (seen.has(gather)) continue;
      seen.add(gather);
      yield* plan.gatherFiles(gather);
    }
  }

  /**
   * A job that may have to make removed files again may change everything that depends on it, and jobs that ran before
   * it would have to run twice. So it runs first if a stale or maybe job also depends on it in another way. This does
   * not apply to temporary files, which are often removed: if they come out different, the next run goes on from there.
   */
  #needFirst(): void {
    const { plan, fileStates, states, touching } = this.#options;
    const isRemoved = (file: number) => fileStates.absent.has(file) && !plan.isTemporary(file);
    if (touching || ![...fileStates.absent].some(isRemoved)) return;
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

  /** Up-to-date jobs that active jobs depend on, except those for which these wait anyway. */
  #beforeActive(): Set<number> {
    const { plan, fileStates, selected, states } = this.#options;
    const found = new Set<number>();
    const gathers = new Set<number>();
    const pending: number[] = [];
    for (const row of states.rowsOf("maybe", "stale"))
      if (selected.isWanted(row) && hasBody(plan.ruleOf(row).spec)) pending.push(row);
    for (let job = pending.pop(); job !== undefined; job = pending.pop()) {
      const files = [...plan.inputs(job)].filter((place) => (place & 1) === 0).map((place) => place >> 1);
      for (const gather of plan.gathers(job)) {
        if (!gathers.has(gather)) for (const file of plan.gatherFiles(gather)) files.push(file);
        gathers.add(gather);
      }
      // The removed inputs of an active job are made before it runs.
      const absentMakers = new Set<number>();
      if (states.isActive(job))
        for (const file of files) if (fileStates.isAbsent(file)) absentMakers.add(plan.maker(file));
      for (const file of files) {
        const maker = plan.maker(file);
        if (maker < 0 || absentMakers.has(maker) || found.has(maker)) continue;
        if (states.isActive(maker) || !selected.isWanted(maker)) continue;
        found.add(maker);
        pending.push(maker);
      }
    }
    return found;
  }

  #needInputs(job: number, seen = new Set<number>()): void {
    const { fileStates, touching } = this.#options;
    if (fileStates.absent.size > 0 && !touching)
      for (const file of this.#needed(job, seen)) this.#needFile(file);
  }

  /** The inputs without which a job cannot run. A rule without a body reads none: temporary ones may be removed. */
  *#needed(job: number, seen: Set<number>): Generator<number> {
    const { plan } = this.#options;
    const { outputs, spec } = plan.ruleOf(job);
    const reads = outputs.length > 0 || hasBody(spec);
    // A rule without a body skips temporary files that other jobs may need.
    for (const file of this.#inputsBeside(job, reads ? seen : new Set()))
      if (reads || !plan.isTemporary(file)) yield file;
  }

  #needFile(file: number): void {
    const { plan, fileStates, selected, states } = this.#options;
    if (!fileStates.isAbsent(file)) return;
    const maker = plan.maker(file);
    // A job runs once: what this run has made and removed stays so.
    if (!selected.isWanted(maker) || (states.isStale(maker) && states.isSettled(maker))) return;
    fileStates.need(maker);
    if (!states.isStale(maker)) this.#activate(maker, "stale", reason("missing output", file));
  }

  #activate(job: number, answer: "maybe" | "stale", why: Reason): void {
    const { states } = this.#options;
    if (!states.isActive(job)) this.#activated.push(job);
    states.setAnswer(job, answer, why);
    this.#pending.push(job);
  }

  /** Propagates from activated jobs until nothing changes. */
  #spread(): void {
    if (this.#pending.length === 0) return;
    const { states } = this.#options;
    const needed = new Set<number>();
    // A stale job may change readers that a maybe job did not.
    const followed = { stale: new Set<number>(), maybe: new Set<number>() };
    for (let job = this.#pending.pop(); job !== undefined; job = this.#pending.pop()) {
      const maker = job;
      const isStale = states.isStale(maker);
      if (isStale) this.#needInputs(maker, needed);
      const fall = (reader: number) => this.#downgrade(reader, maker);
      this.#eachReader(maker, fall, isStale ? followed.stale : followed.maybe);
    }
  }

  /** A job reads an output of a job that is stale or maybe. */
  #downgrade(job: number, maker: number): void {
    const { plan, selected, states, fileStates } = this.#options;
    if (!states.isKnown(job) || !selected.isWanted(job) || states.isStale(job)) return;
    // Only jobs that are up to date or have not begun.
    if (states.isActive(job) && !notBegun.includes(states.phase(job))) return;
    const rule = plan.ruleOf(job);
    const follows = rule.outputs.length === 0 ? !hasBody(rule.spec) : fileStates.trace(job) === undefined;
    if (follows && states.isStale(maker)) this.#activate(job, "stale", reason("upstream", maker));
    else if (!states.isActive(job)) this.#activate(job, "maybe", reason("upstream", maker));
  }

  /** Calls `use` with each job that reads an output of a job in a place that counts, but not over gathers among `seen`. */
  #eachReader(job: number, use: (reader: number) => void, seen: Set<number>): void {
    const { plan, readers } = this.#options;
    const counts = (reader: number, file?: number) =>
      file === undefined || plan.inputs(reader).includes(file << 1);
    readers.follow(plan.made(job), (reader, file) => counts(reader, file) && use(reader), seen);
  }
}
