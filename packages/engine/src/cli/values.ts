/**
 * Reads the values of options on the command line or in a profile, and the action of `run`. Errors name the option.
 */

import { resolve } from "node:path";
import type { TaskLimit } from "../calls/executor.ts";
import { isProfileValue, type OptionValue } from "../config/config.ts";
import { cannot } from "../errors.ts";
import type { ChangeKind } from "../report/lists.ts";
import { type Refuse, readDemand } from "../rules/units.ts";
import type { Amounts } from "../rules/workflow.ts";

/** The one text of an option; undefined where it is not given. Throws where it is given twice or without one. */
export function singleText(given: ReadonlyMap<string, OptionValue>, flag: string): string | undefined {
  const value = given.get(flag);
  if (value === undefined) return undefined;
  if (Array.isArray(value)) throw cannot("read option", `--${flag}`, "it is given more than once");
  if (value === "" || typeof value === "boolean")
    throw cannot("read option", `--${flag}`, "it needs a value");
  return String(value);
}

/** The texts of an option that takes several; empty where it is not given. */
export function listOf(given: ReadonlyMap<string, OptionValue>, flag: string): readonly string[] {
  const value = given.get(flag);
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length === 0)
    throw cannot("read option", `--${flag}`, "it needs a value");
  return value as readonly string[];
}

/** The texts of an option, each one of `known`. */
export function choicesOf<T extends string>(
  given: ReadonlyMap<string, OptionValue>,
  flag: string,
  known: readonly T[],
): readonly T[] {
  return listOf(given, flag).map((text) => oneOf(flag, text, known));
}

/** A text as one of `known`. */
function oneOf<T extends string>(flag: string, text: string, known: readonly T[]): T {
  if ((known as readonly string[]).includes(text)) return text as T;
  throw cannot("read option", `--${flag}`, `"${text}" is none of ${known.join(", ")}`, {
    hint: "Put targets before the options, or after --.",
  });
}

/** A text as a whole number from `least`; undefined stays undefined. */
export function wholeNumber(flag: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least)
    throw cannot("read option", `--${flag}`, `"${text}" is not a whole number from ${least}`);
  return value;
}

/** `100/1m` as a limit; undefined stays undefined. What is no whole number is so many in a longer span. */
export function taskLimit(flag: string, text: string | undefined): TaskLimit | undefined {
  if (text === undefined) return undefined;
  const [, amount, length, unit] = /^(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const limit = Number(amount);
  const seconds = Number(length) * { s: 1, m: 60, h: 3_600, d: 86_400 }[unit as "s"];
  if (!(limit > 0 && seconds > 0))
    throw cannot("read option", `--${flag}`, `"${text}" is not of the form number/time: 100/1m, 0.5/1s`);
  const tasks = Math.max(1, Math.floor(limit));
  return { tasks, seconds: (seconds * tasks) / limit };
}

/** `gpu=1`, `mem=4GB` as names and amounts. */
export function readResources(flag: string, texts: readonly string[]): Map<string, number> {
  const amounts: Record<string, number | string> = {};
  for (const text of texts) {
    const [, name, amount] = /^([A-Za-z_]\w*)=(.+)$/.exec(text) ?? [];
    if (name === undefined)
      throw cannot("read option", `--${flag}`, `"${text}" is not of the form name=amount`);
    amounts[name] = amountOf(amount!);
  }
  return new Map(Object.entries(readDemand(amounts, amountError(flag))));
}

/** What is no whole number is a text with a unit, or wrong. */
function amountOf(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function amountError(flag: string): Refuse {
  return (cause, hint) => cannot("read option", `--${flag}`, cause, { hint });
}

/** `mem_mb=2000` of all rules, `train=4` threads and `train:gpu=1` of one. */
export function readAmounts(texts: {
  readonly defaults: readonly string[];
  readonly threads: readonly string[];
  readonly resources: readonly string[];
}): Amounts {
  const amounts = new Map<string, Record<string, number | string>>();
  const set = (rule: string, name: string, amount: number | string) =>
    amounts.set(rule, { ...amounts.get(rule), [name]: amount });
  for (const text of texts.resources) {
    const [, rule, name, amount] = /^([\w.-]+):([A-Za-z_]\w*)=(.+)$/.exec(text) ?? [];
    if (rule === undefined)
      throw cannot("read option", "--set-resources", `"${text}" is not of the form rule:name=amount`);
    set(rule, name!, amountOf(amount!));
  }
  for (const text of texts.threads) {
    const [, rule, amount] = /^([\w.-]+)=([1-9]\d*)$/.exec(text) ?? [];
    if (rule === undefined)
      throw cannot("read option", "--set-threads", `"${text}" is not of the form rule=number, from 1`);
    set(rule, "threads", Number(amount));
  }
  const refuse = amountError("set-resources");
  const ofRules = new Map(
    [...amounts].map(([rule, amounts]) => [rule, readDemand(amounts, refuse)] as const),
  );
  return { defaults: Object.fromEntries(readResources("default-resources", texts.defaults)), ofRules };
}

/** An option as it would be typed. */
export function toArguments(name: string, value: OptionValue | undefined): string[] {
  if (value === undefined) return [];
  // What a profile says is not repeated: the profile is.
  if (isProfileValue(value)) return [];
  if (typeof value === "boolean") return [value ? `--${name}` : `--no-${name}`];
  return [`--${name}`, ...(typeof value === "string" ? [value] : value)];
}

export type GraphFormat = "dot" | "mermaid" | "svg";

/** What `run` does: it makes the targets, or one other thing. */
export type Action =
  | { readonly kind: "make" }
  | { readonly kind: "summary" | "detailed summary" | "list untracked" | "touch" | "unlock" }
  | { readonly kind: "list rules"; readonly of: "all" | "targets" }
  | { readonly kind: "delete"; readonly of: "all" | "temporary" }
  | { readonly kind: "list changes"; readonly of: readonly ChangeKind[] }
  | { readonly kind: "rulegraph" | "dag"; readonly format: GraphFormat }
  /** The file is absolute. */
  | { readonly kind: "report"; readonly file: string };

const actions = [
  "summary",
  "detailed-summary",
  "list-changes",
  "list-untracked",
  "list-rules",
  "list-target-rules",
  "rulegraph",
  "dag",
  "report",
  "touch",
  "delete-all-output",
  "delete-temp-output",
  "unlock",
] as const;

/** Throws if more than one action is given. */
export function readAction(given: ReadonlyMap<string, OptionValue>): Action {
  const requested = actions.filter((name) => given.has(name) && given.get(name) !== false);
  if (requested.length > 1)
    throw cannot("do", `--${requested[0]}`, `--${requested[1]} is given as well; use one of them at a time`);
  switch (requested[0]) {
    case undefined:
      return { kind: "make" };
    case "list-changes":
      return {
        kind: "list changes",
        of: choicesOf(given, "list-changes", ["input", "params", "code"] as const),
      };
    case "rulegraph":
    case "dag": {
      const format = given.get(requested[0]);
      return {
        kind: requested[0],
        format:
          format === "" ? "dot" : oneOf(requested[0], String(format), ["dot", "mermaid", "svg"] as const),
      };
    }
    case "report":
      return { kind: "report", file: resolve(String(given.get("report") || "report.html")) };
    case "detailed-summary":
      return { kind: "detailed summary" };
    case "list-untracked":
      return { kind: "list untracked" };
    case "list-rules":
      return { kind: "list rules", of: "all" };
    case "list-target-rules":
      return { kind: "list rules", of: "targets" };
    case "delete-all-output":
      return { kind: "delete", of: "all" };
    case "delete-temp-output":
      return { kind: "delete", of: "temporary" };
    default:
      return { kind: requested[0] };
  }
}
