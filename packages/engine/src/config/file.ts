/** Reads a config file or a profile: YAML with a map at the top. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { closest } from "../closest.ts";
import { cannot } from "../errors.ts";
import { decodeText, type Refuse, readYaml } from "./yaml.ts";
import { yaml } from "./yaml-library.ts";

/** A config file's content, and where in the file each value stands. */
export interface ConfigFile {
  readonly value: Record<string, unknown>;
  /** The line (from 1) and, for a plain scalar, the text as written; null where the file has nothing at `path`. */
  locate(path: readonly PropertyKey[]): { readonly line: number; readonly source: string | null } | null;
}

/** Reads the file at `path` (absolute); `shown` is how the user named it. Throws a BraidError that says what to mend, with `hint` where there is none. */
export function readConfigFile(path: string, shown: string, hint?: string): ConfigFile {
  const refuse: Refuse = (cause, details) => cannot("read config", shown, cause, details);
  const { value, document, lineAt } = readYaml(decodeText(readBytes(path, shown, hint), refuse), refuse);
  if (document.contents === null) throw refuse("the file is empty");
  if (!yaml().isMap(document.contents))
    throw refuse("the top of the file is not a map of keys", {
      facts: [["expected", "lines like `key: value`"]],
    });
  return {
    value: value as Record<string, unknown>,
    locate(at) {
      const node = document.getIn([...at], true);
      if (!yaml().isNode(node) || !node.range) return null;
      return {
        line: lineAt(node.range[0]),
        source: yaml().isScalar(node) && node.type === "PLAIN" ? (node.source ?? null) : null,
      };
    },
  };
}

function readBytes(path: string, shown: string, hint: string | undefined): Buffer {
  try {
    return readFileSync(path);
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
