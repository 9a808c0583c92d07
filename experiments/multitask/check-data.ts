/**
 * `pnpm data check`: checks a data folder (@braid/data/check-data), or with `--configfile` the data that a run of that config
 * needs.
 */
import { main } from "braid-engine/cli";
import { outcome } from "./check-workflow.ts";

const argv = process.argv.slice(2);

if (argv.some((arg) => arg === "--configfile" || arg.startsWith("--configfile="))) {
  const [first = ""] = argv;
  if (first !== "" && !first.startsWith("-")) {
    console.error(
      `Cannot check "${first}": a folder and a config are given\n  The config names its folder: leave the folder out.`,
    );
    process.exitCode = 2;
  } else {
    const code = await main({
      workflow: new URL("./check-workflow.ts", import.meta.url),
      name: "pnpm data check",
      argv: ["results", ...argv],
    });
    process.exitCode = code === 0 && outcome.failed ? 1 : code;
  }
} else await import("@braid/data/check-data");
