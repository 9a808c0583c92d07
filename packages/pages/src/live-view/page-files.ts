/** The files of the page: its text, its style, and its scripts as the browser can run them. */
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { style } from "./page-style.ts";
import { pageText } from "./page-text.ts";

export interface PageFile {
  readonly type: string;
  readonly text: string;
}

/** From sources this is TypeScript, whose types are taken off; from a package it is JavaScript. */
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const scripts = [
  "live",
  "choose-grid",
  "elements",
  "failures",
  "heat-map",
  "latest-tables",
  "pace",
  "progress",
].map((name) => `${name}${extension}`);

/** A file by its name below the page's address; null where there is none. */
export function pageFile(name: string): PageFile | null {
  if (name === "") return { type: "text/html; charset=utf-8", text: pageText(`live${extension}`) };
  if (name === "style.css") return { type: "text/css; charset=utf-8", text: style };
  if (!scripts.includes(name)) return null;
  const text = readFileSync(new URL(`./page/${name}`, import.meta.url), "utf8");
  return {
    type: "text/javascript; charset=utf-8",
    text: extension === ".ts" ? quietly(() => stripTypeScriptTypes(text)) : text,
  };
}

/** Node warns that taking types off is an experiment; it does the same for every module it runs. */
function quietly<T>(work: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}
