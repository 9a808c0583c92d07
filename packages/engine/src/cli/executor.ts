/** From `--executor` and the profile to what runs jobs elsewhere. */
import { readSettings } from "../executors/settings-file.ts";
import type { RunOptions } from "../run/options.ts";
import type { Options } from "./options.ts";

/** What `run` is to be told; nothing for jobs on this machine. */
export async function executorOption(
  { executor, profiles, taskLimit }: Options,
  source: NonNullable<RunOptions["source"]>,
): Promise<Pick<RunOptions, "executor">> {
  switch (executor) {
    case "local":
      return {};
    case "slurm": {
      const { slurm } = await import("../executors/slurm/executor.ts");
      const { SlurmSettings } = await import("../executors/slurm/settings.ts");
      return { executor: slurm(readSettings(profiles, "slurm", SlurmSettings), source, taskLimit) };
    }
    case "command": {
      const { command } = await import("../executors/command/executor.ts");
      const { CommandSettings } = await import("../executors/command/settings.ts");
      return { executor: command(readSettings(profiles, "command", CommandSettings), source, taskLimit) };
    }
  }
}
