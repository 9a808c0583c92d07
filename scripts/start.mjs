#!/usr/bin/env node
/**
 * Starts a TypeScript entry with the Node this project needs: `node scripts/start.mjs FILE [ARG ...]`.
 * Plain JavaScript for any Node >= 18, so that an old Node or a missing install gets a sentence, not a stack.
 */
import { existsSync } from "node:fs";
import module from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startFault } from "./check.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [node = "node", , entry, ...args] = process.argv;
const fault = startFault(process.versions.node, existsSync(resolve(root, "node_modules/.modules.yaml")));
if (fault !== undefined || entry === undefined) {
  console.error(fault ?? "Usage: node scripts/start.mjs FILE [ARG ...]");
  process.exit(2);
}
// Compiled code and stripped types are kept: without this, starting costs more than planning 10,000 jobs.
module.enableCompileCache?.(resolve(root, "node_modules/.cache/braid"));
const file = resolve(root, entry);
// A `--` in front is what a script runner has passed on (`pnpm exp:a -- -n`).
process.argv = [node, file, ...(args[0] === "--" ? args.slice(1) : args)];
await import(pathToFileURL(file).href);
