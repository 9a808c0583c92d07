/**
 * Checks output paths: none lies inside another, none is too long for a file system, and no rules make longer and longer
 * paths from each other.
 */

import type { NamedRule } from "../rules/ruleset.ts";
import { nestedOutputError } from "./plan-errors.ts";
import type { Plan } from "./table.ts";

type Output = NamedRule["outputs"][number];

/**
 * Returns a check that throws if an output of the plan's jobs, from a given row on, is inside another output, unless
 * one job makes both.
 */
export function checkNesting(rules: readonly NamedRule[]): (plan: Plan, from: number) => void {
  const outputs = rules.flatMap((rule) => rule.outputs);
  const deeper = new Set(
    rules.filter((rule) => rule.outputs.some((own) => outputs.some((other) => mayHold(other, own)))),
  );
  return (plan, from) => {
    if (deeper.size === 0) return;
    for (let row = from; row < plan.jobCount; row++)
      if (deeper.has(plan.ruleOf(row)))
        for (const file of plan.outputs(row)) checkOutput(plan, row, plan.path(file));
  };
}

function checkOutput(plan: Plan, row: number, path: string): void {
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
    const above = plan.find(path.slice(0, at));
    const maker = above < 0 ? -1 : plan.maker(above);
    if (maker < 0) continue;
    const folder = plan.ruleOf(maker).outputs[plan.place(above)]!.marks.directory === true;
    if (maker === row && folder) continue;
    const job = plan.job(row);
    throw nestedOutputError(path, job, plan.path(above), maker === row ? job : plan.job(maker), folder);
  }
}

/** Whether a path of `above` can be a folder on the way to one of `below`. */
function mayHold(above: Output, below: Output): boolean {
  if (!above.plain || !below.plain) return true;
  const own = above.pattern.source.split("/");
  const other = below.pattern.source.split("/");
  return own.length < other.length && own.every((name, i) => mayBeEqual(name, other[i]!));
}

/** Whether two names with wildcards may be the same when filled, judged by the text before the first wildcard. */
function mayBeEqual(one: string, other: string): boolean {
  const [a, b] = [one.split("{")[0]!, other.split("{")[0]!];
  return a.startsWith(b) || b.startsWith(a);
}

/** True for a path that repeats the same part again and again. */
export function repeatsItself(path: string): boolean {
  return path.length > 20 && /(.{2,})\1{9}/.test(path);
}

/** True for a path that is too long for any file system: a name over 255 bytes, or over 4,095 bytes in all. */
export function isTooLong(path: string): boolean {
  // A character is at most three bytes.
  if (path.length <= longestName / 3) return false;
  const bytes = Buffer.byteLength(path);
  if (bytes <= longestName) return false;
  return bytes > 4_095 || path.split("/").some((name) => Buffer.byteLength(name) > longestName);
}

const longestName = 255;

/**
 * Detects endless recursion, such as `{x}.txt` made from `{x}.txt.txt`: paths of one rule that keep growing and repeat
 * a part of themselves.
 */
export function recursionCheck(): (rule: NamedRule, path: string) => boolean {
  const longest: number[] = [];
  const raised: number[] = [];
  return ({ index }, path) => {
    if (path.length <= (longest[index] ?? 0)) return false;
    longest[index] = path.length;
    raised[index] = (raised[index] ?? 0) + 1;
    return raised[index] > 20 && (isTooLong(path) || repeatsItself(path));
  };
}
