/** The files of the page: its text, its style, and its scripts as the browser can run them. */
import { readFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { style } from "./page-style.ts";
import { pageText } from "./page-text.ts";

export interface PageFile {
  readonly type: string;
  readonly text: string;
}

/** TypeScript in the repository, whose types are removed; JavaScript in the published package. */
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const first = `live${extension}`;
const imported = /(?<=\bfrom ")[^"]+(?=")/g;
let scripts: ReadonlyMap<string, string> | undefined;

/** A file by its name below the page's address; null if there is none. */
export function pageFile(name: string): PageFile | null {
  if (name === "") return { type: "text/html; charset=utf-8", text: pageText(first) };
  if (name === "style.css") return { type: "text/css; charset=utf-8", text: style };
  scripts ??= readScripts();
  const text = scripts.get(name);
  return text === undefined ? null : { type: "text/javascript; charset=utf-8", text };
}

/** The first script and all that it imports, by name. In the browser they lie in one folder. */
function readScripts(): Map<string, string> {
  const read = new Map<string, string>();
  const open = [fileURLToPath(new URL(`./page/${first}`, import.meta.url))];
  for (const path of open) {
    const source = readFileSync(path, "utf8");
    const text = path.endsWith(".ts") ? quietly(() => stripTypeScriptTypes(source)) : source;
    const { resolve } = createRequire(path);
    const flat = text.replace(imported, (specifier) => {
      const other = resolve(specifier);
      if (!open.includes(other)) open.push(other);
      return `./${basename(other)}`;
    });
    read.set(basename(path), flat);
  }
  return read;
}

/** Suppresses Node's warning that removing types is experimental; Node does the same for every module that it runs. */
function quietly<T>(work: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}
