/**
 * Shell commands with places for a job's paths and values: `sort {input.table:q} > {output:q}`.
 *
 * `{{` and `}}` are plain braces, so that `${{HOME}}` reaches bash as `${HOME}`. `:q` quotes each value for
 * the shell; without it a value stands as it is, as in Snakemake. `{input[0]}` is the first of the files, named or not.
 */
import { cannot } from "../errors.ts";
import type { AnyRule } from "./rule.ts";

interface Placeholder {
  readonly path: readonly string[];
  readonly quoted: boolean;
}

export type ShellTemplate = readonly (string | Placeholder)[];

const heads = ["input", "output", "params", "wildcards", "resources", "threads", "log", "rule", "attempt"];
const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;
const known = new Map<string, ShellTemplate>();

/** Parses a command once; a place that is not understood is an error that names the rule. */
export function shellTemplate(rule: string, command: string): ShellTemplate {
  let parts = known.get(command);
  if (parts === undefined) {
    parts = parse(rule, command);
    known.set(command, parts);
  }
  return parts;
}

function parse(rule: string, command: string): ShellTemplate {
  const parts: (string | Placeholder)[] = [];
  let text = "";
  let from = 0;
  for (const found of command.matchAll(token)) {
    text += command.slice(from, found.index);
    from = found.index + found[0].length;
    if (found[0] === "{{" || found[0] === "}}") {
      text += found[0][0];
      continue;
    }
    const [, head, rest = "", mark] = /^(\w+)((?:\.[\w-]+|\[[\w-]+\])*)(?::(q))?$/.exec(found[1] ?? "") ?? [];
    if (head === undefined || !heads.includes(head)) throw placeError(rule, found[0]);
    if (text !== "") parts.push(text);
    parts.push({ path: [head, ...(rest.match(/[\w-]+/g) ?? [])], quoted: mark === "q" });
    text = "";
  }
  parts.push(text + command.slice(from));
  return parts;
}

function placeError(rule: string, placeholder: string): Error {
  return cannot(
    "read the rule",
    rule,
    `its shell command has ${placeholder}, which is not one of its placeholders`,
    {
      facts: [["placeholders", heads.map((head) => `{${head}}`).join(" ")]],
      hint: "Write {{ and }} for braces that belong to the shell.",
    },
  );
}

/** Checks the names in a command against what the rule declares, where that is known without a job. */
export function checkShell(rule: string, command: string, spec: AnyRule, wildcards: readonly string[]): void {
  const names: Record<string, unknown> = {
    input: typeof spec.input === "function" ? undefined : spec.input,
    output: spec.output,
    params: typeof spec.params === "function" ? undefined : spec.params,
    wildcards: Object.fromEntries(wildcards.map((name) => [name, ""])),
  };
  for (const part of shellTemplate(rule, command)) {
    if (typeof part === "string") continue;
    const [head, name] = part.path;
    const shape = names[head!];
    if (name === undefined || shape === undefined || isMarked(shape)) continue;
    // How many files there are by place is known per job, unless there is one.
    const known =
      typeof shape === "string"
        ? name === "0"
        : Object.hasOwn(shape as object, name) || (isPlace(name) && !Array.isArray(shape));
    if (!known)
      throw cannot(
        "read the rule",
        rule,
        `its shell command asks for {${head}.${name}}, which it does not have`,
      );
  }
}

function isMarked(shape: unknown): boolean {
  return typeof shape === "object" && shape !== null && "kind" in shape && typeof shape.kind === "string";
}

/** The command for one job. Throws where a value is not there. */
export function fillShell(template: ShellTemplate, job: object): string {
  let command = "";
  for (const part of template) command += typeof part === "string" ? part : placeText(part, job);
  return command;
}

function placeText({ path, quoted }: Placeholder, job: object): string {
  let value: unknown = job;
  let around: unknown;
  path.forEach((name, depth) => {
    around = value;
    value = depth === 1 ? itemOf(path[0]!, value, name) : memberOf(value, name);
  });
  if (value === undefined || value === null) {
    const known = path.length > 1 && typeof around === "object" ? Object.keys(around ?? {}) : [];
    throw cannot("run the command", "", `there is no {${path.join(".")}} for this job`, {
      facts: known.length === 0 ? [] : [["there are", known.slice(0, 20).join(", ")]],
    });
  }
  const texts = flat(value).map(String);
  return (quoted ? texts.map(shellWord) : texts).join(" ");
}

/** An item of inputs, params and the like, by its name or its place. */
function itemOf(head: string, items: unknown, name: string): unknown {
  const isFiles = head === "input" || head === "output" || head === "log";
  if (isFiles && typeof items === "string") return name === "0" ? items : undefined;
  const item = memberOf(items, name);
  if (item !== undefined || !isPlace(name) || Array.isArray(items)) return item;
  return (isFiles ? flat(items) : Object.values(items ?? {}))[Number(name)];
}

function memberOf(value: unknown, name: string): unknown {
  return value === undefined || value === null ? undefined : (value as Record<string, unknown>)[name];
}

function isPlace(name: string): boolean {
  return /^\d+$/.test(name);
}

function flat(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [value];
  if (value instanceof Date) return [Number.isNaN(value.getTime()) ? "NaN" : value.toISOString()];
  if (value instanceof URL || value instanceof RegExp) return [value];
  return [...(value instanceof Set || value instanceof Map ? value.values() : Object.values(value))].flatMap(
    flat,
  );
}

/** Linux accepts no longer words; in bytes. */
const longestWord = 100_000;

/** The command line that starts a command behind a prefix. */
export function prefixed(prefix: string, command: string): string {
  const start = `${prefix} bash -euo pipefail -c`;
  if (Buffer.byteLength(command) < longestWord) return `${start} ${shellWord(command)}`;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the braces are bash's
  const read = 'command=$(cat); exec </dev/null; eval "${command}"';
  return `${start} ${shellWord(read)} <<<${shellWord(command)}`;
}

/** Quotes a text as one word for bash. */
export function shellWord(text: string): string {
  return /^[\w./=@%+,:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
