/** The executor `slurm`: arrays of packed jobs on a cluster that runs Slurm. */
import { paceOf } from "../queue/queue.ts";
import type { TaskLimit } from "../queue/quota.ts";
import { remote } from "../queue/remote.ts";
import type { MakeExecutor, Source } from "../queue/source.ts";
import { warnOfUnknownRules } from "../settings-file.ts";
import type { SlurmSettings } from "./settings.ts";
import { slurmQueue } from "./slurm.ts";

/** Makes the executor of each run; that throws where Slurm does not answer. */
export function slurm(settings: SlurmSettings, source: Source, limit?: TaskLimit): MakeExecutor {
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
}
