/** The command line of the benchmark's workflow, as a user's own entry would be. */
import { main } from "braid-engine/cli";

process.exitCode = await main({
  workflow: new URL("./workflow.ts", import.meta.url),
  name: "braid",
  argv: process.argv.slice(2),
});
