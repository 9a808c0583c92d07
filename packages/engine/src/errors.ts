/**
 * What a user reads when something is wrong: one sentence, aligned facts, one hint.
 * Every message of the engine is built with these two functions, so they all have one voice.
 */
import { inspect } from "node:util";

/** A label and its text: `["wanted by", "train_model (seed=4)"]`. */
export type Fact = readonly [label: string, text: string];

export interface ErrorDetails {
  readonly facts?: readonly Fact[];
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A mistake in a workflow, its config or its files: shown without a stack. */
export class BraidError extends Error {
  override readonly name = "BraidError";
}

/** Lines up the labels of `facts` in one column, indented by two blanks. */
export function alignFacts(facts: readonly Fact[]): string {
  const width = Math.max(0, ...facts.map(([label]) => label.length)) + 2;
  return facts
    .map(([label, text]) => `  ${label.padEnd(width)}${text.replaceAll("\n", `\n  ${" ".repeat(width)}`)}`)
    .join("\n");
}

/** The error `Cannot <action> "<thing>": <cause>`; an empty thing leaves the quotes out. */
export function cannot(action: string, thing: string, cause: string, details: ErrorDetails = {}): BraidError {
  const { facts = [], hint } = details;
  const sentence = `Cannot ${action}${thing === "" ? "" : ` "${thing}"`}: ${cause}`;
  const lines = [sentence];
  if (facts.length > 0) lines.push(alignFacts(facts));
  if (hint !== undefined) lines.push(`  ${hint}`);
  return new BraidError(lines.join("\n"), details.cause === undefined ? {} : { cause: details.cause });
}

/** A state that the engine's own code excludes; seeing one is a fault of the engine. */
export function internal(what: string): Error {
  return new Error(`Internal error: ${what}`);
}

/** The stack of anything thrown, and of its causes: for finding faults in the engine. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return textOf(error);
  const { stack = error.message, cause } = error;
  return cause === undefined ? stack : `${stack}\nCaused by: ${stackOf(cause)}`;
}

/** The message of anything thrown; the engine's own errors without their stack. */
export function messageOf(error: unknown): string {
  if (error instanceof BraidError) return error.message;
  if (error instanceof Error) return error.stack ?? error.message;
  return textOf(error);
}

/** A stack frame of the engine: of this repository, or of the installed package. */
const ownFrame = /^\s+at .*(\/(packages\/engine|braid-engine)\/(src|dist|bin)\/|node:internal)/;

/** An error as its user reads it: without the engine's own stack frames. */
export function withoutOwnFrames(error: string): string {
  return error
    .split("\n")
    .filter((line) => !ownFrame.test(line))
    .join("\n");
}

/** Describes a thrown value that is not an Error: its text, or its fields. */
function textOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  return inspect(thrown, { depth: 2, maxArrayLength: 20, maxStringLength: 500 });
}
