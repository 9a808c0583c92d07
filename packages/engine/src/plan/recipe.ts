/**
 * A job's recipe: its tracked params and the code of its body, as texts with short ids.
 *
 * Code is compared by its tokens, so comments and formatting do not count. Variables that a body closes over are not
 * compared: pass them as params, or list their modules in `code`.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { shortHash } from "../disk/fingerprint.ts";
import { BraidError, cannot, messageOf } from "../errors.ts";
import { environmentText, normalised, pieceOf, ruleEnvironment, scriptOf } from "../rules/code.ts";
import { checkFunctionResult } from "../rules/function-results.ts";
import { type ComparedText, paramsText } from "../rules/params-text.ts";
import { isProgram, isUntracked } from "../rules/rule.ts";
import { bind, type NamedRule } from "../rules/ruleset.ts";
import { inputShape } from "./job-inputs.ts";
import { describeJob } from "./plan-errors.ts";
import type { JobView } from "./table.ts";

export interface RecordedText {
  readonly id: string;
  readonly text: string;
  /** The ids of earlier versions, if they differ, so that their records still match. */
  readonly former?: readonly string[];
}

export interface Recipe {
  readonly params: RecordedText;
  readonly code: RecordedText;
  /** The params come from a function that has asked for its inputs, so that it may have read them. */
  readonly readsInputs?: boolean;
}

/** Remembers the result of `find` for each rule. */
function ofRule<T extends object | string>(find: (rule: NamedRule) => T): (rule: NamedRule) => T {
  const found = new WeakMap<NamedRule, T>();
  return (rule) => {
    let known = found.get(rule);
    if (known === undefined) {
      known = find(rule);
      found.set(rule, known);
    }
    return known;
  };
}

/** Identifies what a rule does, before any job of it is known: the same here and where a runner loads it. */
export const ruleId = ofRule((rule) => {
  const { params } = rule.spec;
  const text =
    typeof params === "function" ? normalised(params.toString()) : textOfParams(rule.name, params).text;
  return `${shortHash(text)}.${codeOf(rule).id}`;
});

/**
 * The texts of a rule's recipe as written, including comments: faster to get than the recipe. Throws if the params or
 * the code cannot be recorded, as far as that is known without a job.
 */
export function recipeSource(rule: NamedRule): readonly string[] {
  const { name, spec } = rule;
  const params =
    typeof spec.params === "function" ? spec.params.toString() : textOfParams(name, spec.params).text;
  return [params, ...codeSource(rule)];
}

/** The recipes of jobs. Jobs of a rule share one, unless a function gives their params. */
export class Recipes {
  readonly #real: (path: string) => string;
  /** Params that functions returned, by job, until they are forgotten. */
  readonly #ofJob = new Map<number, Recipe>();

  constructor(real: (path: string) => string = (path) => path) {
    this.#real = real;
  }

  /** Throws `RecipeError` if the params function fails. */
  of(job: JobView): Recipe {
    const { rule, row } = job;
    const { params } = rule.spec;
    if (typeof params !== "function") return sharedRecipe(rule);
    let known = this.#ofJob.get(row);
    if (known === undefined) {
      const { given, readsInputs } = paramsOfJob(job, params as AsksJob, this.#real);
      known = { params: recordedParams(rule.name, given), code: this.code(rule), readsInputs };
      this.#ofJob.set(row, known);
    }
    return known;
  }

  code(rule: NamedRule): RecordedText {
    return codeOf(rule);
  }

  /** Forgets the params of a job, so that its function is called again. */
  forget(row: number): void {
    this.#ofJob.delete(row);
  }
}

/** The code of a rule, which needs no job to be known. */
const codeOf = ofRule(recordedCode);

const sharedRecipe = ofRule((rule): Recipe => {
  return { params: recordedParams(rule.name, rule.spec.params), code: codeOf(rule) };
});

type AsksJob = (argument: object) => object;

function paramsOfJob(
  job: JobView,
  params: AsksJob,
  real: (path: string) => string,
): { readonly given: object; readonly readsInputs: boolean } {
  let input: unknown;
  const argument = {
    get input() {
      input ??= inputShape(job, real);
      return input;
    },
    wildcards: bind(job.rule, job.values),
  };
  let given: object;
  try {
    given = params(argument);
  } catch (error) {
    const name = describeJob(job.rule, job.values);
    throw recipeError(
      cannot("get the params of", name, "its params function failed", {
        facts: [["error", messageOf(error)]],
      }),
    );
  }
  try {
    given = checkFunctionResult(given, "get the params of", job.rule.name, "its params function");
    return { given, readsInputs: input !== undefined };
  } catch (error) {
    throw recipeError(error as Error);
  }
}

/** The params of a job cannot be computed, or not compared between runs. */
export class RecipeError extends BraidError {}

function recipeError({ message, cause }: Error): RecipeError {
  return new RecipeError(message, { cause });
}

/** The params as a body gets them: untracked values unwrapped. */
export function bodyParams(params: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(checkFunctionResult(params, "read", "params", "the params function")).map(
      ([name, value]) => [name, isUntracked(value) ? value.value : value],
    ),
  );
}

function recordedParams(rule: string, params: object): RecordedText {
  const { text, former } = textOfParams(rule, params);
  const recorded = { id: shortHash(text), text };
  return former === undefined ? recorded : { ...recorded, former: [shortHash(former)] };
}

function textOfParams(rule: string, params: object): ComparedText {
  try {
    return paramsText(rule, params);
  } catch (error) {
    throw recipeError(error as Error);
  }
}

/** The code of a rule with its prefix, for people; behind the code's id stands the prefix's, where there is one. */
function recordedCode(rule: NamedRule): RecordedText {
  const { spec } = rule;
  const [own = "", prefix = "", ...modules] = codeSource(rule);
  const pieces = [
    pieceOf(own, !isProgram(spec)),
    ...modules.map((text, i) => pieceOf(text, isJavaScript(spec.code![i]!))),
  ];
  const [compared, before] = (["compared", "former"] as const).map((form) =>
    pieces.map((piece) => piece[form]).join(" "),
  ) as [string, string];
  const idOf = (code: string) =>
    prefix === "" ? shortHash(code) : `${shortHash(code)}~${shortHash(prefix)}`;
  const texts = pieces.map(({ text }) => text);
  return {
    id: idOf(compared),
    text: (prefix === "" ? texts : [prefix, ...texts]).join("\n"),
    ...(before === compared ? {} : { former: [idOf(before)] }),
  };
}

/** The ids of the code itself and of its prefix in one that is recorded. */
function partsOfCode(id: string): readonly [code: string, environment: string] {
  const [code = "", environment = ""] = id.split("~");
  return [code, environment];
}

/** What the record of a job says of its recipe. */
interface RecordedIds {
  readonly params: string;
  readonly code: string;
  /** Absent in records of earlier versions: only these are compared with former ids. */
  readonly roles?: string;
}

/** Whether a job was recorded with these params. */
export function sameParams({ params, roles }: RecordedIds, { id, former = [] }: RecordedText): boolean {
  return params === id || (roles === undefined && former.includes(params));
}

/** Which parts of the recorded id match this code: the code itself, and the prefix that starts it. */
export function sameCode(
  { code: recorded, roles }: RecordedIds,
  { id, former = [] }: RecordedText,
): { readonly code: boolean; readonly prefix: boolean } {
  if (recorded === id) return { code: true, prefix: true };
  const [code, prefix] = partsOfCode(recorded);
  const known = (roles === undefined ? [id, ...former] : [id]).map(partsOfCode);
  return { code: known.some(([own]) => own === code), prefix: known[0]![1] === prefix };
}

/** TypeScript too. Of other languages nobody here knows what is a comment: they are compared as they stand. */
function isJavaScript(file: string | URL): boolean {
  return /\.[cm]?[jt]sx?$/.test(String(file));
}

/**
 * The command, script or body of a rule, its prefix or environment, and the modules that it lists, as they are written. Read once:
 * a module that is edited while jobs run is not what they were made by.
 */
const codeSource = ofRule(readCode);

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
  const environment = ruleEnvironment(name, spec);
  const prefix = typeof spec.prefix === "string" ? spec.prefix : "";
  return [own, environment === undefined ? prefix : environmentText(name, environment), ...modules];
}
