/** Before anything runs: the plan, the part of it that is wanted, and the reason of each job that is to run. */
import { type Assessment, assess, countByRule } from "./assess.ts";
import { inputsOf, type Plan, type PlannedJob, plan } from "./dag.ts";
import type { FileSystem } from "./files.ts";
import { defaultHashLimit } from "./fingerprint.ts";
import { inventory } from "./inventory.ts";
import type { History } from "./journal.ts";
import { type Rebuilder, rebuilder, type Trigger } from "./rebuilder.ts";
import { recipes } from "./recipe.ts";
import { hasBody, type Rules } from "./rule.ts";
import { type NamedRule, ruleset } from "./ruleset.ts";
import { named, type Selection, select } from "./select.ts";

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
  /** Rule names or paths; none: the first rule. */
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
  const rules = ruleset(options.rules);
  const disk = inventory(files);
  const targets = options.targets?.length ? options.targets : [rules[0]!.name];
  const planned = select(plan(rules, targets, disk), rules, options.select ?? {});
  const recipeOf = recipes();
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
    rebuilder: judge,
    recipeOf,
  };
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
