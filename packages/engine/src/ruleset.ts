/**
 * Rules made ready for planning: patterns parsed once, wildcards checked, matchers compiled.
 *
 * The compiler has checked the same for literal patterns; here it holds also for those made at run time.
 */
import { cannot } from "./errors.ts";
import { type Expanded, expandedPaths, openWildcards } from "./expand.ts";
import {
  type Constraints,
  fill,
  filler,
  matcher,
  type Pattern,
  parsePattern,
  type Wildcards,
  wildcardNames,
} from "./pattern.ts";
import type { AnyRule, File, Files, Marks, Rules } from "./rule.ts";

export type InputTemplate =
  | {
      readonly kind: "pattern";
      readonly pattern: Pattern;
      /** The path for one job, from the values of the rule's wildcards. */
      fill(values: readonly string[]): string;
    }
  | { readonly kind: "expanded"; readonly expanded: Expanded; readonly open: boolean };

export interface OutputTemplate {
  readonly pattern: Pattern;
  readonly marks: Marks;
  /** The path for one job, from the values of the rule's wildcards. */
  fill(values: readonly string[]): string;
  /** The values of the rule's wildcards, in their order; null where the path does not match. */
  match(path: string): readonly string[] | null;
}

/** A rule with its name and its parsed patterns. */
export interface NamedRule {
  readonly name: string;
  readonly index: number;
  readonly spec: AnyRule;
  /** The wildcards, in order of appearance in the first output. */
  readonly wildcards: readonly string[];
  readonly inputs: readonly InputTemplate[];
  /** The inputs by what they become in a job: one path each, a list each, a gather that all jobs share. */
  readonly single: readonly (InputTemplate & { kind: "pattern" })[];
  readonly lists: readonly (InputTemplate & { kind: "expanded" })[];
  readonly gathers: readonly Expanded[];
  readonly outputs: readonly OutputTemplate[];
}

/** Parses and checks all rules; errors name the rule. */
export function ruleset(rules: Rules): NamedRule[] {
  const named = Object.entries(rules).map(([name, spec], index) => nameRule(name, index, spec));
  if (named.length === 0) throw cannot("read the workflow", "", "it has no rules");
  return named;
}

function nameRule(name: string, index: number, spec: AnyRule): NamedRule {
  if (!/^[A-Za-z_][\w.-]*$/.test(name))
    throw cannot("name a rule", name, "a name starts with a letter and has letters, digits, _ . -");
  if (spec.batch !== undefined && !(Number.isInteger(spec.batch) && spec.batch > 0))
    throw cannot("read the rule", name, `batch is ${spec.batch}; it is a whole number from 1`);
  const outputs = listFiles(spec.output).map((file) => outputTemplate(name, file));
  const wildcards = outputs[0] === undefined ? [] : wildcardNames(outputs[0].pattern);
  for (const { pattern } of outputs) checkSameWildcards(name, pattern, wildcards);
  const inputs = listFiles(spec.input).map((file) => inputTemplate(file, wildcards));
  for (const input of inputs) checkInput(name, input, wildcards);
  return {
    name,
    index,
    spec,
    wildcards,
    inputs,
    single: inputs.filter((input) => input.kind === "pattern"),
    lists: inputs.filter((input) => input.kind === "expanded" && input.open) as (InputTemplate & {
      kind: "expanded";
    })[],
    gathers: inputs.flatMap((input) => (input.kind === "expanded" && !input.open ? [input.expanded] : [])),
    outputs: outputs.map(({ pattern, marks }) => ({
      pattern,
      marks,
      fill: filler(pattern, wildcards),
      match: aligned(pattern, wildcards, spec.constraints ?? {}),
    })),
  };
}

/** Every file of a shape, in order. */
export function listFiles(files: Files): File[] {
  if (isFile(files)) return [files];
  return Object.values(files as Record<string, File | readonly File[]>).flatMap((one) =>
    isFile(one) ? [one] : [...one],
  );
}

/** The shape of `files` with each file replaced. */
export function mapFiles<T>(files: Files, replace: (file: File) => T): unknown {
  if (isFile(files)) return replace(files);
  if (Array.isArray(files)) return files.map(replace);
  return Object.fromEntries(
    Object.entries(files as Record<string, File | readonly File[]>).map(([key, one]) => [
      key,
      isFile(one) ? replace(one) : one.map(replace),
    ]),
  );
}

function isFile(files: Files): files is File {
  return typeof files === "string" || "kind" in files;
}

/** The wildcards of a job as a record. */
export function bind(rule: NamedRule, values: readonly string[]): Wildcards {
  const wildcards: Record<string, string> = {};
  rule.wildcards.forEach((name, i) => {
    wildcards[name] = values[i]!;
  });
  return wildcards;
}

/** The paths of an input for one job. */
export function inputPaths(input: InputTemplate, wildcards: Wildcards): string[] {
  return input.kind === "pattern"
    ? [fill(input.pattern, wildcards)]
    : expandedPaths(input.expanded, wildcards);
}

function inputTemplate(file: File, wildcards: readonly string[]): InputTemplate {
  if (typeof file === "object" && file.kind === "expanded")
    return { kind: "expanded", expanded: file, open: openWildcards(file).length > 0 };
  const pattern = parsePattern(typeof file === "string" ? file : file.pattern);
  return { kind: "pattern", pattern, fill: filler(pattern, wildcards) };
}

function outputTemplate(rule: string, file: File): { pattern: Pattern; marks: Marks } {
  if (typeof file === "object" && file.kind === "expanded")
    throw cannot("read the rule", rule, "an output is expanded; one job makes one set of outputs");
  const pattern = parsePattern(typeof file === "string" ? file : file.pattern);
  const text = pattern.texts.join("*");
  if (text.startsWith("/") || text.split("/").includes(".."))
    throw cannot("read the rule", rule, `its output "${pattern.source}" leaves the working folder`, {
      hint: "Outputs stay in the working folder (see --directory); inputs may lie anywhere.",
    });
  return { pattern, marks: typeof file === "string" ? {} : file.marks };
}

function checkSameWildcards(rule: string, pattern: Pattern, wildcards: readonly string[]): void {
  const own = wildcardNames(pattern);
  const lacks = wildcards.find((name) => !own.includes(name));
  const more = own.find((name) => !wildcards.includes(name));
  if (lacks !== undefined || more !== undefined)
    throw cannot("read the rule", rule, `its outputs differ in the wildcard {${lacks ?? more}}`, {
      facts: [["output", pattern.source]],
    });
}

function checkInput(rule: string, input: InputTemplate, wildcards: readonly string[]): void {
  const names = input.kind === "pattern" ? wildcardNames(input.pattern) : openWildcards(input.expanded);
  const unknown = names.find((name) => !wildcards.includes(name));
  if (unknown !== undefined)
    throw cannot("read the rule", rule, `Wildcard {${unknown}} is not in the output path`, {
      facts: [
        ["input", input.kind === "pattern" ? input.pattern.source : input.expanded.patterns[0]!.source],
      ],
      hint: "Expand it over a list of values, or write {{ and }} for plain braces.",
    });
}

/** A matcher whose values come in the order of the rule's wildcards. */
function aligned(
  pattern: Pattern,
  wildcards: readonly string[],
  constraints: Constraints,
): OutputTemplate["match"] {
  const match = matcher(pattern, constraints);
  const own = wildcardNames(pattern);
  const order = wildcards.map((name) => own.indexOf(name));
  if (order.every((from, to) => from === to)) return match;
  return (path) => {
    const values = match(path);
    return values === null ? null : order.map((from) => values[from]!);
  };
}
