/**
 * Reads config files and profiles (YAML with a map at the top) and overlays them: later files override earlier ones, maps key
 * by key. Remembers which file set each value.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { closest } from "../closest.ts";
import { cannot } from "../errors.ts";
import { isMap } from "./schema.ts";
import { decodeText, type Refuse, readYaml, yaml } from "./yaml.ts";

/** The content of a config file, and the line of each value. */
export interface ConfigFile {
  readonly value: Record<string, unknown>;
  /** The line (from 1) and, for a plain scalar, the text as written; null where the file has nothing at `path`. */
  locate(path: readonly PropertyKey[]): { readonly line: number; readonly source: string | null } | null;
}

/** Reads the file at `path` (absolute); `shown` is the path that the user wrote. Throws a BraidError; adds `hint` if the file does not exist. */
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

type Path = readonly PropertyKey[];

/** Where a value was written. */
export interface SourceLocation {
  /** As the user named it. */
  readonly file: string;
  readonly line: number;
  /** The text of a plain scalar, else null. */
  readonly source: string | null;
}

export interface Layers {
  readonly value: Record<string, unknown>;
  /** The folder of the file that set the value at `path`; null if no file did. */
  folderOf(path: Path): string | undefined;
  locate(path: Path): SourceLocation | null;
}

/** Reads the files, relative to `currentFolder`. Throws a BraidError that names the one that cannot be read. */
export function readLayers(files: readonly string[], currentFolder: string): Layers {
  const hint = files.length > 1 ? "Put targets before the options, or after --." : undefined;
  const layers = files.map((shown) => {
    const path = resolve(currentFolder, shown);
    return { shown, folder: dirname(path), file: readConfigFile(path, shown, hint) };
  });
  const writer = (path: Path) => layers.findLast(({ file }) => has(file, path));
  return {
    value: layers.reduce((under, { file }) => overlay(under, file.value), {}),
    folderOf: (path) => writer(path)?.folder,
    locate(path) {
      const layer = writer(path);
      const place = layer?.file.locate(path) ?? null;
      return layer === undefined || place === null ? null : { file: layer.shown, ...place };
    },
  };
}

/** The layers with values from code over them; paths in these are relative to `folder`. */
export function overlayValues(layers: Layers, values: Record<string, unknown>, folder: string): Layers {
  return {
    value: overlay(layers.value, values),
    folderOf: (path) => (has({ value: values }, path) ? folder : layers.folderOf(path)),
    locate: (path) => (has({ value: values }, path) ? null : layers.locate(path)),
  };
}

function overlay(under: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const all = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = all[key];
    all[key] = isMap(value) && isMap(below) ? overlay(below, value) : value;
  }
  return all;
}

function has({ value }: Pick<ConfigFile, "value">, path: Path): boolean {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return false;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return true;
}
