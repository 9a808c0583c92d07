/**
 * Reads a config file: YAML 1.2, one document, a map at the top, keys that are text.
 * Keeps the syntax tree, so that an error about a value can quote what was written and its line.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import { closest } from "../closest.ts";
import { cannot, type Fact } from "../errors.ts";

/** A config file's content, and where in the file each value stands. */
export interface ConfigFile {
  readonly value: Record<string, unknown>;
  /** The line (from 1) and, for a plain scalar, the text as written; null where the file has nothing at `path`. */
  locate(path: readonly PropertyKey[]): { readonly line: number; readonly source: string | null } | null;
}

/** Reads the file at `path` (absolute); `shown` is how the user named it. Throws a BraidError that says what to mend, with `hint` where there is none. */
export function readConfigFile(path: string, shown: string, hint?: string): ConfigFile {
  const text = readText(path, shown, hint);
  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.2", prettyErrors: false, lineCounter: lines });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) throw syntaxError(fault, text, lines, shown);
  if (document.contents === null) throw cannot("read config", shown, "the file is empty");
  if (!isMap(document.contents))
    throw cannot("read config", shown, "the top of the file is not a map of keys", {
      facts: [["expected", "lines like `key: value`"]],
    });
  checkKeys(document, lines, shown);
  return {
    value: toValue(document, shown),
    locate(at) {
      const node = document.getIn([...at], true);
      if (!isNode(node) || !node.range) return null;
      return {
        line: lines.linePos(node.range[0]).line,
        source: isScalar(node) && node.type === "PLAIN" ? (node.source ?? null) : null,
      };
    },
  };
}

function readText(path: string, shown: string, hint: string | undefined): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EISDIR") throw cannot("read config", shown, "it is a folder, not a file");
    if (code !== "ENOENT" && code !== "ENOTDIR")
      throw cannot("read config", shown, message, { cause: error });
    const near = closest(basename(path), namesIn(dirname(path)));
    throw cannot("read config", shown, "the file does not exist", {
      facts: near === undefined ? [] : [["closest", near]],
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function syntaxError(fault: YAMLError, text: string, lines: LineCounter, shown: string): Error {
  const { line } = lines.linePos(fault.pos[0]);
  const facts: Fact[] = [[`line ${line}`, (text.split(/\r?\n/)[line - 1] ?? "").replaceAll("\t", "→")]];
  switch (fault.code) {
    case "DUPLICATE_KEY":
      return cannot("read config", shown, "a key is written twice", { facts });
    case "TAB_AS_INDENT":
      return cannot("read config", shown, "a line is indented with a tab", {
        facts,
        hint: "Indent with blanks: YAML allows no tabs there.",
      });
    case "MULTIPLE_DOCS":
      return cannot("read config", shown, "the file holds more than one document", {
        facts,
        hint: "Remove the line `---` and what does not belong to this config.",
      });
    default:
      return cannot("read config", shown, `it is not valid YAML: ${fault.message}`, { facts });
  }
}

/** YAML would turn the unquoted key 01022500 into the number 1022500. */
function checkKeys(document: Document, lines: LineCounter, shown: string): void {
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && typeof key.value === "string") return;
      const source = isScalar(key) ? (key.source ?? String(key.value)) : "a list or a map";
      const line = isNode(key) && key.range ? lines.linePos(key.range[0]).line : 0;
      throw cannot("read config", shown, `the key ${source} is not text`, {
        facts: [["line", String(line)]],
        ...(isScalar(key) ? { hint: `Write it in quotes: "${source}"` } : {}),
      });
    },
  });
}

function toValue(document: Document, shown: string): Record<string, unknown> {
  try {
    return document.toJS();
  } catch (error) {
    // An alias without its anchor, or one that multiplies the file beyond reason.
    throw cannot("read config", shown, (error as Error).message, { cause: error });
  }
}
