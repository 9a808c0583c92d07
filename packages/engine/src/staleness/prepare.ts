/** The phase before anything runs: the plan, its wanted part, and the answer for each job. */

import type { FileSystem } from "../disk/files.ts";
import { defaultHashLimit } from "../disk/fingerprint.ts";
import { inventory } from "../disk/inventory.ts";
import { linkedFiles } from "../disk/locate.ts";
import { recordedInputs } from "../journal/input-record.ts";
import type { History } from "../journal/journal.ts";
import { PerGather } from "../plan/columns.ts";
import { type ImpossibleJob, Optional } from "../plan/missing-files.ts";
import { checkOwnFile, outputFolders } from "../plan/path-checks.ts";
import { Planner, type PlannerOptions } from "../plan/planner.ts";
import { Readers } from "../plan/readers.ts";
import { Recipes, recipeSource } from "../plan/recipe.ts";
import { jobsNamed, Selected, untilTargets, withNeeds } from "../plan/select.ts";
import type { Plan } from "../plan/table.ts";
import { hasBody } from "../rules/rule.ts";
import { type NamedRule, ruleset } from "../rules/ruleset.ts";
import { limitYoungGeneration } from "../young-generation.ts";
import { Answers } from "./answers.ts";
import { Digests } from "./digests.ts";
import { ExtraInputs } from "./extra-inputs.ts";
import { FileStates } from "./file-states.ts";
import type { PlanFor } from "./folder-parts.ts";
import { forcedJobs, forcedTargets } from "./forced.ts";
import { InputChanges } from "./input-changes.ts";
import { checkNames, normaliseTargets, type PlanOptions } from "./plan-options.ts";
import { planKey, readSavedPlan, type SavedPlan, writeSavedPlan } from "./saved-plan.ts";
import { Staleness } from "./staleness.ts";
import { States } from "./states.ts";

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
  readonly extraInputs: ExtraInputs;
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
function planAnew({ options, rules, targets, disk, watched, files, history }: PlanInputs): {
  readonly planner: Planner;
  readonly extended: boolean;
} {
  const planner = new Planner({
    rules,
    disk,
    watch: (path, stood) => void watched.set(path, stood),
    order: options.settings?.ruleOrder,
    real: files.real,
    linkedPaths: linkedFiles(files, outputFolders(rules)),
    keepGoing: options.keepGoing,
    wasMadeFrom: inputsCheck(history),
  });
  planner.add(targets);
  const { force = {}, select = {} } = options;
  const ends = untilTargets(select, planner.plan);
  if (ends.length > 0) planner.add(ends);
  const beside = forcedTargets(force, planner.plan);
  if (beside.length > 0) planner.add(beside, "forced");
  return { planner, extended: ends.length + beside.length > 0 };
}

/** Whether the record of a job, found by its outputs, has these inputs; true if nothing tells. */
function inputsCheck({ traces, texts }: History): PlannerOptions["wasMadeFrom"] {
  return (job, outputs, inputs) => {
    const trace = outputs.map((path) => traces.get(path)).find((found) => found !== undefined);
    const recorded = trace === undefined ? null : recordedInputs(texts, job, trace.set);
    if (recorded === null) return true;
    const known = new Set(recorded);
    return inputs.every((path) => known.has(path));
  };
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
  const addsTargets = (known: Plan) =>
    forcedTargets(force, known).length + untilTargets(select, known).length > 0;
  if (before !== null && addsTargets(before.plan)) return answerPlan(inputs, null);
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
  const extraInputs = new ExtraInputs(plan, fileStates);
  const parts = {
    history,
    plan,
    readers,
    selected,
    states,
    fileStates,
    digests,
    recipes,
    optional,
    extraInputs,
  };
  const staleness = new Staleness({ ...parts, forced, triggers: options.triggers, isAsSaved });
  const planner = made?.planner;
  const answers = new Answers({ ...parts, planner, staleness, keepGoing, touching });
  const urgent = jobsNamed(plan, prioritize, "put first");
  answers.answerAll();
  if (before !== null && hasLinkedSources(before, inputs)) return answerPlan(inputs, null);
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

/** Whether a source that looks different has other paths, by links: it may be an output now, which only planning tells. */
function hasLinkedSources({ plan, fileStates }: SavedPlan, { files, rules }: PlanInputs): boolean {
  if (fileStates.changed === 0) return false;
  const pathsOf = linkedFiles(files, outputFolders(rules));
  return plan.sources().some((file) => fileStates.isChanged(file) && pathsOf(plan.path(file)).length > 0);
}

/** True for jobs that were up to date and whose files look the same. Params functions must still be called. */
function savedCheck({ plan, verified }: SavedPlan, fileStates: FileStates): (job: number) => boolean {
  const asks = plan.rules.map(({ spec }) => typeof spec.params === "function");
  const fileSame = (file: number) => fileStates.isAsSaved(file);
  const inputSame = (place: number) => (place & 1) === 1 || fileStates.isAsSaved(place >> 1);
  const same = new PerGather((gather) => plan.gatherFiles(gather).every(fileSame));
  return (job) =>
    verified[job] === 1 &&
    !asks[plan.columns.rule.at(job)] &&
    plan.everyMade(job, fileSame) &&
    plan.everyInput(job, inputSame) &&
    plan.gathers(job).every((gather) => same.of(gather));
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
