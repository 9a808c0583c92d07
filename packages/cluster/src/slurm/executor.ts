/** The executor `slurm`: arrays of packed jobs on a cluster that runs Slurm. */
import type { ExecutorFactory } from "braid-engine/executor";
import { paceOf } from "../queue/queue.ts";
import { remote } from "../queue/remote.ts";
import { warnOfUnknownRules } from "../queue/unknown-rules.ts";
import { SlurmSettings } from "./settings.ts";
import { slurmQueue } from "./slurm.ts";

/** Returns a factory of executors, which throws if Slurm does not answer. */
export const slurm: ExecutorFactory<typeof SlurmSettings> = {
  settings: SlurmSettings,
  make(settings, source, limit) {
    return async ({ run, rules, folder, files, history, warn, submitted }) => {
      warnOfUnknownRules(settings.rules, { rules, warn });
      return remote({
        queue: await slurmQueue(settings, folder, files),
        run,
        files,
        history,
        warn,
        submitted,
        limit,
        manifest: { ...source, ...(settings.scratch === undefined ? {} : { scratch: settings.scratch }) },
        pace: paceOf(settings),
      });
    };
  },
};
