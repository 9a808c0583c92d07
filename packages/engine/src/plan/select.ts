/** Parts of a plan: up to some rules or files (`--until`), or without some and what needs them (`--omit-from`). */
import { closest } from "../closest.ts";
import { cannot } from "../errors.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import { inputsOf, type Plan, type PlannedFile, type PlannedJob } from "./dag.ts";

/** Names of rules, or paths of outputs. */
export interface Selection {
  readonly until?: readonly string[];
  readonly omitFrom?: readonly string[];
}

/**
 * The plan of what is left, its jobs numbered anew; it is selected from again whenever it grows. What nothing
 * that is left needs is its target. Throws where a name is neither a rule nor an output of the plan, and cannot
 * become one.
 */
export function select(plan: Plan, rules: readonly NamedRule[], selection: Selection): Plan {
  const { until = [], omitFrom = [] } = selection;
  if (until.length === 0 && omitFrom.length === 0) return plan;
  const all = [...plan.jobs];
  const asking = () => all.filter((job) => job.after !== undefined);
  const kept = new Set<PlannedJob>();
  const dropped = new Set<PlannedJob>();
  const leftOut = new Set<PlannedJob>();
  const targets: (PlannedFile | PlannedJob)[] = [];
  /** Jobs that are not wanted themselves, but whose growth may bring what is. */
  let askers = new Set<PlannedJob>();
  /** Those of them that no other one needs. */
  const askedOnly = new Set<PlannedJob>();

  /** Says anew of all jobs whether they are wanted; returns those that are wanted now, in order. */
  function take(): PlannedJob[] {
    const later = asking().length > 0;
    const view = { ...plan, jobs: all };
    const last = named(view, rules, until, "stop after", later);
    const first = named(view, rules, omitFrom, "leave out", later);
    const unmet = until.some((name) => named(view, rules, [name], "stop after", true).size === 0);
    const wanted = until.length === 0 ? new Set(all) : withNeeds(all, last);
    askers = new Set(unmet ? asking().filter((job) => !wanted.has(job)) : []);
    const asked = withNeeds(all, askers);
    for (const job of asked) wanted.add(job);
    const used = makersFor(asked);
    askedOnly.clear();
    for (const job of askers) if (!used.has(job)) askedOnly.add(job);
    for (const job of withUsers(all, first)) dropped.add(job);
    const fresh = all.filter((job) => wanted.has(job) && !dropped.has(job) && !kept.has(job));
    for (const job of fresh) kept.add(job);
    targets.push(...ends(fresh, until.length === 0 ? new Set() : last));
    return fresh;
  }

  /** Outputs of what was named, and of jobs that none of the others needs. */
  function ends(jobs: readonly PlannedJob[], last: ReadonlySet<PlannedJob>): (PlannedFile | PlannedJob)[] {
    const used = makersFor(jobs);
    const found = jobs.filter((job) => !askers.has(job) && (last.has(job) || !used.has(job)));
    return found.flatMap((job): readonly (PlannedFile | PlannedJob)[] =>
      job.outputs.length === 0 ? [job] : job.outputs,
    );
  }

  const jobs = take();
  jobs.forEach((job, i) => {
    job.order = i;
  });
  for (const target of plan.targets) {
    const job = "path" in target ? target.maker : target;
    if ((job === null || kept.has(job)) && !targets.includes(target)) targets.push(target);
  }
  return {
    ...plan,
    jobs,
    targets,
    askedOnly,
    leftOut,
    grow(job) {
      const asked = askedOnly.has(job);
      // Each job stands after all that it needs.
      all.splice(all.indexOf(job), 0, ...plan.grow(job));
      const fresh = take();
      if (!asked && !dropped.has(job)) return fresh;
      // It was to be asked, no more, or it needs what is left out: neither it nor what needs it can run.
      for (const one of withUsers(jobs, new Set([job]))) leftOut.add(one);
      return fresh.filter((one) => !leftOut.has(one));
    },
  };
}

/**
 * The jobs of a plan that go by these names. `later`: the plan may grow, so that a rule or an output of one need
 * not have a job yet.
 */
export function named(
  plan: Pick<Plan, "jobs" | "files">,
  rules: readonly NamedRule[],
  names: readonly string[],
  action: string,
  later = false,
): Set<PlannedJob> {
  const jobs = new Set<PlannedJob>();
  for (const name of names) {
    const ofRule = rules.some((rule) => rule.name === name);
    const maker = plan.files.get(name)?.maker ?? null;
    const found = ofRule ? plan.jobs.filter((job) => job.rule.name === name) : maker === null ? [] : [maker];
    const possible =
      ofRule || rules.some((rule) => rule.outputs.some((output) => output.match(name) !== null));
    if (found.length === 0 && !(later && possible)) throw unknownName(action, name, rules);
    for (const job of found) jobs.add(job);
  }
  return jobs;
}

function unknownName(action: string, name: string, rules: readonly NamedRule[]): Error {
  const near = closest(
    name,
    rules.map((rule) => rule.name),
  );
  return cannot(action, name, "the plan has no job of this rule and no output of this path", {
    hint:
      near === undefined || near === name
        ? "Rules go by their names, outputs by their paths from the working folder."
        : `Did you mean "${near}"?`,
  });
}

/** The jobs that make what these need. */
function makersFor(jobs: Iterable<PlannedJob>): Set<PlannedJob> {
  const makers = new Set<PlannedJob>();
  for (const job of jobs) for (const { maker } of inputsOf(job)) if (maker !== null) makers.add(maker);
  return makers;
}

/** `last` and all that they need. */
export function withNeeds(jobs: readonly PlannedJob[], last: ReadonlySet<PlannedJob>): Set<PlannedJob> {
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
