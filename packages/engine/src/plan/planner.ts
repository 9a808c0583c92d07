/**
 * The planner: from the wanted targets back to the sources, over the rules.
 *
 * It goes depth first, with its own stack, so that a job's row comes after the rows of the jobs that it depends on, and
 * a chain may be as long as memory allows. Every path is looked up once, every job is made once, and a gather is one
 * row: the cost grows with the number of jobs, and not with jobs times rules or inputs.
 */

import type { Inventory } from "../disk/inventory.ts";
import { pathInside } from "../disk/locate.ts";
import { cannot } from "../errors.ts";
import { expandedPaths } from "../patterns/expand.ts";
import { type AnyRule, type Files, hasBody, originalOf } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import type { RuleOrder } from "../rules/settings.ts";
import { type Choice, RuleChooser } from "./choose.ts";
import { RowColumn } from "./columns.ts";
import { type AfterInputs, inputsFor, type NeededPath } from "./job-inputs.ts";
import { JobStack, type StackedJob } from "./job-stack.ts";
import { type ImpossibleJob, UnmadeFiles, type UnmadeJob } from "./missing-files.ts";
import { checkNesting, isTooLong, recursionCheck } from "./path-checks.ts";
import {
  cycleError,
  endlessError,
  noRuleError,
  ownInputError,
  sameFileError,
  sharedOutputError,
  tooLongPathError,
  wildcardTargetError,
} from "./plan-errors.ts";
import { ancientBit, Plan } from "./table.ts";

/** The states of a file. Open: its job is on the stack, and its inputs are being planned. */
const [unseen, open, made, source, missing] = [0, 1, 2, 3, 4];

export interface PlannerOptions {
  readonly rules: readonly NamedRule[];
  readonly disk: Inventory;
  readonly order?: RuleOrder | undefined;
  /** Turns paths into those that functions of rules can open. */
  readonly real?: ((path: string) => string) | undefined;
  /** Other paths of a file, by links on the way to it, and of the files that it leads to if it is a link. */
  readonly linkedPaths?: ((path: string) => readonly string[]) | undefined;
  /** If something cannot be made, plans the rest and lists the impossible jobs in `impossible`. */
  readonly keepGoing?: boolean | undefined;
  /** Whether a job's record, if it has one, allows that it was made from these inputs. */
  readonly wasMadeFrom?:
    | ((job: Choice, outputs: readonly string[], inputs: readonly string[]) => boolean)
    | undefined;
  /** Called with the paths, other than existing sources, whose existence has shaped the plan. */
  readonly watch?: ((path: string, stood: boolean) => void) | undefined;
}

export class Planner {
  readonly plan: Plan;
  /** Jobs that cannot run because a source is missing; only with `keepGoing`. */
  readonly impossible: ImpossibleJob[] = [];
  readonly #options: PlannerOptions;
  readonly #bySpec: Map<AnyRule, NamedRule>;
  readonly #chooser: RuleChooser;
  readonly #checkNesting: ReturnType<typeof checkNesting>;
  readonly #isEndless = recursionCheck();
  /** By file. */
  readonly #states = new RowColumn(new Uint8Array(0));
  /** The rule that must make a file, if the workflow says so. */
  readonly #makers = new Map<number, NamedRule>();
  readonly #unmade: UnmadeFiles;
  /** For gathers that were checked: a file that cannot be made; -1 if there is none. */
  readonly #gathers = new Map<number, number>();
  /** By rule without outputs, its job: the row, or the job if it is impossible. A log asks for it, or its name. */
  readonly #withoutOutputs = new Map<NamedRule, number | UnmadeJob>();
  /** Targets that cannot be made: the file that is missing, and the job that lacks it. */
  readonly #missing: { readonly file: number; readonly job: UnmadeJob | undefined }[] = [];
  /** Some job could not be made: rows of what it needs may be of no use. */
  hasLoose = false;
  readonly #stack: JobStack;

  constructor(options: PlannerOptions) {
    const { rules, disk, order, watch } = options;
    const stat = (path: string) => {
      const found = disk.stat(path);
      watch?.(path, found !== null);
      return found;
    };
    this.plan = new Plan(rules);
    this.#stack = new JobStack(this.plan);
    this.#unmade = new UnmadeFiles(this.plan);
    this.#options = options;
    this.#bySpec = new Map(rules.map((rule) => [originalOf(rule.spec), rule]));
    this.#chooser = new RuleChooser(rules, { stat }, order);
    this.#checkNesting = checkNesting(rules);
  }

  /**
   * Plans the jobs for `targets`: names of rules without wildcards, or paths. Throws if no rule makes a missing file,
   * if two rules could make a file, or if jobs need each other. `forced`: only their jobs are wanted, not their files.
   */
  add(targets: readonly string[], beside?: "forced"): void {
    const from = this.plan.jobCount;
    for (const target of targets) this.#addTarget(target, beside);
    for (const { file, job } of this.#missing) {
      // If no rule makes the target itself, there is nothing to go on with.
      if (!this.#options.keepGoing || job === undefined) throw this.missingError(file);
      this.#list(job);
    }
    this.#checkNesting(this.plan, from);
  }

  #addTarget(target: string, beside: "forced" | undefined): void {
    const rule = this.#options.rules.find((one) => one.name === target);
    if (rule === undefined) {
      this.#addFile(this.plan.file(target), beside);
      return;
    }
    if (rule.wildcards.length > 0) throw wildcardTargetError(rule);
    if (rule.outputs.length === 0) {
      this.#addJob(rule);
      return;
    }
    for (const output of rule.outputs) {
      const file = this.plan.file(output.fill([]));
      this.#makers.set(file, rule);
      this.#addFile(file, beside);
    }
  }

  #addFile(file: number, beside: "forced" | undefined): void {
    this.visit(file);
    const job = this.#unmade.jobOf(file);
    if (job !== undefined || this.#states.at(file) === missing)
      this.#missing.push({ file: job?.lacks ?? file, job });
    else this.plan.targets.push(beside === undefined ? { file } : { file, beside });
  }

  /** A target without outputs. */
  #addJob(rule: NamedRule): void {
    if (this.plan.targets.some((target) => "job" in target && this.plan.ruleOf(target.job) === rule)) return;
    if (!this.#withoutOutputs.has(rule)) this.#work(this.#begin({ rule, values: [] }));
    const job = this.#withoutOutputs.get(rule)!;
    if (typeof job === "number") this.plan.targets.push({ job });
    else this.#missing.push({ file: job.lacks, job });
  }

  /** Plans what makes a file and all that it needs. */
  visit(file: number): void {
    if (this.#states.at(file) !== unseen) return;
    this.#enter(file, undefined);
    this.#work();
  }

  #work(first?: StackedJob): void {
    if (first !== undefined) this.#stack.list.push(first);
    for (let frame = this.#stack.list.at(-1); frame !== undefined; frame = this.#stack.list.at(-1)) {
      const next = this.#nextInput(frame);
      if (next >= 0) this.#enter(next, frame);
      else {
        this.#stack.list.pop();
        this.#finish(frame);
      }
    }
  }

  /** The next input of a job of which nothing is known; -1 when all are known. */
  #nextInput(frame: StackedJob): number {
    const { plan } = this;
    for (; frame.next < frame.inputEnd; frame.next++) {
      const file = plan.columns.items.at(frame.next) >> 1;
      if (this.#states.at(file) === unseen) return file;
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
        if (this.#states.at(file) === unseen) return file;
        this.#note(file, frame);
      }
      this.#gathers.set(gather, files.find((file) => this.#states.at(file) === missing) ?? -1);
    }
    return -1;
  }

  #note(file: number, frame: StackedJob): void {
    const state = this.#states.at(file);
    if (state === open) throw cycleError(this.#stack.cycleFrom(this.#stack.ownerOf(file)));
    if (state === missing && frame.lacks < 0) frame.lacks = file;
  }

  /** Finds what makes a file; `wanter` is the job that needs it. */
  #enter(file: number, wanter: StackedJob | undefined): void {
    const path = this.plan.path(file);
    const choice = this.#chooser.choose(path, wanter, this.#makers.get(file));
    if (choice === null) {
      this.#checkSource(path);
      const stands = this.#exists(path);
      this.#states.set(file, stands ? source : missing);
      if (!stands) this.#unmade.addSource(file);
      return;
    }
    if (this.#isEndless(choice.rule, path)) throw endlessError(choice, path, this.#stack.list);
    if (choice.output === -1) this.#enterExtra(file, choice, wanter);
    else this.#stack.list.push(this.#begin(choice, file));
  }

  /** Throws if a source is an output under another path: the job would read whatever exists there now. */
  #checkSource(path: string): void {
    const { real = (given) => given, linkedPaths = () => [] } = this.#options;
    for (const other of [pathInside({ real }, path) || path, ...linkedPaths(path)]) {
      const choice = other === path ? null : this.#chooser.choose(other);
      if (choice !== null && this.#chooser.isFeasible(choice)) throw sameFileError(path, other, choice);
    }
  }

  #exists(path: string): boolean {
    const { disk, watch } = this.#options;
    const stands = disk.stat(path) !== null;
    if (!stands) watch?.(path, false);
    return stands;
  }

  /** The file is the log of a job, or lies in its folder: the job may be planned already, for the sake of its outputs. */
  #enterExtra(file: number, choice: Choice, wanter: StackedJob | undefined): void {
    const { plan } = this;
    const path = choice.folder ?? choice.rule.outputs[0]?.fill(choice.values);
    if (path === undefined) {
      this.#enterLog(file, choice);
      return;
    }
    const output = plan.find(path);
    const state = output < 0 ? unseen : this.#states.at(output);
    if (state === open) {
      if (choice.folder !== undefined && this.#stack.ownerOf(output) === wanter)
        throw ownInputError(this.plan.path(file), choice.folder, choice);
      throw cycleError(this.#stack.cycleFrom(this.#stack.ownerOf(output)));
    } else if (state === made) this.#addExtra(file, plan.maker(output));
    else if (state === unseen) this.#stack.list.push({ ...this.#begin(choice), extra: file });
    else this.#leaveExtra(file, output);
  }

  /** The file is the log of a job without outputs, which may be a target by its name too. */
  #enterLog(file: number, choice: Choice): void {
    // Without outputs, a rule has no wildcards and so only one job.
    const open = this.#stack.list.find(({ rule }) => rule === choice.rule);
    if (open !== undefined) throw cycleError(this.#stack.cycleFrom(open));
    const job = this.#withoutOutputs.get(choice.rule);
    if (job === undefined) this.#stack.list.push({ ...this.#begin(choice), extra: file });
    else if (typeof job === "number") this.#addExtra(file, job);
    else this.#leaveOutput(file, job, true);
  }

  #addExtra(file: number, row: number): void {
    this.#states.set(file, made);
    this.plan.addExtra(file, row);
  }

  /** The job of an extra file is impossible: if the file exists, it is used as it is. */
  #leaveExtra(file: number, output: number): void {
    const stands = this.#exists(this.plan.path(file));
    this.#states.set(file, stands ? source : missing);
    if (!stands) this.#unmade.addExtra(file, output);
  }

  /** Writes the items of a job and opens its outputs; `wanted` is the file that it was chosen for. */
  #begin(choice: Choice, wanted?: number): StackedJob {
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
    let after: AfterInputs | undefined;
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
    // All fields are set at once: a plan makes a million frames, and V8 is faster with objects of one shape.
    return {
      rule,
      values,
      start,
      inputStart,
      inputEnd: items.length,
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
    const state = this.#states.at(file);
    if (state === made) {
      const row = plan.maker(file);
      throw sharedOutputError(path, { rule: plan.ruleOf(row), values: plan.values(row) }, choice);
    }
    if (state === open) throw sharedOutputError(path, this.#stack.ownerOf(file), choice);
    if (isTooLong(path)) throw tooLongPathError(path, choice);
    this.#states.set(file, open);
    plan.columns.items.push(file);
  }

  /** The input places of needs. */
  places(needs: readonly NeededPath[]): number[] {
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
  #finish(frame: StackedJob): void {
    if (frame.lacks >= 0) {
      this.#giveUp(frame);
      return;
    }
    const { plan } = this;
    const row = plan.addJob(frame.rule.index, frame.start, frame.inputStart, frame.inputEnd);
    for (const file of plan.outputs(row)) this.#states.set(file, made);
    if (frame.extra !== undefined) this.#addExtra(frame.extra, row);
    if (frame.rule.outputs.length === 0) this.#withoutOutputs.set(frame.rule, row);
    if (frame.given !== undefined) plan.functionInputs.set(row, frame.given);
    if (frame.after !== undefined) {
      plan.afterInputs.set(row, frame.after);
      plan.firstLists.set(row, frame.after.listed);
      for (const place of plan.inputs(row)) plan.readAgain.add(plan.outermost(place >> 1));
    }
  }

  /**
   * Other jobs use existing outputs of an impossible job as they are, if these can have been made from the inputs that
   * are missing now. Its other outputs cannot be made.
   */
  #giveUp(frame: StackedJob): void {
    this.hasLoose = true;
    const { rule, values, lacks, extra } = frame;
    const job = this.#unmade.addJob({ rule, values }, this.#stack.inputs(frame), lacks);
    if (rule.outputs.length === 0) this.#withoutOutputs.set(rule, job);
    const files = [...this.#stack.outputs(frame)];
    const known = this.#wasMadeFrom(frame);
    if (extra !== undefined) files.push(extra);
    for (const file of files) this.#leaveOutput(file, job, known);
  }

  /** Of an impossible job. It is used as it is if it exists and is `known` to be of use. */
  #leaveOutput(file: number, job: UnmadeJob, known: boolean): void {
    const stands = this.#exists(this.plan.path(file)) && known;
    this.#states.set(file, stands ? source : missing);
    this.#unmade.addOutput(file, job, stands);
  }

  #wasMadeFrom(frame: StackedJob): boolean {
    const { wasMadeFrom } = this.#options;
    const outputs = Array.from(this.#stack.outputs(frame), (file) => this.plan.path(file));
    if (wasMadeFrom === undefined || outputs.length === 0) return true;
    const gone = this.#stack.inputs(frame).filter((file) => this.isMissing(file));
    return wasMadeFrom(
      frame,
      outputs,
      gone.map((file) => this.plan.path(file)),
    );
  }

  /** A target needs an impossible job: the inputs of that job, and of what it needs, are still made where that is possible. */
  #list(root: UnmadeJob): void {
    for (const { impossible, inputs } of this.#unmade.take(root, (file) => this.isMissing(file))) {
      this.impossible.push(impossible);
      // A target without a body stands for its inputs.
      const stands = impossible === root.impossible && !hasBody(impossible.rule.spec);
      for (const file of inputs)
        if (this.#states.at(file) === made)
          this.plan.targets.push(stands ? { file } : { file, beside: "input" });
    }
  }

  /** Whether a file neither exists nor can be made. */
  isMissing(file: number): boolean {
    return this.#states.at(file) === missing;
  }

  /** Follows the causes down to the sources that are missing; `asking` is a job that asks for the file itself. */
  missingError(file: number, asking?: number): Error {
    const { rules, disk } = this.#options;
    const { source, user, users } = this.#unmade.cause(file);
    const wantedBy = user ?? (asking === undefined ? undefined : { ...this.plan.job(asking), lacks: [] });
    return noRuleError(rules, this.plan.path(source), wantedBy, users, disk);
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
    this.#stack.list.length = 0;
    this.plan.truncate(mark);
    this.hasLoose = mark.hasLoose;
    this.#states.truncate(mark.files);
    this.#unmade.truncate(mark.files);
    for (const file of this.#makers.keys()) if (file >= mark.files) this.#makers.delete(file);
    for (const [rule, job] of this.#withoutOutputs)
      if (typeof job !== "number" || job >= mark.jobs) this.#withoutOutputs.delete(rule);
    for (const gather of this.#gathers.keys()) if (gather >= mark.gathers) this.#gathers.delete(gather);
  }
}
