/**
 * The packages of Braid: the version of the engine, and optional packages that are imported only when something asks
 * for them.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cannot } from "./errors.ts";

/**
 * Imports a package from where the workflow stands, or else from where the engine does.
 * `wanted` is what asked for it, as the user wrote it. Throws what to install if the package is in neither place.
 */
export async function importOptional<T>(name: string, folder: string, wanted: string): Promise<T> {
  for (const parent of [join(folder, "package.json"), import.meta.filename]) {
    const place = placeOf(name, parent);
    if (place !== null) return (await import(pathToFileURL(place).href)) as T;
  }
  const installed = name.split("/")[0];
  throw cannot("use", wanted, `the package ${installed} is not installed`, {
    hint: `Install it: npm install ${installed}`,
  });
}

function placeOf(name: string, parent: string): string | null {
  try {
    return createRequire(parent).resolve(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return null;
    throw error;
  }
}

/** The version of the engine, from its package.json beside the sources and the built files alike. */
export function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
