/** Jobs that are to run although they are up to date. */
import { inputsOf, type Plan, type PlannedJob } from "../plan/dag.ts";
import { hasBody } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";

/** Which jobs run although they are up to date. */
export interface Force {
  readonly all?: boolean;
  /** The targets themselves. */
  readonly targets?: boolean;
  /** Rules by name, files by path. */
  readonly these?: readonly string[];
}

/** What is to be made again and is not in the plan becomes a target too: rules without wildcards, files that have a rule. */
export function forcedBeside(
  { these = [] }: Force,
  { jobs, files }: Plan,
  rules: readonly NamedRule[],
): string[] {
  return these.filter((name) => {
    const rule = rules.find((one) => one.name === name);
    if (rule !== undefined) return rule.wildcards.length === 0 && !jobs.some((job) => job.rule === rule);
    return !files.get(name)?.maker && rules.some((one) => one.outputs.some((output) => output.match(name)));
  });
}

/** By their names, since jobs by which the plan grows are meant too. */
export function forcedJobs(
  { all, targets, these = [] }: Force,
  { targets: wanted }: Plan,
): (job: PlannedJob) => boolean {
  if (all) return () => true;
  const names = new Set(these);
  const jobs = new Set<PlannedJob>();
  if (targets)
    for (const target of wanted) {
      if ("path" in target) {
        if (target.maker !== null) jobs.add(target.maker);
      } else if (hasBody(target.rule.spec)) jobs.add(target);
      // A rule that only names its inputs stands for the jobs that make them.
      else for (const input of inputsOf(target)) if (input.maker !== null) jobs.add(input.maker);
    }
  if (names.size === 0) return (job) => jobs.has(job);
  return (job) =>
    jobs.has(job) || names.has(job.rule.name) || job.outputs.some((output) => names.has(output.path));
}
