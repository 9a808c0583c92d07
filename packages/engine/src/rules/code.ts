/**
 * The code of a rule as a text to compare: its tokens, so that comments and layout do not count. A line end counts only
 * if JavaScript would read the tokens differently without it: `return`, with `"x"` on the next line, returns nothing.
 * Scripts and environments are read here too.
 */

import { readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import jsTokens, { type Token } from "js-tokens";
import { shortHash } from "../disk/fingerprint.ts";
import { BraidError, cannot } from "../errors.ts";
import type { AnyRule } from "./rule.ts";

/** A piece of code: for people to read, as it is compared, and as earlier versions compared it. */
export interface CodePiece {
  readonly text: string;
  readonly compared: string;
  readonly former: string;
}

/** Code in other languages than JavaScript and TypeScript is compared character by character. */
export function pieceOf(source: string, javaScript: boolean): CodePiece {
  if (!javaScript) return { text: source, compared: source, former: source };
  const text = normalised(source);
  const compared = withFormerName(comparedTokens(source));
  return { text, compared, former: withFormerName(text.replaceAll("\n", " ")) };
}

/** The engine's former name was `@braid/engine`: both names in an import count as the same code. */
function withFormerName(code: string): string {
  return code.replace(/(?<=["'`])braid-engine(?=["'`/])/g, "@braid/engine");
}

/** One line per source line that has code, its tokens separated by spaces, without comments and layout. */
export function normalised(source: string): string {
  let text = "";
  for (const token of jsTokens(source)) {
    if (token.type === "LineTerminatorSequence") text += text.endsWith("\n") ? "" : "\n";
    else if (!isLayout(token)) text += text === "" || text.endsWith("\n") ? token.value : ` ${token.value}`;
  }
  return text.trim();
}

/** The tokens, separated by spaces, or by line ends where these count. */
function comparedTokens(source: string): string {
  let text = "";
  let lineEnds = false;
  let before: Word = { value: "", word: "", ends: false };
  /** For each open parenthesis, true if it belongs to an `if`, a loop or the like. */
  const heads: boolean[] = [];
  for (const token of jsTokens(source)) {
    const { type, value } = token;
    // A comment of several lines ends a line too.
    if (type === "LineTerminatorSequence") lineEnds = true;
    else if (type === "MultiLineComment") lineEnds ||= /[\n\r\u2028\u2029]/.test(value);
    if (isLayout(token)) continue;
    if (text !== "") text += lineEnds && countsBetween(before, value) ? "\n" : " ";
    // JavaScript reads every line end in a template as \n.
    text += value.replace(/\r\n?/g, "\n");
    lineEnds = false;
    if (value === "(") heads.push(headed.has(before.word));
    const name = type === "IdentifierName" || type === "PrivateIdentifier";
    // After a dot, every word is a name.
    const word = name && before.value !== "." && before.value !== "?." ? value : "";
    const closes = value === "]" || (value === ")" && heads.pop() !== true);
    before = { value, word, ends: closes || (!opens.has(type) && !awaitsOperand.has(word)) };
  }
  return text;
}

interface Word {
  readonly value: string;
  /** The value, if it may be a keyword. */
  readonly word: string;
  /** True if it may end an expression. */
  readonly ends: boolean;
}

/** True if a line end between two tokens is more than layout. */
function countsBetween(before: Word, after: string): boolean {
  return takesRestOfLine.has(before.word) ? !endsAnyway.has(after) : before.ends && clingsToLine.has(after);
}

/** The next token belongs to these only if it is on the same line. */
const takesRestOfLine = new Set("return throw break continue yield async using accessor".split(" "));
/** Tokens that none of them can take. */
const endsAnyway = new Set([";", ",", ":", ")", "]", "}"]);
/** These (`!` in TypeScript) belong to the expression before only on its line; on the next, they begin a statement. */
const clingsToLine = new Set(["++", "--", "!"]);
/** Kinds of tokens that an operand follows, except after some brackets. */
const opens: ReadonlySet<string> = new Set(["Punctuator", "TemplateHead", "TemplateMiddle"]);
/** Words that an operand follows. */
const awaitsOperand = new Set(
  "await case delete do else extends in instanceof new of typeof void"
    .split(" ")
    .concat([...takesRestOfLine]),
);
/** Words whose parentheses are not an expression. */
const headed = new Set(["if", "while", "for", "with"]);

function isLayout({ type }: Token): boolean {
  return (
    type === "WhiteSpace" ||
    type === "LineTerminatorSequence" ||
    type === "SingleLineComment" ||
    type === "MultiLineComment"
  );
}

/** What runs a script, by the ending of its file. */
export type Language = "Python" | "R" | "notebook";

const languages: Readonly<Record<string, Language>> = { ".py": "Python", ".r": "R", ".ipynb": "notebook" };

export interface Script {
  /** Absolute. */
  readonly path: string;
  readonly language: Language;
  readonly text: string;
  /** The bytes of the file: Python allows other encodings than UTF-8. */
  readonly bytes: Buffer;
  readonly id: string;
}

const scripts = new WeakMap<AnyRule, Script>();

/** Read once, so that a script that is edited during a run does not differ from its plan. */
export function scriptOf(rule: string, spec: AnyRule): Script {
  let script = scripts.get(spec);
  if (script === undefined) {
    const path = scriptPath(rule, spec.script!);
    script = { path, language: languageOf(path)!, ...read(rule, path) };
    scripts.set(spec, script);
  }
  return script;
}

function read(rule: string, path: string): Pick<Script, "text" | "bytes" | "id"> {
  try {
    const bytes = readFileSync(path);
    const text = languageOf(path) === "notebook" ? cellsOf(rule, path, bytes) : bytes.toString();
    return { text, bytes, id: shortHash(`${path}\n${text}`) };
  } catch (error) {
    if (error instanceof BraidError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw cannot("read the script of", rule, code === "ENOENT" ? `there is no file ${path}` : message);
  }
}

/** The cells of a notebook, whose results and settings are no code. */
function cellsOf(rule: string, path: string, bytes: Buffer): string {
  const refuse = (cause: string, hint: string) => cannot("read the script of", rule, cause, { hint });
  let notebook: Notebook | undefined;
  try {
    notebook = JSON.parse(bytes.toString()) as Notebook;
  } catch {
    // The error below says it.
  }
  if (!Array.isArray(notebook?.cells))
    throw refuse(`${path} is not a Jupyter notebook of format 4`, "Open it in Jupyter and save it.");
  const { kernelspec, language_info: info } = notebook.metadata ?? {};
  const language = kernelspec?.language ?? info?.name ?? "python";
  if (language !== "python")
    throw refuse(`the notebook ${path} is in ${language}, not in Python`, "Save its code as a script.");
  return notebook.cells
    .map(({ cell_type, source }) => `# ${cell_type}\n${Array.isArray(source) ? source.join("") : source}`)
    .join("\n");
}

interface Notebook {
  readonly metadata?: {
    readonly kernelspec?: { readonly language?: string };
    readonly language_info?: { readonly name?: string };
  };
  readonly cells: readonly { readonly cell_type: string; readonly source: string | readonly string[] }[];
}

/** The language of a script; undefined if its file has the ending of no language that scripts can have. */
export function languageOf(script: string | URL): Language | undefined {
  return languages[extname(String(script)).toLowerCase()];
}

/** The path of the script; throws if it cannot be a script. */
export function scriptPath(rule: string, script: string | URL): string {
  const text = String(script);
  if (languageOf(text) === undefined)
    throw cannot("read the rule", rule, `its script "${text}" is not a file of ${languageNames}`, {
      hint: 'Start programs in other languages by a shell rule: shell: "julia fit.jl {input:q} {output:q}".',
    });
  return absolutePath(text, (cause, hint) =>
    cannot("read the rule", rule, `its script ${cause}`, { hint: hint("script") }),
  );
}

const languageNames = "Python (.py), R (.R) or Jupyter (.ipynb)";

/** The path of a file that a rule names by its URL or absolute path; `refuse` makes the error if it does neither. */
export function absolutePath(
  text: string,
  refuse: (cause: string, hint: (key: string) => string) => Error,
): string {
  if (text.startsWith("file:")) return fileURLToPath(text);
  if (isAbsolute(text)) return text;
  const named = JSON.stringify(/^\.\.?\//.test(text) ? text : `./${text}`);
  throw refuse(
    `"${text}" is not an absolute path`,
    (key) => `Name it beside the workflow: ${key}: new URL(${named}, import.meta.url).`,
  );
}

/** The software that a rule's commands run in, as a file or an image describes it. */
export interface Environment {
  readonly kind: "uv" | "pixi" | "conda" | "image";
  /** The absolute path of the file, or the image's address. */
  readonly source: string;
  /** The files whose change makes jobs run again. */
  readonly files: readonly string[];
}

/** Where the engine keeps environments that no tool keeps itself. */
export const environmentsFolder = ".braid/envs";

const environments = new WeakMap<AnyRule, Environment>();

/** The environment of a rule; undefined if it has none. Throws if `env` names none. */
export function ruleEnvironment(rule: string, spec: AnyRule): Environment | undefined {
  if (spec.env === undefined) return undefined;
  let environment = environments.get(spec);
  if (environment === undefined) {
    environment = readEnvironment(rule, String(spec.env));
    environments.set(spec, environment);
  }
  return environment;
}

function readEnvironment(rule: string, text: string): Environment {
  if (/^[a-z]+:\/\//.test(text) && !text.startsWith("file:"))
    return { kind: "image", source: text, files: [] };
  const kind = environmentKind(basename(text));
  if (kind === undefined)
    throw cannot("read the rule", rule, `its env "${text}" is neither an environment file nor an image`, {
      facts: [
        ["files", "uv.lock, pixi.toml, environment.yml, image.sif"],
        ["images", "docker://python:3.12"],
      ],
      hint: 'Start commands in any other environment by a prefix: prefix: "conda run -n tools".',
    });
  const source = absolutePath(text, (cause, hint) =>
    cannot("read the rule", rule, `its env ${cause}`, { hint: hint("env") }),
  );
  const lock = join(dirname(source), "pixi.lock");
  return { kind, source, files: kind === "pixi" ? [source, lock] : [source] };
}

function environmentKind(name: string): Environment["kind"] | undefined {
  if (name === "uv.lock") return "uv";
  if (name === "pixi.toml") return "pixi";
  if (/\.ya?ml$/.test(name)) return "conda";
  return name.endsWith(".sif") ? "image" : undefined;
}

const environmentTexts = new WeakMap<Environment, string>();

/**
 * A text that changes when the environment does: with the content of its files, or of an image its size and time. Read
 * once: all jobs of a run start in the environment that was made for it, even if its file is edited meanwhile.
 */
export function environmentText(rule: string, environment: Environment): string {
  let text = environmentTexts.get(environment);
  if (text === undefined) {
    text = readEnvironmentFiles(rule, environment);
    environmentTexts.set(environment, text);
  }
  return text;
}

function readEnvironmentFiles(rule: string, { source, files }: Environment): string {
  if (files.length === 0) return source;
  return files
    .map((file) => {
      try {
        const { size, mtimeMs } = statSync(file);
        const state = file.endsWith(".sif") ? `${size} ${mtimeMs}` : readFileSync(file);
        return `${basename(file)} ${shortHash(state)}`;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        const cause = code === "ENOENT" ? `there is no file ${file}` : message;
        const hint = file.endsWith("pixi.lock") ? { hint: "Make it: pixi lock" } : {};
        throw cannot("read the environment of", rule, cause, hint);
      }
    })
    .join(" ");
}
