/** Parts of a plan: up to some rules or files (`--until`), or without some and what needs them (`--omit-from`). */
import { inputsOf, type Plan, type PlannedJob } from "./dag.ts";
import { cannot } from "./errors.ts";
import type { NamedRule } from "./ruleset.ts";

/** Names of rules, or paths of outputs. */
export interface Selection {
  readonly until?: readonly string[];
  readonly omitFrom?: readonly string[];
}

/** The plan of what is left, its jobs numbered anew. Throws where a name is neither a rule nor an output of the plan. */
export function select(plan: Plan, rules: readonly NamedRule[], selection: Selection): Plan {
  const { until = [], omitFrom = [] } = selection;
  if (until.length === 0 && omitFrom.length === 0) return plan;
  let jobs = plan.jobs;
  if (until.length > 0) {
    const last = named(plan, rules, until, "stop after");
    const kept = withNeeds(jobs, last);
    jobs = jobs.filter((job) => kept.has(job));
  }
  if (omitFrom.length > 0) {
    const dropped = withUsers(jobs, named(plan, rules, omitFrom, "leave out"));
    jobs = jobs.filter((job) => !dropped.has(job));
  }
  jobs.forEach((job, i) => {
    job.order = i;
  });
  const left = new Set(jobs);
  return {
    ...plan,
    jobs,
    targets: plan.targets.filter((target) => {
      const job = "path" in target ? target.maker : target;
      return job === null || left.has(job);
    }),
  };
}

/** The jobs of a plan that go by these names. */
export function named(
  plan: Plan,
  rules: readonly NamedRule[],
  names: readonly string[],
  action: string,
): Set<PlannedJob> {
  const jobs = new Set<PlannedJob>();
  for (const name of names) {
    const ofRule = rules.some((rule) => rule.name === name);
    const maker = plan.files.get(name)?.maker ?? null;
    const found = ofRule ? plan.jobs.filter((job) => job.rule.name === name) : maker === null ? [] : [maker];
    if (found.length === 0)
      throw cannot(action, name, "the plan has no job of this rule and no output of this path", {
        hint: "Rules go by their names, outputs by their paths from the working folder.",
      });
    for (const job of found) jobs.add(job);
  }
  return jobs;
}

/** `last` and all that they need. */
function withNeeds(jobs: readonly PlannedJob[], last: ReadonlySet<PlannedJob>): Set<PlannedJob> {
  const kept = new Set(last);
  // A job comes after what it needs, so backwards each is decided before those it asks for.
  for (const job of [...jobs].reverse())
    if (kept.has(job)) for (const input of inputsOf(job)) if (input.maker !== null) kept.add(input.maker);
  return kept;
}

/** `first` and all that need them. */
function withUsers(jobs: readonly PlannedJob[], first: ReadonlySet<PlannedJob>): Set<PlannedJob> {
  const dropped = new Set(first);
  for (const job of jobs) {
    if (dropped.has(job)) continue;
    for (const input of inputsOf(job))
      if (input.maker !== null && dropped.has(input.maker)) {
        dropped.add(job);
        break;
      }
  }
  return dropped;
}
