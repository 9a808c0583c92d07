/** `pnpm exp:a` to `pnpm exp:d`: runs an experiment of the sample's config, or of the one that `--configfile` names. */
import { main } from "braid-engine/cli";
import { startedAs } from "./command-name.ts";

process.exitCode = await main({
  workflow: new URL("./workflow.ts", import.meta.url),
  defaultConfig: new URL("./config.yml", import.meta.url),
  ...startedAs(process.argv.slice(2)),
});
