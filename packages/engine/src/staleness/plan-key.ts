/** A key for a plan: the same key and the same files give the same plan. */

import { shortHash } from "../disk/fingerprint.ts";
import type { Expanded } from "../patterns/expand.ts";
import { recipeSource } from "../plan/recipe.ts";
import { type AnyRule, type Files, originalOf } from "../rules/rule.ts";
import { type InputTemplate, isAfter, mapFiles, type NamedRule } from "../rules/ruleset.ts";

/**
 * The key of a plan; `about` is plain data such as the targets. Null if functions give the inputs of jobs: then the
 * plan is known only after calling them.
 */
export function planKey(rules: readonly NamedRule[], about: unknown): string | null {
  if (rules.some(({ spec }) => typeof spec.input === "function" || isAfter(spec.input))) return null;
  const names = new Map<AnyRule, string>(rules.map((rule) => [originalOf(rule.spec), rule.name]));
  const told = rules.map((rule) => ({
    name: rule.name,
    recipe: recipeSource(rule),
    outputs: rule.outputs.map(({ pattern, marks }) => [pattern.source, marks]),
    inputs: rule.inputs.map((input) => inputText(input, names)),
    log: rule.log?.source,
    // Names and places count too, because bodies see them.
    shapes: [rule.spec.input as Files, rule.spec.output].map((files) => mapFiles(files, () => 0)),
    constraints: rule.spec.constraints,
    triggers: rule.spec.triggers,
  }));
  return shortHash(JSON.stringify([about, told]));
}

function inputText(input: InputTemplate, names: ReadonlyMap<AnyRule, string>): unknown {
  if (input.kind === "list") return [input.ancient, expandedText(input.expanded)];
  const { pattern, ancient, maker } = input;
  return [ancient, pattern.source, maker === undefined ? "" : names.get(originalOf(maker))];
}

function expandedText({ patterns, values, zip }: Expanded): unknown {
  return [patterns.map((pattern) => pattern.source), [...values], zip];
}
