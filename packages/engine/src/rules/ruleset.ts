/**
 * Rules made ready for planning: patterns parsed once, wildcards checked, matchers compiled.
 *
 * The compiler has checked the same for literal patterns; here it holds also for those made at run time.
 */
import { cannot } from "../errors.ts";
import { type Expanded, expandedPaths, openWildcards } from "../patterns/expand.ts";
import {
  type Constraints,
  fill,
  filler,
  isPlain,
  literal,
  matcher,
  type Pattern,
  parsePattern,
  plainPath,
  type Wildcards,
  wildcardNames,
} from "../patterns/pattern.ts";
import { checkedQueue, checkPrefix, checkRetries, checkRule, checkShown } from "./check-rule.ts";
import { scriptPath } from "./code.ts";
import { isFile } from "./function-results.ts";
import type { Marks } from "./marks.ts";
import type { QueueSettings } from "./queue-settings.ts";
import type { After, AnyRule, File, Files, Rules } from "./rule.ts";
import { isCommand, triggers } from "./settings.ts";
import { checkShell } from "./shell-template.ts";
import { demandOf, type Resources } from "./units.ts";

/** An input of one path per job. */
export interface SingleInput {
  readonly kind: "single";
  readonly pattern: Pattern;
  readonly ancient: boolean;
  /** The rule that is to make it, where the workflow says so. */
  readonly maker: AnyRule | undefined;
  /** The path for one job, from the values of the rule's wildcards. */
  fill(values: readonly string[]): string;
}

/** An input of many paths: open ones differ between jobs, the others are gathers that all jobs share. */
export interface ListInput {
  readonly kind: "list";
  readonly expanded: Expanded;
  readonly ancient: boolean;
  readonly gather: boolean;
}

export type InputTemplate = SingleInput | ListInput;

export interface OutputTemplate {
  readonly pattern: Pattern;
  readonly marks: Marks;
  /** A path matches in at most one way. */
  readonly plain: boolean;
  /** The path for one job, from the values of the rule's wildcards. */
  fill(values: readonly string[]): string;
  /** The values of the rule's wildcards, in their order; null if the path does not match. */
  match(path: string, wished?: Wildcards): readonly string[] | null;
}

/** A rule with its name and its parsed patterns. */
export interface NamedRule {
  readonly name: string;
  readonly index: number;
  readonly spec: AnyRule;
  /** The resources that a call requests, in numbers; a function is called for each job and attempt. */
  readonly resources: Resources | ((job: object) => Resources);
  /** The settings of its queue, likewise. */
  readonly queue: QueueSettings | ((job: object) => QueueSettings) | undefined;
  /** The wildcards, in order of appearance in the first output. */
  readonly wildcards: readonly string[];
  /** The declared inputs in order; none where a function or `after` says what they are. */
  readonly inputs: readonly InputTemplate[];
  readonly singles: readonly SingleInput[];
  /** Lists that differ between jobs, and gathers. */
  readonly lists: readonly ListInput[];
  readonly gathers: readonly Expanded[];
  /** Every input is one plain path per job, or a gather. */
  readonly simple: boolean;
  readonly outputs: readonly OutputTemplate[];
  /** Some output is `temp` or `touch`: the planner looks at each. */
  readonly hasTemporary: boolean;
  readonly log: Pattern | undefined;
  /** The wildcard values for which this path is the log. */
  readonly matchLog: OutputTemplate["match"] | undefined;
}

/** Parses and checks all rules; errors name the rule. `constraints` hold where a rule says nothing else. */
export function ruleset(rules: Rules, constraints: Constraints = {}): NamedRule[] {
  const named = Object.entries(rules).map(([name, spec], index) => nameRule(name, index, spec, constraints));
  if (named.length === 0) throw cannot("read the workflow", "", "it has no rules");
  return named;
}

function nameRule(name: string, index: number, spec: AnyRule, constraints: Constraints): NamedRule {
  if (!/^[A-Za-z_][\w.-]*$/.test(name))
    throw cannot("name a rule", name, "a name starts with a letter and has letters, digits, _ . -");
  if (isCommand(name))
    throw cannot("name a rule", name, "a command has this name, so the rule could not be a target");
  checkRule(name, spec);
  if (spec.batch !== undefined && !(Number.isInteger(spec.batch) && spec.batch > 0))
    throw cannot("read the rule", name, `batch is ${spec.batch}, not a whole number from 1`);
  const odd = spec.triggers?.find((trigger) => !triggers.includes(trigger));
  if (odd !== undefined)
    throw cannot(
      "read the rule",
      name,
      `its triggers have "${odd}", which is none of ${triggers.join(", ")}`,
    );
  const outputs = listFiles(spec.output).map((file) => outputTemplate(name, file));
  const wildcards = outputs[0] === undefined ? [] : wildcardNames(outputs[0].pattern);
  for (const { pattern } of outputs) checkSameWildcards(name, pattern, wildcards);
  for (const { pattern, marks } of outputs)
    if (marks.report !== undefined) checkShown(name, pattern.source, marks.report, wildcards);
  const sources = outputs.map(({ pattern }) => pattern.source);
  const seen = new Set<string>();
  const twice = sources.find((source) => seen.size === seen.add(source).size);
  if (twice !== undefined) throw cannot("read the rule", name, `its output "${twice}" is given twice`);
  const inputs = listFiles(declaredFiles(spec.input)).map((file) => inputTemplate(file, wildcards));
  for (const input of inputs) checkInput(name, input, wildcards);
  const log = spec.log === undefined ? undefined : logPattern(name, spec.log, wildcards);
  if (log !== undefined && sources.includes(log.source))
    throw cannot("read the rule", name, `its log "${log.source}" is also one of its outputs`);
  if (spec.shell !== undefined) checkShell(name, spec.shell, spec, wildcards);
  if (spec.script !== undefined) scriptPath(name, spec.script);
  checkPrefix(name, spec);
  checkRetries(name, spec.retries);
  const lists = inputs.filter((input): input is ListInput => input.kind === "list");
  const singles = inputs.filter((input): input is SingleInput => input.kind === "single");
  const own = { ...constraints, ...spec.constraints };
  return {
    name,
    index,
    spec,
    resources: demandOf(name, spec.resources),
    queue: checkedQueue(name, spec),
    wildcards,
    inputs,
    singles,
    lists: lists.filter((input) => !input.gather),
    gathers: lists.filter((input) => input.gather).map((input) => input.expanded),
    simple:
      typeof spec.input !== "function" &&
      !isAfter(spec.input) &&
      inputs.every((input) =>
        input.kind === "list" ? input.gather : !input.ancient && input.maker === undefined,
      ),
    outputs: outputs.map(({ pattern, marks }) => ({
      pattern,
      marks,
      plain: isPlain(pattern, own),
      fill: filler(pattern, wildcards),
      match: alignedMatcher(pattern, wildcards, own),
    })),
    hasTemporary: outputs.some(({ marks }) => marks.temp === true || marks.touch === true),
    log,
    matchLog: log === undefined ? undefined : alignedMatcher(log, wildcards, own),
  };
}

/** The files that a rule names itself; those that a function gives are known per job only. */
function declaredFiles(input: AnyRule["input"]): Files {
  if (typeof input === "function") return [];
  return isAfter(input) ? [] : input;
}

export function isAfter(input: Files | After): input is After {
  return typeof input === "object" && (input as { kind?: unknown }).kind === "after";
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

/** The wildcards of a job as a record. */
export function bind(rule: NamedRule, values: readonly string[]): Wildcards {
  const wildcards: Record<string, string> = {};
  rule.wildcards.forEach((name, i) => {
    wildcards[name] = values[i]!;
  });
  return wildcards;
}

/** The path of the log that a job's rule declares. */
export function logPath(rule: NamedRule, values: readonly string[]): string | undefined {
  return rule.log === undefined ? undefined : fill(rule.log, bind(rule, values));
}

/** The paths of an input for one job. */
export function inputPaths(input: InputTemplate, wildcards: Wildcards): string[] {
  return input.kind === "single"
    ? [fill(input.pattern, wildcards)]
    : expandedPaths(input.expanded, wildcards);
}

/** The paths of a file that a function gave: it knows the wildcards, so its texts are paths, not patterns. */
export function functionPaths(file: File): string[] {
  if (typeof file === "string") return [file];
  return file.kind === "marked" ? [file.pattern] : expandedPaths(file);
}

function inputTemplate(file: File, wildcards: readonly string[]): InputTemplate {
  if (typeof file === "object" && file.kind === "expanded") {
    const ancient = file.ancient === true;
    return { kind: "list", expanded: file, ancient, gather: openWildcards(file).length === 0 && !ancient };
  }
  const pattern = parsePattern(typeof file === "string" ? file : file.pattern);
  return {
    kind: "single",
    pattern,
    ancient: typeof file === "object" && file.marks.ancient === true,
    maker: makerOf(file),
    fill: filler(pattern, wildcards),
  };
}

/** The rule that `madeBy` asks for. */
export function makerOf(file: File): AnyRule | undefined {
  return typeof file === "object" && "maker" in file ? (file.maker as AnyRule) : undefined;
}

function outputTemplate(rule: string, file: File): { pattern: Pattern; marks: Marks } {
  if (typeof file === "object" && file.kind === "expanded")
    throw cannot("read the rule", rule, "an output is an expand(); one job makes one set of outputs");
  const pattern = plainPattern(typeof file === "string" ? file : file.pattern);
  checkInside(rule, "output", pattern);
  return { pattern, marks: typeof file === "string" ? {} : file.marks };
}

/** Each file has one path in the plan, however the rule spells it. */
function plainPattern(source: string): Pattern {
  const { texts, names, inline } = parsePattern(source);
  const [first = "", ...others] = plainPath(texts.join("\0")).split("\0").map(literal);
  const wildcard = (i: number) => (inline[i] === undefined ? `{${names[i]}}` : `{${names[i]},${inline[i]}}`);
  return parsePattern(first + others.map((text, i) => wildcard(i) + text).join(""));
}

function checkInside(rule: string, what: string, pattern: Pattern): void {
  const text = pattern.texts.join("*");
  if (text === ".") throw cannot("read the rule", rule, `its ${what} is the working folder itself`);
  if (text.startsWith("/") || text.split("/").includes(".."))
    throw cannot("read the rule", rule, `its ${what} "${pattern.source}" leaves the working folder`, {
      hint: "Outputs must be in the working folder (see --directory); inputs may be anywhere.",
    });
  if (text === ".braid" || text.startsWith(".braid/"))
    throw cannot("read the rule", rule, `its ${what} "${pattern.source}" is in the engine's own folder`);
}

function logPattern(rule: string, source: string, wildcards: readonly string[]): Pattern {
  const pattern = plainPattern(source);
  checkInside(rule, "log", pattern);
  const own = wildcardNames(pattern);
  const unknown = own.find((name) => !wildcards.includes(name));
  const lacks = wildcards.find((name) => !own.includes(name));
  if (unknown !== undefined)
    throw cannot("read the rule", rule, `Wildcard {${unknown}} is not in the output path`, {
      facts: [["log", source]],
    });
  if (lacks !== undefined)
    throw cannot("read the rule", rule, `its log lacks the wildcard {${lacks}}: jobs would share it`, {
      facts: [["log", source]],
    });
  return pattern;
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
  const names = input.kind === "single" ? wildcardNames(input.pattern) : openWildcards(input.expanded);
  const unknown = names.find((name) => !wildcards.includes(name));
  if (unknown !== undefined)
    throw cannot("read the rule", rule, `Wildcard {${unknown}} is not in the output path`, {
      facts: [["input", input.kind === "single" ? input.pattern.source : input.expanded.patterns[0]!.source]],
      hint: "Expand it over a list of values, or write {{ and }} for plain braces.",
    });
}

/** A matcher whose values come in the order of the rule's wildcards. */
function alignedMatcher(
  pattern: Pattern,
  wildcards: readonly string[],
  constraints: Constraints,
): OutputTemplate["match"] {
  const match = matcher(pattern, constraints);
  const own = wildcardNames(pattern);
  const order = wildcards.map((name) => own.indexOf(name));
  const same = order.every((from, to) => from === to);
  const inOrder = (values: readonly string[] | null) =>
    same || values === null ? values : order.map((from) => values[from]!);
  return (path, wished) =>
    inOrder((wished === undefined ? null : matcher(pattern, constraints, wished)(path)) ?? match(path));
}
