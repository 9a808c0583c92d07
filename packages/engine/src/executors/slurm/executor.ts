/** The executor `slurm`: arrays of packed jobs on a cluster that runs Slurm. */
import type { Executor } from "../../executor.ts";
import type { FileSystem } from "../../files.ts";
import type { History } from "../../journal.ts";
import { paceOf } from "../queue/queue.ts";
import { remote } from "../queue/remote.ts";
import type { SlurmSettings } from "./settings.ts";
import { slurmQueue } from "./slurm.ts";

/** The run that an executor is for. */
export interface ForRun {
  readonly run: string;
  readonly folder: string;
  readonly files: FileSystem;
  readonly history: History;
  readonly warn: (text: string) => void;
}

/** The workflow file and its resolved config: runners load it again. */
export interface Source {
  readonly url: string;
  readonly resolved: unknown;
}

/** Makes the executor of each run; throws where Slurm does not answer. */
export function slurm(settings: SlurmSettings, source: Source): (context: ForRun) => Promise<Executor> {
  return async ({ run, folder, files, history, warn }) => {
    return remote({
      queue: await slurmQueue(settings, folder),
      run,
      files,
      history,
      warn,
      manifest: { ...source, ...(settings.scratch === undefined ? {} : { scratch: settings.scratch }) },
      pace: paceOf(settings),
    });
  };
}
