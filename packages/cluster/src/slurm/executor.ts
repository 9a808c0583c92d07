/** The executor `slurm`: arrays of packed jobs on a cluster that runs Slurm. Throws at its start if Slurm does not answer. */
import type { ExecutorFactory } from "braid-engine/executor";
import { queueExecutor } from "../queue/executor.ts";
import { paceOf } from "../queue/queue.ts";
import { SlurmSettings } from "./settings.ts";
import { slurmQueue } from "./slurm.ts";

export const slurm: ExecutorFactory<typeof SlurmSettings> = {
  settings: SlurmSettings,
  make: (settings, source, limit) =>
    queueExecutor({
      settings,
      source,
      limit,
      pace: paceOf(settings),
      open: (folder, files) => slurmQueue(settings, folder, files),
    }),
};
