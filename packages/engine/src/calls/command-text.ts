/** The shell command of a job as a person reads it: with the final paths, before it has run. */
import { messageOf } from "../errors.ts";
import { fill } from "../patterns/pattern.ts";
import { inputShape } from "../plan/job-inputs.ts";
import { bodyParams } from "../plan/recipe.ts";
import type { JobView } from "../plan/table.ts";
import { ruleEnvironment } from "../rules/code.ts";
import { prefixOf } from "../rules/rule.ts";
import { bind, mapFiles } from "../rules/ruleset.ts";
import { fillShell, prefixed, shellTemplate } from "../rules/shell-template.ts";

/** Null for a job of a rule without `shell`. Parts that only a run knows are in angle brackets. */
export function commandText(job: JobView): string | null {
  const { rule, values, outputs } = job;
  const { shell, params, output } = rule.spec;
  const { resources } = rule;
  if (shell === undefined) return null;
  const wildcards = bind(rule, values);
  const input = inputShape(job);
  let next = 0;
  try {
    const argument = { input, wildcards, attempt: 1 };
    const requested = typeof resources === "function" ? resources(argument) : resources;
    const command = fillShell(shellTemplate(rule.name, shell), {
      input,
      output: mapFiles(output, () => outputs[next++]!),
      wildcards,
      params: bodyParams(typeof params === "function" ? params(argument) : params),
      resources: { ...requested, gpu: "<gpu>" },
      threads: requested.threads ?? 1,
      log: rule.log === undefined ? "<log>" : fill(rule.log, wildcards),
      rule: rule.name,
      attempt: 1,
    });
    const prefix = prefixOf(rule.spec);
    if (prefix !== undefined) return prefixed(prefix, command);
    const environment = ruleEnvironment(rule.name, rule.spec);
    return environment === undefined ? command : `# in the environment ${environment.source}\n${command}`;
  } catch (error) {
    // A function of the rule may read what is not there yet.
    return `<not known before its inputs are made: ${messageOf(error).split("\n")[0]}>`;
  }
}
