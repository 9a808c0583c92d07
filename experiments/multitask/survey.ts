/** Prints what this machine has to train with. Exit code 1 when `backend: auto` would be refused. */
import { survey } from "@braid/lstm";
import { packages } from "./backends.ts";

const found = await survey(packages);
for (const { found: there, name, text } of found)
  console.log(`${there ? "ok" : "--"}  ${name.padEnd(15)}${text}`);
process.exitCode = found.at(-1)!.found ? 0 : 1;
