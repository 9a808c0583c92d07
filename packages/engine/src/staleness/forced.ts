/** Jobs that must run although they are up to date. */
import { canMake, jobsOf } from "../plan/select.ts";
import type { Plan, Target } from "../plan/table.ts";
import { hasBody } from "../rules/rule.ts";

/** Which jobs run although they are up to date. */
export interface Force {
  readonly all?: boolean;
  /** The targets themselves. */
  readonly targets?: boolean;
  /** Rules by name, files by path. */
  readonly these?: readonly string[];
}

/** Forced rules without wildcards, and forced files that a rule makes, become targets if they are not in the plan. */
export function forcedTargets({ these = [] }: Force, plan: Plan): string[] {
  return these.filter((name) => {
    const rule = plan.rules.find((one) => one.name === name);
    if (rule !== undefined) return rule.wildcards.length === 0 && jobsOf(plan, rule).length === 0;
    const file = plan.find(name);
    const made = file >= 0 && plan.maker(file) >= 0;
    return !made && canMake(plan, name);
  });
}

/** By name, because jobs that are added as the plan grows are included. */
export function forcedJobs(
  { all, targets, these = [] }: Force,
  plan: Plan,
  wanted: readonly Target[],
): (job: number) => boolean {
  if (all) return () => true;
  const names = new Set(these);
  const jobs = targets ? jobsFor(plan, wanted) : new Set<number>();
  if (names.size === 0) return jobs.size === 0 ? () => false : (job) => jobs.has(job);
  return (job) =>
    jobs.has(job) ||
    names.has(plan.ruleOf(job).name) ||
    [...plan.made(job)].some((file) => names.has(plan.path(file)));
}

/** The jobs of targets: a rule without a body stands for the jobs that make its inputs. */
function jobsFor(plan: Plan, targets: readonly Target[]): Set<number> {
  const jobs = new Set<number>();
  for (const target of targets) {
    if ("file" in target) {
      if (target.beside === undefined) jobs.add(plan.maker(target.file));
      continue;
    }
    if (hasBody(plan.ruleOf(target.job).spec)) jobs.add(target.job);
    else for (const file of plan.inputFiles(target.job)) jobs.add(plan.maker(file));
  }
  jobs.delete(-1);
  return jobs;
}
