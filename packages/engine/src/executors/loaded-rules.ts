/** The rules of a workflow as a runner loads them: its files may have been edited since the run began. */
import { type CallSpec, WorkflowChanged } from "../calls/executor.ts";
import { BraidError, cannot, messageOf } from "../errors.ts";
import { ruleId } from "../plan/recipe.ts";
import type { Rules } from "../rules/rule.ts";
import { type NamedRule, ruleset } from "../rules/ruleset.ts";
import { importWorkflow } from "../rules/workflow.ts";

export type LoadedRules = ReadonlyMap<string, NamedRule>;

export async function loadRules(url: string, resolved: unknown): Promise<LoadedRules> {
  const workflow = await importWorkflow(url);
  return new Map(ruleset(workflow.rules(resolved)).map((rule) => [rule.name, rule]));
}

/** How the rule of a call differs from what the run began with; null where it is the same. */
export function ruleChange(rules: LoadedRules, call: CallSpec): string | null {
  const rule = rules.get(call.rule);
  if (rule === undefined) return "it is no longer in the workflow";
  try {
    return call.recipe === undefined || ruleId(rule) === call.recipe
      ? null
      : "it has changed since the run began";
  } catch (error) {
    return messageOf(error);
  }
}

export function ruleChangedError(rule: string, change: string): WorkflowChanged {
  const { message } = cannot("run the rule", rule, change, {
    hint: "Run the same command again. If nothing was edited, rules() is not pure: it reads the time, the environment or a random number.",
  });
  return new WorkflowChanged(message);
}

/** `loaded`: some runner has loaded the workflow before. */
export function notLoadedError(reason: string, loaded: boolean): WorkflowChanged {
  const [action, cause] = loaded
    ? ["start a worker", "the workflow no longer loads"]
    : ["load the workflow", "it does not load in a worker"];
  const { message } = cannot(action, "", cause, {
    facts: [["error", reason]],
    hint: "Repair it, and run the same command again. Finished jobs are kept.",
  });
  return new WorkflowChanged(message, loaded);
}

/** What a loader threw: its message, and where, as far as the stack says. */
export function loadErrorText(error: unknown): string {
  if (error instanceof BraidError || !(error instanceof Error)) return messageOf(error);
  const { name, message, stack = "" } = error;
  // Of a syntax error the stack begins with its place, of any other with the message.
  const place = /^(?:file:\/\/)?(.+:\d+)\n/.exec(stack) ?? /\(?file:\/\/(.+?:\d+)(?::\d+)?\)?$/m.exec(stack);
  const text = name === "Error" ? message : `${name}: ${message}`;
  return place === null ? text : `${text}\n${place[1]}`;
}

/** The rules for a call that runs in this process; throws where its rule is not what the run began with. */
export async function rulesFor(call: CallSpec, url: string, resolved: unknown): Promise<Rules> {
  const rules = await loadRules(url, resolved).catch((error) => {
    throw notLoadedError(loadErrorText(error), false);
  });
  const change = ruleChange(rules, call);
  if (change !== null) throw ruleChangedError(call.rule, change);
  return Object.fromEntries([...rules].map(([name, { spec }]) => [name, spec]));
}
