/**
 * Config files (and profiles) laid over each other, the later over the earlier: maps key by key, the rest whole. Of each
 * value it stays known which file wrote it.
 */
import { dirname, resolve } from "node:path";
import { type ConfigFile, readConfigFile } from "./file.ts";
import { isMap } from "./schema.ts";

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
  /** The folder of the file that wrote what stands at `path`; without files, none has. */
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

function overlay(under: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const all = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = all[key];
    all[key] = isMap(value) && isMap(below) ? overlay(below, value) : value;
  }
  return all;
}

function has({ value }: ConfigFile, path: Path): boolean {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return false;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return true;
}
