#!/usr/bin/env node
/**
 * Starts a TypeScript entry with the Node this project needs: `node scripts/start.mjs FILE [ARG ...]`.
 * Plain JavaScript for any Node >= 18, so that an old Node or a missing install gets a sentence, not a stack.
 */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const needed = [22, 18];

function stop(message) {
  console.error(message);
  process.exit(2);
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < needed[0] || (major === needed[0] && minor < needed[1]))
  stop(
    `Cannot start with Node ${process.versions.node}: Braid needs Node >= ${needed.join(".")}\n` +
      "  On 64-bit Linux the install brings it: run the script through pnpm (npx -y pnpm@12 ...).\n" +
      "  Elsewhere install a newer Node from https://nodejs.org.",
  );
if (!existsSync(resolve(root, "node_modules/.modules.yaml")))
  stop(
    "Cannot start: the dependencies are not installed\n  Run `npx -y pnpm@12 install` in the project's folder and read its error.",
  );

const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) stop("Usage: node scripts/start.mjs FILE [ARG ...]");
const file = resolve(root, entry);
process.argv = [process.argv[0], file, ...args];
await import(pathToFileURL(file).href);
