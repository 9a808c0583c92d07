/** The phase before anything runs: the plan, its wanted part, and the answer for each job. */

import { isAbsolute, normalize, relative } from "node:path/posix";
import { closest } from "../closest.ts";
import type { FileSystem } from "../disk/files.ts";
import { defaultHashLimit } from "../disk/fingerprint.ts";
import { inventory } from "../disk/inventory.ts";
import { folderOf } from "../disk/locate.ts";
import { cannot } from "../errors.ts";
import type { History } from "../journal/journal.ts";
import { plainPath } from "../patterns/pattern.ts";
import { PerGather } from "../plan/columns.ts";
import { type ImpossibleJob, Optional } from "../plan/missing-files.ts";
import { describeJob } from "../plan/plan-errors.ts";
import { Planner } from "../plan/planner.ts";
import { Readers } from "../plan/readers.ts";
import { Recipes, recipeSource } from "../plan/recipe.ts";
import { jobsNamed, Selected, type Selection, withNeeds } from "../plan/select.ts";
import type { Plan } from "../plan/table.ts";
import { hasBody, type Rules } from "../rules/rule.ts";
import { type NamedRule, ruleset } from "../rules/ruleset.ts";
import type { Settings, Trigger } from "../rules/settings.ts";
import { limitYoungGeneration } from "../young-generation.ts";
import { Answers } from "./answers.ts";
import { Digests } from "./digests.ts";
import { FileStates } from "./file-states.ts";
import type { PlanFor } from "./folder-parts.ts";
import { type Force, forcedJobs, forcedTargets } from "./forced.ts";
import { InputChanges } from "./input-changes.ts";
import { planKey, readSavedPlan, type SavedPlan, writeSavedPlan } from "./saved-plan.ts";
import { Staleness } from "./staleness.ts";
import { States } from "./states.ts";

export interface PlanOptions {
  readonly rules: Rules;
  readonly settings?: Settings;
  /** Rule names or paths; if empty, the default target. */
  readonly targets?: readonly string[];
  readonly force?: Force;
  /** The part of the plan that is wanted. */
  readonly select?: Selection;
  /** Rules by name, files by path: their jobs, and all that these depend on, start before others. */
  readonly prioritize?: readonly string[];
  /** What makes an output out of date; default: everything. */
  readonly triggers?: ReadonlySet<Trigger>;
  /** If a source is missing, plans what can still be made. */
  readonly keepGoing?: boolean;
  /** Outputs are taken as they are. */
  readonly touching?: boolean;
  /** The working folder. */
  readonly folder: string;
  /** The workflow file, relative to it: no job may make it. */
  readonly workflow?: string;
  /** Another file system than the folder's, for tests. */
  readonly files?: FileSystem;
  readonly hashLimit?: number;
}

/** A plan with its answers, and the history that they are based on. */
export interface Prepared {
  readonly rules: readonly NamedRule[];
  readonly files: FileSystem;
  readonly history: History;
  readonly plan: Plan;
  readonly readers: Readers;
  readonly selected: Selected;
  readonly states: States;
  readonly fileStates: FileStates;
  readonly digests: Digests;
  readonly changes: InputChanges;
  readonly staleness: Staleness;
  readonly answers: Answers;
  readonly optional: Optional;
  readonly recipes: Recipes;
  /** Jobs that start before others. */
  readonly urgent: Set<number>;
  /** Jobs that cannot be made because a source is missing. */
  readonly impossible: readonly ImpossibleJob[];
  /** Saves the plan for the next start, when the journal is closed. */
  save(): void;
}

/** Plans, selects the wanted part, and answers for each job whether it must run. */
export function prepare(options: PlanOptions, files: FileSystem, history: History): Prepared {
  return withSmallHeap(() => answerPlan(planInputs(options, files, history), null));
}

/** The same from the saved plan of the last run, if nothing has changed that affects the plan. */
export function prepareFromSaved(options: PlanOptions, files: FileSystem, history: History): Prepared {
  return withSmallHeap(() => {
    const inputs = planInputs(options, files, history);
    const key = inputs.key();
    return answerPlan(inputs, key === null ? null : readSavedPlan(files, key, inputs.rules));
  });
}

function withSmallHeap<T>(work: () => T): T {
  const end = limitYoungGeneration();
  try {
    return work();
  } finally {
    end();
  }
}

type PlanInputs = ReturnType<typeof planInputs>;

/** What a plan is based on; it stays the same during a run. */
function planInputs(given: PlanOptions, files: FileSystem, history: History) {
  const options = normaliseTargets(given);
  const { settings = {} } = options;
  const rules = ruleset(options.rules, settings.constraints);
  checkNames(settings, rules);
  for (const rule of rules) recipeSource(rule);
  const targets = options.targets?.length ? options.targets : [settings.defaultTarget ?? rules[0]!.name];
  const { constraints, ruleOrder } = settings;
  const triggers = [...(options.triggers ?? [])].sort();
  const about = { targets, constraints, ruleOrder, triggers, hashLimit: options.hashLimit };
  return {
    options,
    rules,
    targets,
    disk: inventory(files),
    /** Paths whose existence has shaped the plan. */
    watched: new Map<string, boolean>(),
    /** Null if the plan cannot be saved. */
    key: () => planKey(rules, about),
    files,
    history,
  };
}

/** The plan as it is made now. */
function planAnew({ options, rules, targets, disk, watched, files }: PlanInputs): {
  readonly planner: Planner;
  readonly extended: boolean;
} {
  const planner = new Planner({
    rules,
    disk,
    watch: (path, stood) => void watched.set(path, stood),
    order: options.settings?.ruleOrder,
    real: files.real,
    keepGoing: options.keepGoing,
  });
  planner.add(targets);
  const beside = forcedTargets(options.force ?? {}, planner.plan);
  if (beside.length > 0) planner.add(beside);
  return { planner, extended: beside.length > 0 };
}

/** Plans paths that are not targets, one after the other, in a separate plan. */
function plansOfOtherPaths({ options, rules, disk, files }: PlanInputs): PlanFor {
  let planner: Planner | undefined;
  return (path) => {
    planner ??= new Planner({ rules, disk, order: options.settings?.ruleOrder, real: files.real });
    try {
      planner.add([path]);
      return planner.plan;
    } catch {
      // The path cannot be made: plan the next one without the remains of this one.
      planner = undefined;
      return null;
    }
  };
}

function answerPlan(inputs: PlanInputs, before: SavedPlan | null): Prepared {
  const { options, rules, disk, files, history } = inputs;
  const { force = {}, select = {}, prioritize = [], keepGoing = false, touching = false } = options;
  if (before !== null && forcedTargets(force, before.plan).length > 0) return answerPlan(inputs, null);
  const made = before === null ? planAnew(inputs) : undefined;
  const plan = before?.plan ?? made!.planner.plan;
  if (options.workflow !== undefined) checkOwnFile(plan, options.workflow);
  const readers = new Readers(plan);
  const hasLoose = () => before?.hasLoose ?? made!.planner.hasLoose;
  const selected = new Selected({ plan, readers, selection: select, hasLoose });
  const states = new States(plan);
  const hashLimit = options.hashLimit ?? defaultHashLimit;
  const fileStates = new FileStates({
    plan,
    planFor: plansOfOtherPaths(inputs),
    files,
    disk,
    history,
    hashLimit,
    saved: before?.fileStates,
  });
  const digests = new Digests(plan, fileStates);
  const recipes = new Recipes(files.real);
  const isAsSaved = before === null ? () => false : savedCheck(before, fileStates);
  const forced = forcedJobs(force, plan, selected.targets);
  const optional = new Optional(plan);
  const parts = { history, plan, readers, selected, states, fileStates, digests, recipes, optional };
  const staleness = new Staleness({ ...parts, forced, triggers: options.triggers, isAsSaved });
  const planner = made?.planner;
  const answers = new Answers({ ...parts, planner, staleness, keepGoing, touching });
  const urgent = jobsNamed(plan, prioritize, "put first");
  answers.answerAll();
  jobsNamed(plan, force.these ?? [], "run again", plan.afterInputs.size > 0);
  const prepared: Prepared = {
    ...parts,
    rules,
    files,
    staleness,
    answers,
    changes: new InputChanges(plan),
    urgent: urgent.size === 0 ? urgent : withNeeds(plan, urgent),
    impossible: planner?.impossible ?? [],
    save: () => save(prepared, inputs, before, { extended: made?.extended === true, hasLoose: hasLoose() }),
  };
  return prepared;
}

/** True for jobs that were up to date and whose files look the same. Params functions must still be called. */
function savedCheck({ plan, verified }: SavedPlan, fileStates: FileStates): (job: number) => boolean {
  const asks = plan.rules.map(({ spec }) => typeof spec.params === "function");
  const same = new PerGather((gather) =>
    plan.gatherFiles(gather).every((file) => fileStates.isAsSaved(file)),
  );
  return (job) => {
    if (verified[job] !== 1 || asks[plan.columns.rule.at(job)]) return false;
    for (const file of plan.made(job)) if (!fileStates.isAsSaved(file)) return false;
    for (const place of plan.inputs(job))
      if ((place & 1) === 0 && !fileStates.isAsSaved(place >> 1)) return false;
    return plan.gathers(job).every((gather) => same.of(gather));
  };
}

function save(
  prepared: Prepared,
  inputs: PlanInputs,
  before: SavedPlan | null,
  { extended, hasLoose }: { readonly extended: boolean; readonly hasLoose: boolean },
): void {
  const { plan, states, fileStates, files, selected } = prepared;
  // A plan that was made for a part, or by functions, is not the whole answer to its question.
  const key =
    extended || prepared.impossible.length > 0 || plan.functionInputs.size > 0 ? null : inputs.key();
  if (key === null) return;
  const isVerified = freshCheck(prepared, before);
  const isSame = before?.fileStates.changed === 0 && states.total(["stale", "maybe"]) === 0;
  // A part does not tell of the other jobs: what is known of them is not to be lost for nothing.
  const hasMore = () => !selected.isPart && before?.verified.some((was, job) => was === 0 && isVerified(job));
  if (isSame && !hasMore()) return;
  const watched = before?.watched ?? watchedPaths(inputs.watched, plan);
  writeSavedPlan(files, {
    plan,
    hasLoose,
    key,
    watched,
    stateOf: (file) => fileStates.stateToSave(file),
    isVerified,
  });
}

/** Reports jobs that are up to date now, with their files as saved. */
function freshCheck(prepared: Prepared, before: SavedPlan | null): (job: number) => boolean {
  const { plan, selected, states, fileStates, optional, changes } = prepared;
  const isCurrent = changes.currentCheck();
  return (job) => {
    const rule = plan.ruleOf(job);
    if (rule.outputs.length === 0 && hasBody(rule.spec)) return false;
    if (!states.isKnown(job) || !selected.isWanted(job)) return false;
    const ran = states.isActive(job);
    if (ran && states.phase(job) !== "done") return false;
    // Its sources were edited while it read them or since, or its inputs were made again.
    if (!isCurrent(job, ran)) return false;
    // With the files that it has done without it is another job.
    if (optional.lacks(job).length > 0) return false;
    if (!ran && before?.verified[job] === 1)
      return !plan.outputs(job).some((file) => fileStates.edited.has(file));
    return plan.outputs(job).every((file) => fileStates.isAsMade(file));
  };
}

/** What has shaped the plan, without the sources that stand: these are looked at themselves. */
function watchedPaths(watched: ReadonlyMap<string, boolean>, plan: Plan): Map<string, boolean> {
  const isSource = (path: string) => {
    const file = plan.find(path);
    return file >= 0 && plan.maker(file) < 0;
  };
  return new Map([...watched].filter(([path, stood]) => !stood || !isSource(path)));
}

/** The same, with normalised target paths. */
function normaliseTargets(options: PlanOptions): PlanOptions {
  const { rules, folder, targets = [], force = {}, select = {}, prioritize = [] } = options;
  const paths = (names: readonly string[] = []) =>
    names.map((name) => (Object.hasOwn(rules, name) ? name : targetPath(name, folder)));
  return {
    ...options,
    targets: paths(targets),
    force: { ...force, these: paths(force.these) },
    select: { until: paths(select.until), omitFrom: paths(select.omitFrom) },
    prioritize: paths(prioritize),
  };
}

/** A job that makes the workflow file, or a folder that it lies in, would replace what is being run. */
function checkOwnFile(plan: Plan, workflow: string): void {
  for (let path = workflow; path !== ""; path = folderOf(path)) {
    const file = plan.find(path);
    const maker = file < 0 ? -1 : plan.maker(file);
    if (maker < 0) continue;
    throw cannot("plan", path, path === workflow ? "it is the workflow file" : "the workflow file is in it", {
      facts: [["made by", describeJob(plan.ruleOf(maker), plan.values(maker))]],
      hint: "Give the output another path.",
    });
  }
}

/** The path of a target from the working folder: `./a//b` is `a/b`. */
function targetPath(target: string, folder: string): string {
  const path = plainPath(normalize(isAbsolute(target) && folder !== "" ? relative(folder, target) : target));
  if (target === "" || target.includes("\0") || isAbsolute(path) || path === ".." || path.startsWith("../"))
    throw cannot("make the target", target, "it is not in the working folder", {
      hint: "Targets are rules, or paths relative to the working folder (see --directory).",
    });
  return path;
}

function checkNames({ defaultTarget, ruleOrder = [] }: Settings, rules: readonly NamedRule[]): void {
  const names = rules.map((rule) => rule.name);
  for (const name of [defaultTarget ?? names[0]!, ...ruleOrder.flat()])
    if (!names.includes(name)) {
      const near = closest(name, names);
      throw cannot("read the workflow", "", `its settings name the rule "${name}", which it does not have`, {
        ...(near === undefined ? {} : { hint: `Did you mean "${near}"?` }),
      });
    }
}
