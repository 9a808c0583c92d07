/** `pnpm exp:a`: runs the workflow with the config of the sample, or the one that `--configfile` names. */
import { main } from "braid-engine/cli";

process.exitCode = await main({
  workflow: new URL("./workflow.ts", import.meta.url),
  defaultConfig: new URL("./config.yml", import.meta.url),
  name: "pnpm exp:a",
  argv: process.argv.slice(2),
});
