/**
 * Checks the results of a rule's functions: files or values, not promises. TypeScript finds these errors unless types are
 * cast; JavaScript does not.
 */
import { cannot } from "../errors.ts";
import type { Expanded } from "../patterns/expand.ts";
import type { Marked } from "./marks.ts";

/** Returns the result of a rule's function. Throws if it is a promise, or if `files` is set and it is not files. */
export function checkFunctionResult<T>(
  given: T,
  action: string,
  thing: string,
  what: string,
  files = false,
): T {
  if (isPromise(given))
    throw cannot(action, thing, `${what} returns a promise`, {
      hint: "Planning is synchronous: await it in the workflow's resolve(), and use its result.",
    });
  const odd = files && !isKind(given, "after") ? findNonFile(given) : null;
  if (odd !== null)
    throw cannot(action, thing, `${what} returns ${odd}, which is not a file`, { hint: shapesOfFiles });
  return given;
}

/** The hint for values that are not files. */
export const shapesOfFiles = "Files are a string, a list of strings, or a record of either.";

function isPromise(value: unknown): boolean {
  if (typeof (value as PromiseLike<unknown> | null)?.then !== "function") return false;
  // Nobody awaits it: its rejection must not end the process.
  void Promise.resolve(value).catch(() => {});
  return true;
}

/** Describes the first value that is not a file; null if all are files. */
export function findNonFile(files: unknown): string | null {
  if (isFile(files)) return null;
  if (typeof files !== "object" || files === null) return describeValue(files);
  const isList = Array.isArray(files);
  const inner = Object.values(files).flatMap((one) => (!isList && Array.isArray(one) ? one : [one]));
  const odd = inner.findIndex((one) => !isFile(one));
  return odd < 0 ? null : describeValue(inner[odd]);
}

/** True for one file, false for a list or record of files, and for anything else. */
export function isFile(value: unknown): value is string | Marked | Expanded {
  return typeof value === "string" || isKind(value, "marked") || isKind(value, "expanded");
}

/** True for a record with this `kind`. */
export function isKind(value: unknown, kind: string): boolean {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === kind;
}

/** A value in a word or two, for messages. */
export function describeValue(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "a record" : String(value);
}
