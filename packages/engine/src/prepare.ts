/** Before anything runs: the plan, the part of it that is wanted, and the reason of each job that is to run. */
import { isAbsolute, normalize, relative } from "node:path/posix";
import { type Assessment, assess, countByRule } from "./assess.ts";
import { closest } from "./closest.ts";
import { inputsOf, isTemporary, type Plan, type PlannedJob, plan } from "./dag.ts";
import { cannot } from "./errors.ts";
import type { FileSystem } from "./files.ts";
import { defaultHashLimit } from "./fingerprint.ts";
import { inventory } from "./inventory.ts";
import type { History } from "./journal.ts";
import { type Rebuilder, rebuilder } from "./rebuilder.ts";
import { recipes } from "./recipe.ts";
import { hasBody, type Rules } from "./rule.ts";
import { type NamedRule, ruleset } from "./ruleset.ts";
import { named, type Selection, select } from "./select.ts";
import type { Settings } from "./settings.ts";
import type { Trigger } from "./triggers.ts";

/** Which jobs run although they are up to date. */
export interface Force {
  readonly all?: boolean;
  /** The targets themselves. */
  readonly targets?: boolean;
  /** Rules by name, files by path. */
  readonly these?: readonly string[];
}

export interface PlanOptions {
  readonly rules: Rules;
  readonly settings?: Settings;
  /** Rule names or paths; none: the default target. */
  readonly targets?: readonly string[];
  readonly force?: Force;
  /** The part of the plan that is wanted. */
  readonly select?: Selection;
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
}

/** Plans, takes the part that is wanted, and says of each job why it is to run. */
export function prepare(options: PlanOptions, files: FileSystem, history: History): Prepared {
  const { settings = {}, folder } = options;
  const rules = ruleset(options.rules, settings.constraints);
  checkNames(settings, rules);
  const disk = inventory(files);
  const targets = options.targets?.length
    ? options.targets.map((target) =>
        options.rules[target] === undefined ? targetPath(target, folder) : target,
      )
    : [settings.defaultTarget ?? rules[0]!.name];
  const planned = select(
    plan(rules, targets, disk, settings.ruleOrder, files.real),
    rules,
    options.select ?? {},
  );
  const recipeOf = recipes(files.real);
  const judge = rebuilder({
    files,
    disk,
    history,
    recipeOf,
    hashLimit: options.hashLimit ?? defaultHashLimit,
    forced: forcedJobs(options.force ?? {}, planned, rules),
    ...(options.triggers === undefined ? {} : { triggers: options.triggers }),
  });
  const reasons = assess(planned, judge);
  return {
    rules,
    files,
    history,
    plan: planned,
    reasons,
    counts: countByRule(planned, reasons),
    removed: [...judge.absent].filter((file) => !isTemporary(file)).map((file) => file.path),
    rebuilder: judge,
    recipeOf,
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

function forcedJobs(force: Force, planned: Plan, rules: readonly NamedRule[]): (job: PlannedJob) => boolean {
  if (force.all) return () => true;
  const jobs = named(planned, rules, force.these ?? [], "run again");
  if (force.targets)
    for (const target of planned.targets) {
      if ("path" in target) {
        if (target.maker !== null) jobs.add(target.maker);
      } else if (hasBody(target.rule.spec)) jobs.add(target);
      // A rule that only names its inputs stands for the jobs that make them.
      else for (const input of inputsOf(target)) if (input.maker !== null) jobs.add(input.maker);
    }
  return (job) => jobs.has(job);
}
