/**
 * The recorded inputs of a rule's jobs, as one text per rule: its patterns, and the values that they are expanded over.
 * So removed inputs can be named although the list of each job is never written.
 *
 * A record need not say which of a rule's texts, old or new, belongs to it: it is the one whose paths have the digest
 * in the job's trace.
 */

import { SetDigest, shortHash } from "../disk/fingerprint.ts";
import { expandedPaths } from "../patterns/expand.ts";
import { fill, literal, parsePattern, type Wildcards } from "../patterns/pattern.ts";
import type { RecordedText } from "../plan/recipe.ts";
import type { JobView } from "../plan/table.ts";
import { bind, isAfter, type NamedRule } from "../rules/ruleset.ts";

/** One pattern, or several with the values that they are expanded over. */
type Entry =
  | string
  | {
      readonly expand: readonly string[];
      readonly over: Readonly<Record<string, readonly string[]>>;
      readonly zip: boolean;
    };

/** Characters of a text: of a rule's own patterns, and of what a function gave for one job. */
const maxText = 100_000;
const maxFunctionText = 2_000;
/** Texts of one rule: the lists of a function may differ from job to job. */
const maxTexts = 1_000;

const headOf = (rule: string) => `inputs of ${rule}\n`;

/** Gives the text of each job's inputs, for the journal that knows `texts`; null where it would be too much. */
export function inputRecords(texts: ReadonlyMap<string, string>): (job: JobView) => RecordedText | null {
  const ofRule = new Map<NamedRule, RecordedText | null>();
  const given = new Map<NamedRule, number>();
  return (job) => {
    const { rule } = job;
    if (typeof rule.spec.input === "function" || isAfter(rule.spec.input)) {
      const before = given.get(rule) ?? recordsOf(rule.name, texts).length;
      const record = recorded(rule, givenEntries(job), maxFunctionText);
      const known = record === null || texts.has(record.id);
      given.set(rule, known ? before : before + 1);
      return known || before < maxTexts ? record : null;
    }
    let record = ofRule.get(rule);
    if (record === undefined) {
      record = recorded(rule, declaredEntries(rule), maxText);
      ofRule.set(rule, record);
    }
    return record;
  };
}

/** The input paths of a job whose trace has the digest `set`; null where no text tells. */
export function recordedInputs(
  texts: ReadonlyMap<string, string>,
  { rule, values }: Pick<JobView, "rule" | "values">,
  set: string,
): string[] | null {
  const wildcards = bind(rule, values);
  for (const text of recordsOf(rule.name, texts).reverse()) {
    const paths = pathsOf(text.slice(headOf(rule.name).length), wildcards);
    if (paths === null) continue;
    const digest = new SetDigest();
    for (const path of paths) digest.add(path);
    if (digest.toString() === set) return paths;
  }
  return null;
}

/** The ids of texts about inputs that a journal keeps when it is written anew: the newest of each of these rules. */
export function keptRecords(texts: ReadonlyMap<string, string>, rules: ReadonlySet<string>): string[] {
  const ids = new Map<string, string[]>();
  for (const [id, text] of texts) {
    const rule = /^inputs of (.+)\n/.exec(text)?.[1];
    if (rule !== undefined && rules.has(rule)) ids.set(rule, [...(ids.get(rule) ?? []), id]);
  }
  return [...ids.values()].flatMap((all) => all.slice(-maxTexts));
}

function recordsOf(rule: string, texts: ReadonlyMap<string, string>): string[] {
  return [...texts.values()].filter((text) => text.startsWith(headOf(rule)));
}

function recorded({ name }: NamedRule, entries: readonly Entry[], limit: number): RecordedText | null {
  const text = `${headOf(name)}${JSON.stringify(entries)}`;
  return text.length > limit ? null : { id: shortHash(text), text };
}

function declaredEntries({ inputs }: NamedRule): Entry[] {
  return inputs.map((input) =>
    input.kind === "single"
      ? input.pattern.source
      : {
          expand: input.expanded.patterns.map((pattern) => pattern.source),
          over: Object.fromEntries(input.expanded.values),
          zip: input.expanded.zip,
        },
  );
}

/** Paths as patterns again, so that jobs whose lists differ by their wildcards alone share a text. */
function givenEntries({ rule, values, inputs }: JobView): string[] {
  const names = rule.wildcards.toSorted((a, b) => wildcardLength(b) - wildcardLength(a));
  function wildcardLength(name: string): number {
    return values[rule.wildcards.indexOf(name)]!.length;
  }
  const escaped = names.map((name) =>
    values[rule.wildcards.indexOf(name)]!.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"),
  );
  // A value that is a part of a longer word or number is there by accident.
  const value = new RegExp(
    `(?<![A-Za-z0-9])(?:${escaped.map((one) => `(${one})`).join("|")})(?![A-Za-z0-9])`,
    "g",
  );
  return inputs().map((path) => {
    if (names.length === 0) return literal(path);
    let text = "";
    let from = 0;
    for (const found of path.matchAll(value)) {
      const name = names[found.slice(1).findIndex((group) => group !== undefined)]!;
      text += `${literal(path.slice(from, found.index))}{${name}}`;
      from = found.index + found[0].length;
    }
    return text + literal(path.slice(from));
  });
}

function pathsOf(entries: string, wildcards: Wildcards): string[] | null {
  try {
    return (JSON.parse(entries) as Entry[]).flatMap((entry) =>
      typeof entry === "string"
        ? [fill(parsePattern(entry), wildcards)]
        : expandedPaths(
            {
              patterns: entry.expand.map(parsePattern),
              values: new Map(Object.entries(entry.over)),
              zip: entry.zip,
            },
            wildcards,
          ),
    );
  } catch {
    // A text of a rule that had other wildcards, or a text that only looks like one of these.
    return null;
  }
}
