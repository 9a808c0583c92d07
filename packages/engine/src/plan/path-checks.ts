/**
 * Checks output paths: none lies inside another, none is too long for a file system, and no rules make longer and longer
 * paths from each other.
 */

import { folderOf } from "../disk/locate.ts";
import { foldersAbove } from "../patterns/pattern.ts";
import { logPath, type NamedRule } from "../rules/ruleset.ts";
import { nestingOf } from "./nesting.ts";
import {
  halfTemporaryError,
  nestedOutputError,
  ownFileError,
  ownInputError,
  sharedOutputError,
} from "./plan-errors.ts";
import type { Plan } from "./table.ts";

/**
 * Returns a check that throws if an output or a log of the plan's jobs, from a given row on, is inside another output,
 * unless one job makes both, or if a log is another job's output.
 */
export function checkNesting(rules: readonly NamedRule[]): (plan: Plan, from: number) => void {
  const { deeper } = nestingOf(rules);
  const logged = rules.some(({ log }) => log !== undefined);
  const folders = new Set(rules.filter(({ outputs }) => outputs.some(({ marks }) => marks.directory)));
  const below = new OutputsBelow(deeper);
  return (plan, from) => {
    if (deeper.size === 0 && !logged && folders.size === 0) return;
    for (let row = from; row < plan.jobCount; row++) {
      const rule = plan.ruleOf(row);
      if (deeper.has(rule)) for (const file of plan.outputs(row)) checkOutput(plan, row, plan.path(file));
      if (folders.has(rule)) checkOwnInputs(plan, row);
      if (rule.log !== undefined) checkLog(plan, row, logPath(rule, plan.values(row))!);
      // The rows before these were checked without them.
      if (from > 0) below.check(plan, row, from);
    }
  };
}

/** By folder, an output below it of the rows before a growth: those are never taken back. */
class OutputsBelow {
  readonly #deeper: ReadonlySet<NamedRule>;
  readonly #files = new Map<string, number>();
  #seen = 0;

  constructor(deeper: ReadonlySet<NamedRule>) {
    this.#deeper = deeper;
  }

  /** Throws if an output of a row before `before` lies below one of `row`. */
  check(plan: Plan, row: number, before: number): void {
    for (; this.#seen < before; this.#seen++) if (this.#deeper.has(plan.ruleOf(this.#seen))) this.#add(plan);
    for (const file of plan.outputs(row)) {
      const inside = this.#files.get(plan.path(file));
      if (inside !== undefined) checkOutput(plan, plan.maker(inside), plan.path(inside));
    }
  }

  #add(plan: Plan): void {
    for (const file of plan.outputs(this.#seen))
      for (const folder of foldersAbove(plan.path(file))) this.#files.set(folder, file);
  }
}

/** Throws if an input of a job lies in a folder that the job makes: making it would remove the input. */
export function checkOwnInputs(plan: Plan, row: number): void {
  const { outputs } = plan.ruleOf(row);
  plan.outputs(row).forEach((file, i) => {
    if (outputs[i]!.marks.directory !== true) return;
    const folder = plan.path(file);
    for (const input of plan.inputFiles(row)) {
      const path = plan.path(input);
      if (path.startsWith(`${folder}/`)) throw ownInputError(path, folder, plan.job(row));
    }
  });
}

/** A log that another job writes as an output, or into whose folder, would be lost, or replace the output. */
function checkLog(plan: Plan, row: number, path: string): void {
  const file = plan.find(path);
  if (file >= 0 && plan.place(file) >= 0)
    throw sharedOutputError(path, plan.job(row), plan.job(plan.maker(file)));
  checkOutput(plan, row, path);
}

/** Throws if a path of a job, the log if it is none of its outputs, lies in an output that does not hold it. */
function checkOutput(plan: Plan, row: number, path: string): void {
  for (const folder of foldersAbove(path)) {
    const above = plan.find(folder);
    const maker = above < 0 || plan.place(above) < 0 ? -1 : plan.maker(above);
    if (maker < 0) continue;
    const { marks } = plan.ruleOf(maker).outputs[plan.place(above)]!;
    const isFolder = marks.directory === true;
    const own = maker === row ? plan.place(plan.find(path)) : -1;
    const job = plan.job(row);
    if (own >= 0 && isFolder) {
      if (job.rule.outputs[own]!.marks.temp === marks.temp) continue;
      throw halfTemporaryError(path, folder, job);
    }
    throw nestedOutputError(path, job, folder, maker === row ? job : plan.job(maker), isFolder);
  }
}

/** The folders of all outputs, up to the first wildcard. */
export function outputFolders(rules: readonly NamedRule[]): string[] {
  return rules.flatMap(({ outputs }) =>
    outputs.map(({ pattern }) => folderOf(pattern.source.split("{")[0]!)),
  );
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

/** Throws if a job makes the workflow file, or a folder that it lies in: it would replace what is being run. */
export function checkOwnFile(plan: Plan, workflow: string): void {
  for (let path = workflow; path !== ""; path = folderOf(path)) {
    const file = plan.find(path);
    const maker = file < 0 ? -1 : plan.maker(file);
    if (maker >= 0) throw ownFileError(path, path === workflow, plan.job(maker));
  }
}
