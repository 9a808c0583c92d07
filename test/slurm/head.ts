/** A workflow's command line: `node head.ts WORKFLOW [ARG ...]`, for tests that start it, stop it and kill it. */
import { pathToFileURL } from "node:url";
import { main } from "braid-engine/cli";

const [, , workflow, ...argv] = process.argv;
process.exitCode = await main({ workflow: pathToFileURL(workflow!), name: "head", argv });
