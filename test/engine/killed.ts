/** The command line of killed-workflow.ts. */
import { main } from "braid-engine/cli";

process.exitCode = await main({
  workflow: new URL("./killed-workflow.ts", import.meta.url),
  name: "killed",
  argv: process.argv.slice(2),
});
