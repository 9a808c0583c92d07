/** Before anything runs: the plan, the part of it that is wanted, and the reason of each job that is to run. */

import { isAbsolute, normalize, relative } from "node:path/posix";
import { closest } from "../closest.ts";
import type { FileSystem } from "../disk/files.ts";
import { defaultHashLimit } from "../disk/fingerprint.ts";
import { type Inventory, inventory } from "../disk/inventory.ts";
import { cannot } from "../errors.ts";
import type { RuleShape } from "../journal/history.ts";
import { type History, journalPath } from "../journal/journal.ts";
import { shapesOf } from "../journal/shape.ts";
import { isTemporary, type PlannedFile, type PlannedJob, plan } from "../plan/dag.ts";
import { checkRecipe, recipes } from "../plan/recipe.ts";
import { named, type Selection, select, withNeeds } from "../plan/select.ts";
import { hasBody, type Rules } from "../rules/rule.ts";
import { type NamedRule, ruleset } from "../rules/ruleset.ts";
import type { Settings } from "../rules/settings.ts";
import type { Trigger } from "../rules/triggers.ts";
import { keepYoungSmall } from "../young-generation.ts";
import { type Assessment, assess, countByRule } from "./assess.ts";
import { type Force, forcedBeside, forcedJobs } from "./forced.ts";
import { questionKey } from "./question.ts";
import { type Rebuilder, rebuilder } from "./rebuilder.ts";
import { recall } from "./recall.ts";
import { looksOf, readRemembered, rememberedPath, structureOf, writeRemembered } from "./remembered.ts";

export interface PlanOptions {
  readonly rules: Rules;
  readonly settings?: Settings;
  /** Rule names or paths; none: the default target. */
  readonly targets?: readonly string[];
  readonly force?: Force;
  /** The part of the plan that is wanted. */
  readonly select?: Selection;
  /** Rules by name, files by path: they, and all that they need, are to start before others. */
  readonly prioritize?: readonly string[];
  /** What makes an output out of date; default: everything. */
  readonly triggers?: ReadonlySet<Trigger>;
  /** The working folder. */
  readonly folder: string;
  /** Another file system than the folder's, for tests. */
  readonly files?: FileSystem;
  readonly hashLimit?: number;
}

/** A plan with its judge, and what the journal knew when it was made. */
export interface Prepared extends Assessment {
  readonly rules: readonly NamedRule[];
  readonly files: FileSystem;
  readonly history: History;
  readonly rebuilder: Rebuilder;
  readonly recipeOf: ReturnType<typeof recipes>;
  /** Jobs that are to start before others. */
  readonly urgent: Set<PlannedJob>;
  /** The wildcards of the whole plan. */
  shapes(): Readonly<Record<string, RuleShape>>;
  /** Writes the plan down for `prepareRest`, when the journal is closed; `isDone` tells of jobs that were to run. */
  remember(isDone: (job: PlannedJob) => boolean): void;
}

/** Plans, takes the part that is wanted, and says of each job why it is to run. */
export function prepare(options: PlanOptions, files: FileSystem, history: History): Prepared {
  return frugally(() => planned(question(options, files, history)));
}

/**
 * The same, but the plan need not have more than the jobs that are to run: where the last run has written its plan
 * down and nothing has changed that shapes it, there is no planning.
 */
export function prepareRest(options: PlanOptions, files: FileSystem, history: History): Prepared {
  return frugally(() => {
    const asked = question(options, files, history);
    return recalled(asked) ?? planned(asked);
  });
}

/** What a plan is made of stays. */
function frugally<T>(work: () => T): T {
  const end = keepYoungSmall();
  try {
    return work();
  } finally {
    end();
  }
}

/** What is asked, and what answers it. */
interface Question {
  readonly options: PlanOptions;
  readonly rules: readonly NamedRule[];
  readonly targets: readonly string[];
  readonly disk: Inventory;
  /** Null where a plan cannot be written down. */
  readonly key: () => string | null;
  readonly files: FileSystem;
  readonly history: History;
  readonly recipeOf: ReturnType<typeof recipes>;
}

function question(asked: PlanOptions, files: FileSystem, history: History): Question {
  const options = withPaths(asked);
  const { settings = {}, select = {} } = options;
  const rules = ruleset(options.rules, settings.constraints);
  checkNames(settings, rules);
  rules.forEach(checkRecipe);
  const targets = options.targets?.length ? options.targets : [settings.defaultTarget ?? rules[0]!.name];
  const { constraints, ruleOrder } = settings;
  const triggers = [...(options.triggers ?? [])].sort();
  const about = { targets, select, constraints, ruleOrder, triggers, hashLimit: options.hashLimit };
  return {
    options,
    rules,
    targets,
    disk: inventory(files),
    key: () => questionKey(rules, about),
    files,
    history,
    recipeOf: recipes(files.real),
  };
}

function judge(asked: Question, forced: (job: PlannedJob) => boolean): Rebuilder {
  const { options, files, disk, history, recipeOf } = asked;
  return rebuilder({
    files,
    disk,
    history,
    recipeOf,
    hashLimit: options.hashLimit ?? defaultHashLimit,
    forced,
    ...(options.triggers === undefined ? {} : { triggers: options.triggers }),
  });
}

function planned(asked: Question): Prepared {
  const { options, rules, targets, disk, files, history, recipeOf } = asked;
  const { settings = {} } = options;
  const watched = new Map<string, boolean>();
  const watching: Inventory = {
    stat(path) {
      const found = disk.stat(path);
      watched.set(path, found !== null);
      return found;
    },
  };
  const { force = {} } = options;
  const planOf = (wanted: readonly string[]) =>
    select(plan(rules, wanted, watching, settings.ruleOrder, files.real), rules, options.select ?? {});
  let whole = planOf(targets);
  const beside = forcedBeside(force, whole, rules);
  if (beside.length > 0) whole = planOf([...targets, ...beside]);
  const rebuilder = judge(asked, forcedJobs(force, whole));
  const urgent = named(whole, rules, options.prioritize ?? [], "put first");
  const reasons = assess(whole, rebuilder);
  const growing = whole.jobs.some((job) => job.after !== undefined);
  named(whole, rules, force.these ?? [], "run again", growing);
  const isLeft = (file: PlannedFile) => !isTemporary(file) && reasons[file.maker!.order] === null;
  return {
    rules,
    files,
    history,
    plan: whole,
    reasons,
    counts: countByRule(whole, reasons),
    removed: [...rebuilder.absent].filter(isLeft).map((file) => file.path),
    rebuilder,
    recipeOf,
    urgent: urgent.size === 0 ? urgent : withNeeds(whole.jobs, urgent),
    shapes: () => shapesOf(whole),
    remember(isDone) {
      const key = beside.length > 0 ? null : asked.key();
      if (key === null) return;
      const { structure, files: ofPlan } = structureOf(whole, { key, shapes: shapesOf(whole) }, watched);
      const looks = looksOf(
        structure,
        (file) => rebuilder.seen(ofPlan[file]!),
        (job) => isSettled(whole.jobs[job]!, rebuilder, (one) => reasons[one.order] === null || isDone(one)),
      );
      writeRemembered(files, { structure, looks }, journalPath);
    },
  };
}

/** Null where no plan is remembered, or it does not hold. */
function recalled(asked: Question): Prepared | null {
  const { options, rules, files, history, recipeOf } = asked;
  // What is to be put first need not be among the jobs that are to run: only a whole plan tells.
  if (options.prioritize !== undefined && options.prioritize.length > 0) return null;
  const { all = false, targets = false, these = [] } = options.force ?? {};
  if (all || targets || these.length > 0 || files.stat(rememberedPath) === null) return null;
  const key = asked.key();
  const remembered = key === null ? null : readRemembered(files, key, journalPath);
  if (remembered === null) return null;
  const rebuilder = judge(asked, () => false);
  const rest = recall(remembered, rules, files, rebuilder);
  if (rest === null) return null;
  const { structure } = remembered;
  return {
    rules,
    files,
    history,
    plan: rest.plan,
    reasons: rest.reasons,
    counts: rest.counts,
    removed: rest.removed,
    rebuilder,
    recipeOf,
    urgent: new Set(),
    shapes: () => structure.shapes,
    remember(isDone) {
      if (rest.unchanged) return;
      const looks = looksOf(
        structure,
        rest.printsAfter((file) => rebuilder.seen(file)),
        rest.settledAfter((job) => isSettled(job, rebuilder, (one) => one.order < 0 || isDone(one))),
      );
      writeRemembered(files, { structure, looks }, journalPath);
    },
  };
}

/** A job that leaves nothing behind runs whenever it is asked for; what a person has written over is looked at closely. */
function isSettled(job: PlannedJob, { asMade }: Rebuilder, isDone: (job: PlannedJob) => boolean): boolean {
  return (job.outputs.length > 0 || !hasBody(job.rule.spec)) && isDone(job) && asMade(job);
}

/** The same, with every path that is asked for as the plan has it. */
function withPaths(options: PlanOptions): PlanOptions {
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

/** The path of a target from the working folder: `./a//b` is `a/b`. */
function targetPath(target: string, folder: string): string {
  const path = normalize(isAbsolute(target) && folder !== "" ? relative(folder, target) : target);
  if (target === "" || target.includes("\0") || isAbsolute(path) || path === ".." || path.startsWith("../"))
    throw cannot("make the target", target, "it is not in the working folder", {
      hint: "Targets are rules, or paths from the working folder (see --directory).",
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
