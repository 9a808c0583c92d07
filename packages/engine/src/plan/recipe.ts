/**
 * A job's recipe: its tracked params and the code of its body, as texts with short ids.
 *
 * Code is compared by its tokens, so comments and formatting do not count. What a body closes over is not
 * seen: everything it uses comes through params, or from modules listed in `code`.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import jsTokens from "js-tokens";
import { shortHash } from "../disk/fingerprint.ts";
import { BraidError, cannot, messageOf } from "../errors.ts";
import { scriptOf } from "../programs/script-file.ts";
import { answered } from "../rules/answered.ts";
import { isProgram, type Untracked } from "../rules/rule.ts";
import { bind, type NamedRule } from "../rules/ruleset.ts";
import { inputShape } from "./job-inputs.ts";
import type { PlannedJob } from "./plan.ts";
import { describeJob } from "./plan-errors.ts";

export interface RecordedText {
  readonly id: string;
  readonly text: string;
}

export interface Recipe {
  readonly params: RecordedText;
  readonly code: RecordedText;
}

/** Identifies what a rule does, before any job of it is known: the same here and where a runner loads it. */
export function ruleId(rule: NamedRule): string {
  let id = ruleIds.get(rule);
  if (id === undefined) {
    const { params } = rule.spec;
    const text = typeof params === "function" ? normalised(params.toString()) : paramsText(rule.name, params);
    id = `${shortHash(text)}.${recordedCode(rule).id}`;
    ruleIds.set(rule, id);
  }
  return id;
}

/** All that makes up a rule's recipe as it is written, comments too: quicker to have than the recipe. */
export function writtenRecipe(rule: NamedRule): readonly string[] {
  const { name, spec } = rule;
  const params = typeof spec.params === "function" ? spec.params.toString() : paramsText(name, spec.params);
  return [params, ...writtenCode(rule)];
}

const ruleIds = new WeakMap<NamedRule, string>();

/** The code of a rule, which needs no job to be known. */
export function ruleCode(rule: NamedRule): RecordedText {
  return recordedCode(rule);
}

/** Throws where the params or the code of a rule are none that can be recorded, as far as no job is needed to know. */
export function checkRecipe(rule: NamedRule): void {
  writtenRecipe(rule);
}

/** Gives the recipe of each job; those of a rule share it, unless a function gives their params. */
export function recipes(real: (path: string) => string = (path) => path): (job: PlannedJob) => Recipe {
  const ofRule = new Map<NamedRule, Recipe>();
  const ofJob = new WeakMap<PlannedJob, Recipe>();
  const codes = new Map<NamedRule, RecordedText>();
  const codeOf = (rule: NamedRule) => {
    const code = codes.get(rule) ?? recordedCode(rule);
    codes.set(rule, code);
    return code;
  };
  return (job) => {
    const { rule } = job;
    const { params } = rule.spec;
    if (typeof params === "function") {
      const known = ofJob.get(job);
      if (known !== undefined) return known;
      const recipe = {
        params: recorded(paramsText(rule.name, askedParams(job, params as AsksJob, real))),
        code: codeOf(rule),
      };
      ofJob.set(job, recipe);
      return recipe;
    }
    let recipe = ofRule.get(rule);
    if (recipe === undefined) {
      recipe = { params: recorded(paramsText(rule.name, params)), code: codeOf(rule) };
      ofRule.set(rule, recipe);
    }
    return recipe;
  };
}

type AsksJob = (asked: object) => object;

function askedParams(job: PlannedJob, params: AsksJob, real: (path: string) => string): object {
  const asked = { input: inputShape(job, real), wildcards: bind(job.rule, job.values) };
  let given: object;
  try {
    given = params(asked);
  } catch (error) {
    const name = describeJob(job.rule, job.values);
    throw noRecipe(
      cannot("say the params of", name, "its params function failed", {
        facts: [["error", messageOf(error)]],
      }),
    );
  }
  try {
    return answered(given, "ask for the params of", job.rule.name, "their function");
  } catch (error) {
    throw noRecipe(error as Error);
  }
}

/** The params of a job cannot be said, or not compared between runs. */
export class NoRecipe extends BraidError {}

function noRecipe({ message, cause }: Error): NoRecipe {
  return new NoRecipe(message, { cause });
}

/** The params as a body gets them: untracked values unwrapped. */
export function bodyParams(params: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(answered(params, "read", "params", "their function")).map(([name, value]) => [
      name,
      isUntracked(value) ? value.value : value,
    ]),
  );
}

function isUntracked(value: unknown): value is Untracked {
  return typeof value === "object" && value !== null && (value as Untracked).kind === "untracked";
}

function recorded(text: string): RecordedText {
  return { id: shortHash(text), text };
}

/** The code of a rule with its prefix, for people; behind the code's id stands the prefix's, where there is one. */
function recordedCode(rule: NamedRule): RecordedText {
  const { spec } = rule;
  const [own = "", prefix = "", ...modules] = writtenCode(rule);
  const pieces = [
    pieceOf(own, !isProgram(spec)),
    ...modules.map((text, i) => pieceOf(text, isJavaScript(spec.code![i]!))),
  ];
  const id = shortHash(pieces.map(({ compared }) => compared).join(" "));
  const texts = pieces.map(({ text }) => text);
  if (prefix === "") return { id, text: texts.join("\n") };
  return { id: `${id}~${shortHash(prefix)}`, text: [prefix, ...texts].join("\n") };
}

/** The ids of the code itself and of its prefix in one that is recorded. */
export function partsOfCode(id: string): readonly [code: string, environment: string] {
  const [code = "", environment = ""] = id.split("~");
  return [code, environment];
}

/** Line ends of JavaScript are for people: what is only laid out otherwise is the same. */
function pieceOf(source: string, javaScript: boolean): { readonly text: string; readonly compared: string } {
  const text = javaScript ? normalised(source) : source;
  return { text, compared: javaScript ? text.replaceAll("\n", " ") : text };
}

function paramsText(rule: string, params: object): string {
  const tracked = Object.entries(params).filter(([, value]) => !isUntracked(value));
  return canonical(Object.fromEntries(tracked), (what) =>
    noRecipe(
      cannot("record the params of", rule, `${what} cannot be compared between runs`, {
        hint: "Params are plain data: text, numbers, lists, records, dates, sets and maps; or mark the value untracked().",
      }),
    ),
  );
}

/** JSON with sorted keys, and with what JSON has no text for. */
function canonical(value: unknown, refuse: (what: string) => Error): string {
  if (value === undefined) return "undefined";
  if (typeof value === "number" || typeof value === "bigint")
    return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "function" || typeof value === "symbol") throw refuse(`a ${typeof value}`);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const each = (values: Iterable<unknown>) => [...values].map((v) => canonical(v, refuse)).join(",");
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return `[${each(value as unknown as unknown[])}]`;
  if (value instanceof Date) return `Date(${value.toISOString()})`;
  if (value instanceof URL || value instanceof RegExp) return `${value.constructor.name}(${value})`;
  if (value instanceof Set) return `Set[${each(value)}]`;
  if (value instanceof Map) return `Map[${each(value)}]`;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, v]) => `${JSON.stringify(key)}:${canonical(v, refuse)}`).join(",")}}`;
}

/** TypeScript too. Of other languages nobody here knows what is a comment: they are compared as they stand. */
function isJavaScript(file: string | URL): boolean {
  return /\.[cm]?[jt]sx?$/.test(String(file));
}

const writtenCodes = new WeakMap<NamedRule, readonly string[]>();

/**
 * The command, script or body of a rule, its prefix, and the modules that it lists, as they are written. Read once:
 * a module that is edited while jobs run is not what they were made by.
 */
function writtenCode(rule: NamedRule): readonly string[] {
  let written = writtenCodes.get(rule);
  if (written === undefined) {
    written = readCode(rule);
    writtenCodes.set(rule, written);
  }
  return written;
}

function readCode({ name, spec }: NamedRule): string[] {
  const modules = (spec.code ?? []).map((url) => {
    try {
      return readFileSync(fileURLToPath(url), "utf8");
    } catch (error) {
      throw cannot("read the code of", name, (error as Error).message, {
        hint: 'List modules by their URLs: code: [new URL("./train.ts", import.meta.url)].',
      });
    }
  });
  const program = spec.script === undefined ? spec.shell : scriptOf(name, spec).text.replaceAll("\r\n", "\n");
  const own = program ?? (spec.run ?? spec.runBatch)?.toString() ?? "";
  return [own, typeof spec.prefix === "string" ? spec.prefix : "", ...modules];
}

/** One line per source line that has code, its tokens a blank apart; comments and layout are gone. */
export function normalised(source: string): string {
  let text = "";
  for (const token of jsTokens(source)) {
    if (token.type === "LineTerminatorSequence") text += text.endsWith("\n") ? "" : "\n";
    else if (
      token.type !== "WhiteSpace" &&
      token.type !== "SingleLineComment" &&
      token.type !== "MultiLineComment"
    )
      text += text === "" || text.endsWith("\n") ? token.value : ` ${token.value}`;
  }
  return text.trim();
}
