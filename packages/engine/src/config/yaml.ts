/**
 * Reads what a user writes in YAML 1.2, and in JSON, which is part of it: config files, profiles, values of options.
 * One document, keys that are text and stand once; nothing that plain data cannot hold. Faults are told with their line.
 */
import { isUtf8 } from "node:buffer";
import { createRequire } from "node:module";
import type { Document, YAMLError } from "yaml";
import type { ErrorDetails, Fact } from "../errors.ts";

/** Makes the error for a text that is not taken. */
export type Refuse = (cause: string, details?: ErrorDetails) => Error;

/** A text with its syntax tree, so that an error about a value can quote what was written and its line. */
export interface Yaml {
  readonly value: unknown;
  readonly document: Document;
  /** The line of a place in the text, from 1. */
  lineAt(offset: number): number;
}

/** Throws what `refuse` makes. */
export function readYaml(text: string, refuse: Refuse): Yaml {
  const { LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const factsOf = (node: unknown): Fact[] =>
    yaml().isNode(node) && node.range ? [["line", String(lineAt(node.range[0]))]] : [];
  let document: Document | undefined;
  try {
    document = parseDocument(text, { version: "1.2", prettyErrors: false, lineCounter: lines });
    const fault = document.errors[0] ?? document.warnings[0];
    if (fault !== undefined) throw syntaxError(fault, text, lineAt, refuse);
    checkNodes(document, (node, cause, hint) =>
      refuse(cause, { facts: factsOf(node), ...(hint === undefined ? {} : { hint }) }),
    );
    return { value: document.toJS(), document, lineAt };
  } catch (error) {
    if (error instanceof RangeError) throw refuse("it is nested too deeply");
    if (error instanceof ReferenceError && document !== undefined)
      throw refuse("its aliases expand to too much text", {
        facts: factsOf(excessiveAlias(document)),
        cause: error,
      });
    throw error;
  }
}

/** The bytes of a file as text. */
export function decodeText(bytes: Uint8Array, refuse: Refuse): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  // No character of several bytes has a line end in it, so each line can be looked at alone.
  let from = 0;
  let line = 1;
  for (
    let end = bytes.indexOf(10);
    end >= 0 && isUtf8(bytes.subarray(from, end));
    end = bytes.indexOf(10, from)
  ) {
    from = end + 1;
    line++;
  }
  throw refuse("it is not UTF-8 text", {
    facts: [["line", String(line)]],
    hint: "Save it as UTF-8 in your editor.",
  });
}

function syntaxError(
  fault: YAMLError,
  text: string,
  lineAt: (offset: number) => number,
  refuse: Refuse,
): Error {
  const line = lineAt(fault.pos[0]);
  const facts: Fact[] = [[`line ${line}`, (text.split(/\r?\n/)[line - 1] ?? "").replaceAll("\t", "→")]];
  switch (fault.code) {
    case "DUPLICATE_KEY":
      return refuse("a key is written twice", { facts });
    case "TAB_AS_INDENT":
      return refuse("a line is indented with a tab", {
        facts,
        hint: "Indent with spaces: YAML allows no tabs there.",
      });
    case "MULTIPLE_DOCS":
      return refuse("the file holds more than one document", {
        facts,
        hint: "Remove the line `---` and everything that does not belong to this config.",
      });
    case "RESOURCE_EXHAUSTION":
      return refuse("it is nested too deeply");
    default:
      return refuse(`it is not valid YAML: ${fault.message}`, { facts });
  }
}

/** The alias that makes the document too large: the first one that is too large by itself, else the last one. */
function excessiveAlias(document: Document): unknown {
  let found: unknown;
  yaml().visit(document, {
    Alias(_, alias) {
      found = alias;
      try {
        alias.toJS(document);
      } catch {
        return yaml().visit.BREAK;
      }
      return undefined;
    },
  });
  return found;
}

/** Names that every object of JavaScript has already. */
const takenKeys = new Set(["__proto__", "constructor", "prototype"]);

/** Refuses what is valid YAML and no plain data. */
function checkNodes(
  document: Document,
  refuse: (node: unknown, cause: string, hint?: string) => Error,
): void {
  yaml().visit(document, {
    Pair(_, { key }) {
      // YAML would turn the unquoted key 01022500 into the number 1022500.
      if (!yaml().isScalar(key)) throw refuse(key, "a list or a map cannot be a key");
      const source = key.source ?? String(key.value);
      if (typeof key.value !== "string")
        throw refuse(key, `the key ${source} is not text`, `Write it in quotes: "${source}"`);
      if (takenKeys.has(key.value))
        throw refuse(key, `the key ${source} has a special meaning in JavaScript`, "Give it another name.");
    },
    Alias(_, alias, around) {
      const target = alias.resolve(document);
      if (target === undefined)
        throw refuse(alias, `there is no anchor &${alias.source} before the alias *${alias.source}`);
      if (around.includes(target)) throw refuse(alias, `the alias *${alias.source} contains itself`);
    },
  });
}

const require = createRequire(import.meta.url);

/** Loads the YAML library on demand: it has 70 files, and many commands read no YAML. */
export const yaml = (): typeof import("yaml") => require("yaml");
