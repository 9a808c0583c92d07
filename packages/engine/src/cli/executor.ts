/** From `--executor` and the profile to what runs jobs elsewhere. */

import { command } from "../executors/command/executor.ts";
import { CommandSettings } from "../executors/command/settings.ts";
import { readSettings } from "../executors/settings-file.ts";
import { slurm } from "../executors/slurm/executor.ts";
import { SlurmSettings } from "../executors/slurm/settings.ts";
import type { RunOptions } from "../run.ts";
import type { Options } from "./options.ts";

/** What `run` is to be told; nothing for jobs on this machine. */
export function executorOption(
  { executor, profile }: Options,
  source: NonNullable<RunOptions["source"]>,
): Pick<RunOptions, "executor"> {
  switch (executor) {
    case "local":
      return {};
    case "slurm":
      return { executor: slurm(readSettings(profile, "slurm", SlurmSettings), source) };
    case "command":
      return { executor: command(readSettings(profile, "command", CommandSettings), source) };
  }
}
