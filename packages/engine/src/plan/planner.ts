/**
 * The planner: from the wanted targets back to the sources, over the rules.
 *
 * It goes depth first, with its own stack, so that a job's row comes after the rows of the jobs that it depends on, and
 * a chain may be as long as memory allows. Every path is looked up once, every job is made once, and a gather is one
 * row: the cost grows with the number of jobs, and not with jobs times rules or inputs.
 */

import type { Inventory } from "../disk/inventory.ts";
import { cannot } from "../errors.ts";
import { expandedPaths } from "../patterns/expand.ts";
import { type AnyRule, type Files, originalOf } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import type { RuleOrder } from "../rules/settings.ts";
import { Chooser } from "./choose.ts";
import { Integers } from "./columns.ts";
import { type Choice, isTooLong, repeatsItself } from "./feasibility.ts";
import { type Awaited, inputsFor, type Need } from "./job-inputs.ts";
import { nestingCheck } from "./nesting.ts";
import { cannotAsk, cycle, endless, makerMissing, sharedOutput, tooLongPath } from "./plan-errors.ts";
import { ancientBit, Plan } from "./table.ts";

/** What is known of a file while the plan is made. */
const unseen = 0;
/** Its job is on the stack, and its inputs are being planned. */
const open = 1;
const made = 2;
const source = 3;
const missing = 4;

/** A job on the stack, whose inputs are being planned. */
interface Frame {
  readonly rule: NamedRule;
  readonly values: readonly string[];
  readonly start: number;
  readonly inputStart: number;
  readonly inputEnd: number;
  readonly given: Files | undefined;
  readonly after: Awaited | undefined;
  /** The next input to look at, then the next gather and the position in it. */
  next: number;
  gather: number;
  position: number;
  /** An input that cannot be made; -1 while there is none. */
  lacks: number;
  /** Its log, if the log was asked for. */
  readonly log?: number;
  /** The job, if it turned out to be impossible. */
  givenUp?: GivenUp;
}

/** A job that cannot run, with the missing sources among its own inputs. */
export interface Impossible {
  readonly rule: NamedRule;
  readonly values: readonly string[];
  readonly lacks: readonly string[];
}

/** The same with its inputs. */
interface GivenUp {
  readonly impossible: Impossible;
  readonly inputs: readonly number[];
}

export interface PlannerOptions {
  readonly rules: readonly NamedRule[];
  readonly disk: Inventory;
  readonly order?: RuleOrder | undefined;
  /** Turns paths into those that functions of rules can open. */
  readonly real?: ((path: string) => string) | undefined;
  /** If something cannot be made, plans the rest and lists the impossible jobs in `impossible`. */
  readonly keepGoing?: boolean | undefined;
  /** Is told what has shaped the plan beside the sources that stand: paths, and whether anything stood there. */
  readonly watch?: ((path: string, stood: boolean) => void) | undefined;
}

export class Planner {
  readonly plan: Plan;
  /** Jobs that cannot run because a source is missing; only with `keepGoing`. */
  readonly impossible: Impossible[] = [];
  readonly #options: PlannerOptions;
  readonly #bySpec: Map<AnyRule, NamedRule>;
  readonly #chooser: Chooser;
  readonly #checkNesting: ReturnType<typeof nestingCheck>;
  readonly #isEndless = endlessCheck();
  readonly #states = new Integers();
  /** The rule that must make a file, if the workflow says so. */
  readonly #makers = new Map<number, NamedRule>();
  /** Why a file cannot be made: an input of its job, or the file itself if no rule makes it. */
  readonly #causes = new Map<number, number>();
  /** Outputs of impossible jobs, existing ones included, each with an input that the job lacks. */
  readonly #unmade = new Map<number, number>();
  /** Outputs of impossible jobs, each with its job. */
  readonly #givenUp = new Map<number, GivenUp>();
  /** The first job that lacks a source. */
  readonly #users = new Map<number, Impossible>();
  /** For gathers that were checked: a file that cannot be made; -1 if there is none. */
  readonly #gathers = new Map<number, number>();
  /** Missing files because of which targets cannot be made. */
  readonly #lacking: { readonly file: number; readonly givenUp: GivenUp | undefined }[] = [];
  /** Jobs of `impossible`. */
  readonly #listed = new Set<GivenUp>();
  /** Some job was impossible: rows planned for it may be of no use. */
  hasLoose = false;
  #stack: Frame[] = [];

  constructor(options: PlannerOptions) {
    const { rules, disk, order, watch } = options;
    const stat = (path: string) => {
      const found = disk.stat(path);
      watch?.(path, found !== null);
      return found;
    };
    this.plan = new Plan(rules);
    this.#options = options;
    this.#bySpec = new Map(rules.map((rule) => [originalOf(rule.spec), rule]));
    this.#chooser = new Chooser(rules, { stat }, order);
    this.#checkNesting = nestingCheck(rules);
  }

  /**
   * Plans the jobs for `targets`: names of rules without wildcards, or paths. Throws if no rule makes a missing file,
   * if two rules could make a file, or if jobs need each other.
   */
  add(targets: readonly string[]): void {
    const from = this.plan.jobCount;
    for (const target of targets) this.#addTarget(target);
    for (const { file, givenUp } of this.#lacking) {
      // If no rule makes the target itself, there is nothing to go on with.
      if (!this.#options.keepGoing || givenUp === undefined) throw this.missingError(file);
      this.#list(givenUp);
    }
    this.#checkNesting(this.plan, from);
  }

  #addTarget(target: string): void {
    const rule = this.#options.rules.find((one) => one.name === target);
    if (rule === undefined) {
      this.#addFile(this.plan.file(target));
      return;
    }
    if (rule.wildcards.length > 0) throw cannotAsk(rule);
    if (rule.outputs.length === 0) {
      this.#addJob(rule);
      return;
    }
    for (const output of rule.outputs) {
      const file = this.plan.file(output.fill([]));
      this.#makers.set(file, rule);
      this.#addFile(file);
    }
  }

  #addFile(file: number): void {
    this.visit(file);
    const lacks = this.#unmade.get(file) ?? (this.#state(file) === missing ? file : -1);
    if (lacks < 0) return void this.plan.targets.push({ file });
    this.#lacking.push({ file: lacks, givenUp: this.#givenUp.get(file) });
  }

  /** A target without outputs. */
  #addJob(rule: NamedRule): void {
    if (this.plan.targets.some((target) => "job" in target && this.plan.ruleOf(target.job) === rule)) return;
    const frame = this.#begin({ rule, values: [] });
    this.#work(frame);
    if (frame.lacks >= 0) this.#lacking.push({ file: frame.lacks, givenUp: frame.givenUp });
    else this.plan.targets.push({ job: this.plan.jobCount - 1 });
  }

  /** Plans what makes a file and all that it needs. */
  visit(file: number): void {
    if (this.#state(file) !== unseen) return;
    this.#enter(file, undefined);
    this.#work();
  }

  #work(first?: Frame): void {
    if (first !== undefined) this.#stack.push(first);
    for (let frame = this.#stack.at(-1); frame !== undefined; frame = this.#stack.at(-1)) {
      const next = this.#nextInput(frame);
      if (next >= 0) this.#enter(next, frame);
      else {
        this.#stack.pop();
        this.#finish(frame);
      }
    }
  }

  /** The next input of a job of which nothing is known; -1 when all are known. */
  #nextInput(frame: Frame): number {
    const { plan } = this;
    for (; frame.next < frame.inputEnd; frame.next++) {
      const file = plan.columns.items.at(frame.next) >> 1;
      if (this.#state(file) === unseen) return file;
      this.#note(file, frame);
    }
    const gathers = plan.gathersOfRule[frame.rule.index]!;
    for (; frame.gather < gathers.length; frame.gather++, frame.position = 0) {
      const gather = gathers[frame.gather]!;
      const known = this.#gathers.get(gather);
      if (known !== undefined) {
        if (frame.lacks < 0) frame.lacks = known;
        continue;
      }
      const files = plan.gatherFiles(gather);
      for (; frame.position < files.length; frame.position++) {
        const file = files[frame.position]!;
        if (this.#state(file) === unseen) return file;
        this.#note(file, frame);
      }
      this.#gathers.set(gather, files.find((file) => this.#state(file) === missing) ?? -1);
    }
    return -1;
  }

  #note(file: number, frame: Frame): void {
    const state = this.#state(file);
    if (state === open) throw this.#cycle(file);
    if (state === missing && frame.lacks < 0) frame.lacks = file;
  }

  /** Finds what makes a file; `wanter` is the job that needs it. */
  #enter(file: number, wanter: Frame | undefined): void {
    const path = this.plan.path(file);
    const choice = this.#chooser.choose(path, wanter, this.#makers.get(file));
    if (choice === null) {
      const stands = this.#stands(path);
      this.#setState(file, stands ? source : missing);
      if (!stands) this.#causes.set(file, file);
      return;
    }
    if (this.#isEndless(choice.rule, path)) throw endless(choice, path, this.#stack);
    if (choice.output === -1) this.#enterLog(file, choice);
    else this.#stack.push(this.#begin(choice, file));
  }

  #stands(path: string): boolean {
    const { disk, watch } = this.#options;
    const stands = disk.stat(path) !== null;
    if (!stands) watch?.(path, false);
    return stands;
  }

  /** The log of a job is an input of another one: the job may stand already, for the sake of its outputs. */
  #enterLog(file: number, choice: Choice): void {
    const { plan } = this;
    const [first] = choice.rule.outputs;
    const output = first === undefined ? -1 : plan.find(first.fill(choice.values));
    const state = output < 0 ? unseen : this.#state(output);
    if (state === open) throw this.#cycle(output);
    if (state === made) this.#setLog(file, plan.maker(output));
    else if (state === unseen) this.#stack.push({ ...this.#begin(choice), log: file });
    else {
      this.#setState(file, missing);
      this.#causes.set(file, this.#causes.get(output) ?? file);
    }
  }

  #setLog(file: number, row: number): void {
    this.#setState(file, made);
    this.plan.setLog(file, row);
  }

  /** Writes the items of a job and opens its outputs; `wanted` is the file that it was chosen for. */
  #begin(choice: Choice, wanted?: number): Frame {
    const { rule, values } = choice;
    const { plan } = this;
    const { items } = plan.columns;
    const start = items.length;
    for (const value of values) items.push(plan.texts.words.add(value));
    for (let i = 0; i < rule.outputs.length; i++) {
      const chosen = wanted !== undefined && i === choice.output;
      this.#openOutput(chosen ? wanted : plan.file(rule.outputs[i]!.fill(values)), choice);
    }
    const inputStart = items.length;
    let given: Files | undefined;
    let after: Awaited | undefined;
    if (rule.gathers.length > 0 && plan.gathersOfRule[rule.index]!.length === 0)
      plan.gathersOfRule[rule.index] = rule.gathers.map((expanded) =>
        plan.gather(expanded, () => expandedPaths(expanded)),
      );
    if (rule.simple) for (const input of rule.singles) items.push(plan.file(input.fill(values)) << 1);
    else {
      const inputs = inputsFor(rule, values, this.#options.real);
      ({ given, after } = inputs);
      for (const place of this.places(inputs.needs)) items.push(place);
    }
    const inputEnd = items.length;
    return {
      rule,
      values,
      start,
      inputStart,
      inputEnd,
      given,
      after,
      next: inputStart,
      gather: 0,
      position: 0,
      lacks: -1,
    };
  }

  #openOutput(file: number, choice: Choice): void {
    const { plan } = this;
    const path = plan.path(file);
    const state = this.#state(file);
    if (state === made) {
      const row = plan.maker(file);
      throw sharedOutput(path, { rule: plan.ruleOf(row), values: plan.values(row) }, choice);
    }
    if (state === open) throw sharedOutput(path, this.#ownerOf(file), choice);
    if (isTooLong(path)) throw tooLongPath(path, choice);
    this.#setState(file, open);
    plan.columns.items.push(file);
  }

  /** The input places of needs. */
  places(needs: readonly Need[]): number[] {
    return needs.map(({ path, ancient, maker }) => {
      const file = this.plan.file(path);
      if (maker !== undefined) {
        const rule = this.#bySpec.get(originalOf(maker));
        if (rule === undefined)
          throw cannot("plan", path, "the rule that madeBy() names is not in the workflow");
        this.#makers.set(file, rule);
      }
      return (file << 1) | (ancient ? ancientBit : 0);
    });
  }

  /** All inputs of a job are known: it gets its row, or turns out to be impossible. */
  #finish(frame: Frame): void {
    if (frame.lacks >= 0) {
      this.#giveUp(frame);
      return;
    }
    const { plan } = this;
    const row = plan.addJob(frame.rule.index, frame.start, frame.inputStart, frame.inputEnd);
    for (const file of plan.outputs(row)) this.#setState(file, made);
    if (frame.log !== undefined) this.#setLog(frame.log, row);
    if (frame.given !== undefined) plan.given.set(row, frame.given);
    if (frame.after !== undefined) {
      plan.awaited.set(row, frame.after);
      plan.firstLists.set(row, frame.after.listed);
      for (const place of plan.inputs(row)) plan.asked.add(place >> 1);
    }
  }

  /** Other jobs use existing outputs of an impossible job as they are; its other outputs cannot be made. */
  #giveUp(frame: Frame): void {
    const { plan } = this;
    this.hasLoose = true;
    const { items } = plan.columns;
    const inputs = [...new Set(this.#inputsOf(frame))];
    const lacks = inputs.filter((file) => this.#causes.get(file) === file);
    const impossible = {
      rule: frame.rule,
      values: frame.values,
      lacks: lacks.map((file) => plan.path(file)),
    };
    for (const file of lacks) if (!this.#users.has(file)) this.#users.set(file, impossible);
    const givenUp: GivenUp = { impossible, inputs };
    frame.givenUp = givenUp;
    if (frame.log !== undefined) {
      this.#givenUp.set(frame.log, givenUp);
      this.#setState(frame.log, missing);
      this.#causes.set(frame.log, frame.lacks);
    }
    for (let at = frame.inputStart - frame.rule.outputs.length; at < frame.inputStart; at++) {
      const file = items.at(at);
      const stands = this.#stands(plan.path(file));
      this.#setState(file, stands ? source : missing);
      if (!stands) this.#causes.set(file, frame.lacks);
      this.#unmade.set(file, frame.lacks);
      this.#givenUp.set(file, givenUp);
    }
  }

  /**
   * A target needs an impossible job. The job is listed after those that it depends on, and its possible inputs are
   * still made.
   */
  #list(root: GivenUp): void {
    const stack: { readonly job: GivenUp; next: number }[] = [];
    const enter = (job: GivenUp | undefined) => {
      if (job === undefined || this.#listed.has(job)) return;
      this.#listed.add(job);
      stack.push({ job, next: 0 });
    };
    enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { impossible, inputs } = top.job;
      const file = inputs[top.next++];
      if (file !== undefined) {
        if (this.#state(file) === missing) enter(this.#givenUp.get(file));
        continue;
      }
      stack.pop();
      this.impossible.push(impossible);
      for (const one of inputs) if (this.#state(one) === made) this.plan.targets.push({ file: one });
    }
  }

  #inputsOf(frame: Frame): number[] {
    const { plan } = this;
    const own = Array.from(plan.columns.items.view(frame.inputStart, frame.inputEnd), (place) => place >> 1);
    return [...own, ...plan.gathersOfRule[frame.rule.index]!.flatMap((row) => [...plan.gatherFiles(row)])];
  }

  /** Whether a file exists or can be made. */
  isMissing(file: number): boolean {
    return this.#state(file) === missing;
  }

  /** Follows the causes down to the sources that are missing. */
  missingError(file: number): Error {
    let root = file;
    for (let next = this.#causes.get(root)!; next !== root; next = this.#causes.get(root)!) root = next;
    const { rules, disk } = this.#options;
    const users = [...new Set(this.#users.values())];
    return makerMissing(rules, this.plan.path(root), this.#users.get(root), users, disk);
  }

  /** Checks the jobs from `row` on after the plan has grown. */
  checkNesting(row: number): void {
    this.#checkNesting(this.plan, row);
  }

  /** Where the plan ends, for `forget`. */
  mark() {
    return { ...this.plan.mark(), hasLoose: this.hasLoose };
  }

  /** Undoes everything since `mark`: a later growth may ask for the same. */
  forget(mark: ReturnType<Planner["mark"]>): void {
    this.#stack = [];
    this.plan.truncate(mark);
    this.hasLoose = mark.hasLoose;
    this.#states.truncate(Math.min(mark.files, this.#states.length));
    for (const map of [this.#causes, this.#unmade, this.#users, this.#makers, this.#givenUp])
      for (const file of map.keys()) if (file >= mark.files) map.delete(file);
    for (const gather of this.#gathers.keys()) if (gather >= mark.gathers) this.#gathers.delete(gather);
  }

  #state(file: number): number {
    return file < this.#states.length ? this.#states.at(file) : unseen;
  }

  #setState(file: number, state: number): void {
    while (this.#states.length <= file) this.#states.push(unseen);
    this.#states.set(file, state);
  }

  #owns(frame: Frame, file: number): boolean {
    const { items } = this.plan.columns;
    return items.view(frame.inputStart - frame.rule.outputs.length, frame.inputStart).includes(file);
  }

  #ownerOf(file: number): Frame {
    return this.#stack.find((frame) => this.#owns(frame, file))!;
  }

  #cycle(file: number): Error {
    const from = this.#stack.findIndex((frame) => this.#owns(frame, file));
    const round = this.#stack.slice(from);
    return cycle([...round, round[0]!]);
  }
}

/**
 * Detects endless recursion, such as `{x}.txt` made from `{x}.txt.txt`: paths of one rule that keep growing and repeat
 * a part of themselves.
 */
function endlessCheck(): (rule: NamedRule, path: string) => boolean {
  const longest: number[] = [];
  const raised: number[] = [];
  return ({ index }, path) => {
    if (path.length <= (longest[index] ?? 0)) return false;
    longest[index] = path.length;
    raised[index] = (raised[index] ?? 0) + 1;
    return raised[index] > 20 && (isTooLong(path) || repeatsItself(path));
  };
}
