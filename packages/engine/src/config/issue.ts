/**
 * Says in one readable message what zod found wrong: the key, what was written, what is expected.
 */
import type * as z from "zod";
import { closest } from "../closest.ts";
import { type BraidError, cannot, type Fact } from "../errors.ts";
import type { SourceLocation } from "./files.ts";
import { knownKeys, type Schema, schemasAt } from "./schema.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Where the config comes from, as far as a message needs it. */
export interface ConfigOrigin {
  readonly schema: Schema;
  /** The config files as the user named them. */
  readonly files: readonly string[];
  /** What was written, before anything was resolved or converted. */
  readonly written: unknown;
  /** Null for what no file has. */
  locate(path: Path): SourceLocation | null;
  /** The option that gave the value at `path` or around it, with the texts that followed it. */
  option(path: Path): GivenOption | undefined;
}

/** An option as it was given. */
export interface GivenOption {
  readonly flag: string;
  /** The place of its value in the config. */
  readonly path: readonly string[];
  readonly texts: readonly string[];
}

interface Complaint {
  /** `training.epochs is "abc"` */
  readonly cause: string;
  readonly facts: readonly Fact[];
  readonly hint?: string;
  readonly flag?: string;
  /** The file that it is about, where one is known. */
  readonly file?: string | undefined;
}

const shownComplaints = 6;

/** The error for `issues` (at least one): the first in full, the others in a line each. */
export function configError(issues: readonly Issue[], origin: ConfigOrigin): BraidError {
  const all = issues.flatMap((issue) => flatten(issue)).flatMap((issue) => complaints(issue, origin));
  const [first, ...others] = all as [Complaint, ...Complaint[]];
  const also = others.slice(0, shownComplaints - 1).map((other): Fact => {
    const expected = other.facts.find(([label]) => label === "expected");
    const elsewhere = other.file === undefined || other.file === first.file ? "" : ` in ${other.file}`;
    return ["also", `${other.cause}${elsewhere}${expected ? ` (expected ${expected[1]})` : ""}`];
  });
  if (others.length >= shownComplaints) also.push(["also", `${others.length + 1 - shownComplaints} more`]);
  const details = {
    facts: [...first.facts, ...also],
    ...(first.hint === undefined ? {} : { hint: first.hint }),
  };
  return first.flag === undefined
    ? cannot("read config", first.file ?? origin.files.join(", "), first.cause, details)
    : cannot("read option", `--${first.flag}`, first.cause, details);
}

/** A union's complaints are those of the option that came furthest; if none did, the union's own expectations. */
function flatten(issue: Issue): Issue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
  const options = issue.errors.map((errors) => errors.flatMap((inner) => flatten(inner)));
  const depth = (option: readonly Issue[]): number => Math.min(...option.map((inner) => inner.path.length));
  const deepest = Math.max(...options.map(depth));
  const best = options.find((option) => deepest > 0 && depth(option) === deepest);
  if (best === undefined) return [{ ...issue, errors: options } as Issue];
  return best.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as Issue);
}

function complaints(issue: Issue, origin: ConfigOrigin): Complaint[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(issue.path, key, origin));
  const option = origin.option(issue.path);
  const value = at(origin.written, issue.path);
  const place = option === undefined ? origin.locate(issue.path) : null;
  const line: Fact[] = place === null ? [] : [["line", String(place.line)]];
  const named = option === undefined ? dottedPath(issue.path) : "its value";
  const flag = option === undefined ? {} : { flag: option.flag };
  const expected = expectation(issue);
  if (value === undefined && issue.path.length > 0)
    return [
      {
        cause: `${named} is missing`,
        facts: [
          ...(expected === undefined ? [] : [["expected", expected] as const]),
          ...parentLine(issue.path, origin),
        ],
        ...(issue.path.length > 1 ? { file: origin.locate(issue.path.slice(0, -1))?.file } : {}),
      },
    ];
  const unquoted = place?.source != null && typeof value !== "string";
  const texts = option?.path.length === issue.path.length ? option.texts.map(show).join(" ") : undefined;
  const quoted = texts ?? (unquoted ? place.source || "empty" : show(value));
  if (expected === undefined) {
    // The schema's own words; about a map or a list they say what in it is wrong.
    const what =
      issue.path.length === 0 ? "" : typeof value === "object" ? `${named}: ` : `${named} is ${quoted}: `;
    return [
      {
        cause: `${what}${issue.message}`,
        facts: line,
        ...flag,
        ...(issue.path.length === 0 ? {} : { file: place?.file }),
      },
    ];
  }
  const misread = unquoted && expectsText(issue);
  const single = option === undefined && isScalar(value) && expectsList(issue);
  const hint = single
    ? `Write a list, of one too: [${misread || typeof value === "string" ? `"${place?.source ?? value}"` : quoted}]`
    : misread
      ? `Write it in quotes: "${quoted}"`
      : undefined;
  return [
    {
      cause: `${named} is ${misread ? `the ${typeof value} ` : ""}${quoted}`,
      facts: [["expected", expected], ...line],
      ...(hint === undefined ? {} : { hint }),
      ...flag,
      file: place?.file,
    },
  ];
}

function unknownKey(path: Path, key: string, origin: ConfigOrigin): Complaint {
  const schemas = path.reduce<Schema[]>(
    (all, step) => all.flatMap((each) => schemasAt(each, step)),
    [origin.schema],
  );
  const known = [...new Set(schemas.flatMap(knownKeys))];
  const near = closest(key, known);
  const place = origin.locate([...path, key]);
  return {
    cause: `unknown key "${dottedPath([...path, key])}"`,
    facts: [
      ...(place === null ? [] : [["line", String(place.line)] as const]),
      ...(near === undefined && known.length > 0 ? [["known keys", known.join(", ")] as const] : []),
    ],
    ...(near === undefined ? {} : { hint: `Did you mean "${dottedPath([...path, near])}"?` }),
    file: place?.file,
  };
}

function parentLine(path: Path, origin: ConfigOrigin): Fact[] {
  const place = path.length > 1 ? origin.locate(path.slice(0, -1)) : null;
  return place === null ? [] : [["line", String(place.line)]];
}

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  set: "a list",
  object: "a map of keys",
  record: "a map of keys",
  map: "a map of keys",
  null: "null",
};

/** What the schema wants in the place of the issue; undefined when the schema's own message is to be used. */
function expectation(issue: Issue): string | undefined {
  // The schema's author wrote a message: it knows better.
  if (!/^(Invalid|Too|Unrecognized)\b/.test(issue.message)) return undefined;
  switch (issue.code) {
    case "invalid_type":
      return typeNames[issue.expected] ?? issue.expected;
    case "invalid_value":
      return joinWithOr(issue.values.map(show));
    case "too_small": {
      const bound = issue.exact ? "exactly" : issue.inclusive === false ? "more than" : "at least";
      return sizeText(issue.origin, bound, issue.minimum);
    }
    case "too_big": {
      const bound = issue.exact ? "exactly" : issue.inclusive === false ? "less than" : "at most";
      return sizeText(issue.origin, bound, issue.maximum);
    }
    case "not_multiple_of":
      return issue.divisor === 1 ? "a whole number" : `a multiple of ${issue.divisor}`;
    case "invalid_format":
      return issue.pattern !== undefined && issue.format === "regex"
        ? `text like ${issue.pattern}`
        : issue.message.replace(/^Invalid (string: )?/, "");
    case "invalid_union":
      if (issue.errors.length === 0)
        return "options" in issue && issue.options ? joinWithOr(issue.options.map(show)) : undefined;
      return joinWithOr([
        ...new Set(
          issue.errors.flatMap((option) => (option[0] ? [expectation(option[0]) ?? option[0].message] : [])),
        ),
      ]);
    case "invalid_key":
      return issue.issues[0]
        ? `keys that are ${expectation(issue.issues[0]) ?? issue.issues[0].message}`
        : undefined;
    default:
      return undefined;
  }
}

function sizeText(origin: string, bound: string, limit: number | bigint): string {
  if (origin === "string") return `text of ${bound} ${limit} characters`;
  if (origin === "array" || origin === "set") return `a list of ${bound} ${limit}`;
  if (origin === "map" || origin === "object") return `${bound} ${limit} keys`;
  return `${bound} ${limit}`;
}

function expectsText(issue: Issue): boolean {
  if (issue.code === "invalid_union")
    return issue.errors.some((option) => option[0] !== undefined && expectsText(option[0]));
  return (
    (issue.code === "invalid_type" && issue.expected === "string") ||
    (issue.code === "invalid_value" && issue.values.every((value) => typeof value === "string"))
  );
}

function expectsList(issue: Issue): boolean {
  if (issue.code === "invalid_union")
    return issue.errors.some((option) => option[0] !== undefined && expectsList(option[0]));
  return issue.code === "invalid_type" && typeNames[issue.expected] === "a list";
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

function joinWithOr(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** `experiments.expA.sites[0]` */
function dottedPath(path: Path): string {
  return path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : `${i === 0 ? "" : "."}${String(step)}`))
    .join("");
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
