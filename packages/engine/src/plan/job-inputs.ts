/** What one job needs: from the patterns of its rule, or from its input function. */
import { alignFacts, BraidError, cannot, messageOf } from "../errors.ts";
import { type Expanded, expandedPaths } from "../patterns/expand.ts";
import { fill, parsePattern, type Wildcards } from "../patterns/pattern.ts";
import { checkFunctionResult } from "../rules/function-results.ts";
import type { After, AnyRule, File, Files } from "../rules/rule.ts";
import {
  bind,
  functionPaths,
  inputPaths,
  isAfter,
  listFiles,
  makerOf,
  mapFiles,
  type NamedRule,
} from "../rules/ruleset.ts";
import { describeJob } from "./plan-errors.ts";

/** One path that a job needs. */
export interface NeededPath {
  readonly path: string;
  readonly ancient: boolean;
  readonly maker: AnyRule | undefined;
}

export interface JobInputs {
  readonly needs: readonly NeededPath[];
  readonly gathers: readonly Expanded[];
  /** What a function gave, in its shape; undefined where the rule's own patterns say it. */
  readonly given: Files | undefined;
  /** What is to be asked for more when `needs` are made. */
  readonly after: AfterInputs | undefined;
  /** All paths, those of the gathers too. */
  paths(): Iterable<string>;
}

/** The second half of an `after`: what to call, with which paths, when the first half is made. */
export interface AfterInputs {
  /** The paths of the first half in its shape, without missing list items. */
  made(lacks: (path: string) => boolean): unknown;
  readonly next: (made: never) => Files;
  /** For each path of the first half, whether it belongs to a list. */
  readonly listed: readonly boolean[];
}

/** Throws where an input function does. */
export function inputsFor(
  rule: NamedRule,
  values: readonly string[],
  real: (path: string) => string = (path) => path,
): JobInputs {
  const { input } = rule.spec;
  const declared = typeof input === "function" ? ask(rule, values, input) : input;
  if (typeof input !== "function" && !isAfter(input)) return fromPatterns(rule, values);
  if (!isAfter(declared)) return fromFiles(declared, declared);
  const wildcards = bind(rule, values);
  // The files of an `after` that a rule names itself are patterns, those that a function gives are paths.
  const pathsOf = (file: File) =>
    typeof input === "function" ? functionPaths(file) : ownPaths(file, wildcards);
  const { files, next } = declared;
  const made = (lacks: (path: string) => boolean) =>
    mapFiles(files, (file) =>
      isList(file)
        ? pathsOf(file)
            .filter((path) => !lacks(path))
            .map(real)
        : real(pathsOf(file)[0]!),
    );
  const listed = listFiles(files).flatMap((file) => pathsOf(file).map(() => isList(file)));
  return withNeeds(needsOf(files, pathsOf), undefined, { made, next, listed });
}

/** The inputs that the files of a shape stand for. */
export function fromFiles(files: Files, given: Files | undefined): JobInputs {
  return withNeeds(needsOf(files, functionPaths), given);
}

function needsOf(files: Files, pathsOf: (file: File) => string[]): NeededPath[] {
  return listFiles(files).flatMap((file): NeededPath[] => {
    const ancient =
      typeof file === "object" && (file.kind === "marked" ? file.marks.ancient : file.ancient) === true;
    const maker = makerOf(file);
    return pathsOf(file).map((path) => ({ path, ancient, maker }));
  });
}

function withNeeds(needs: readonly NeededPath[], given: Files | undefined, after?: AfterInputs): JobInputs {
  return { needs, gathers: [], given, after, paths: () => needs.map((need) => need.path) };
}

function fromPatterns(rule: NamedRule, values: readonly string[]): JobInputs {
  const wildcards = bind(rule, values);
  const needs = [...rule.singles, ...rule.lists].flatMap((input): NeededPath[] => {
    const maker = input.kind === "single" ? input.maker : undefined;
    return inputPaths(input, wildcards).map((path) => ({ path, ancient: input.ancient, maker }));
  });
  const { gathers } = rule;
  return {
    needs,
    gathers,
    given: undefined,
    after: undefined,
    *paths() {
      for (const need of needs) yield need.path;
      for (const gather of gathers) yield* expandedPaths(gather);
    },
  };
}

/** The paths of a job's inputs in the shape that its rule declares or its function gave. */
export function inputShape(job: JobLike, real: (path: string) => string = (path) => path): unknown {
  const { rule, given, lacks = () => false } = job;
  const open = (paths: readonly string[]) => paths.filter((path) => !lacks(path)).map(real);
  if (given !== undefined)
    return mapFiles(given, (file) => {
      const paths = open(functionPaths(file));
      return isList(file) ? paths : paths[0];
    });
  const { input } = rule.spec;
  if (typeof input === "function" || isAfter(input)) return [];
  const wildcards = bind(rule, job.values);
  let next = 0;
  return mapFiles(input, () => {
    const template = rule.inputs[next++]!;
    const paths = open(inputPaths(template, wildcards));
    return template.kind === "single" ? paths[0] : paths;
  });
}

interface JobLike {
  readonly rule: NamedRule;
  readonly values: readonly string[];
  readonly given: Files | undefined;
  lacks?(path: string): boolean;
}

/** True for an expansion: bodies get it as a list. */
export function isList(file: File): boolean {
  return typeof file === "object" && file.kind === "expanded";
}

function ownPaths(file: File, wildcards: Wildcards): string[] {
  if (typeof file === "object" && file.kind === "expanded") return expandedPaths(file, wildcards);
  return [fill(parsePattern(typeof file === "string" ? file : file.pattern), wildcards)];
}

function ask(
  rule: NamedRule,
  values: readonly string[],
  input: (wildcards: never) => Files | After,
): Files | After {
  let given: Files | After;
  const job = () => describeJob(rule, values);
  try {
    given = input(bind(rule, values) as never);
  } catch (error) {
    // The workflow refuses the job in its own words.
    if (error instanceof BraidError)
      throw new BraidError(`${error.message}\n${alignFacts([["job", job()]])}`, { cause: error });
    throw cannot("plan", job(), "its input function failed", {
      facts: [["error", messageOf(error)]],
      cause: error,
    });
  }
  return checkFunctionResult(given, "plan", job(), "its input function", true);
}
