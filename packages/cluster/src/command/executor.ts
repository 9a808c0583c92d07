/** The executor `command`: tasks of any queue, or of other machines, by three commands of a profile. */
import { paceOf } from "../queue/queue.ts";
import type { TaskLimit } from "../queue/quota.ts";
import { remote } from "../queue/remote.ts";
import type { MakeExecutor, Source } from "../queue/source.ts";
import { warnOfUnknownRules } from "../settings-file.ts";
import { commandQueue } from "./command.ts";
import type { CommandSettings } from "./settings.ts";

export function command(settings: CommandSettings, source: Source, limit?: TaskLimit): MakeExecutor {
  return async ({ run, rules, folder, files, history, warn, submitted }) => {
    warnOfUnknownRules(settings.rules, { rules, warn });
    return remote({
      queue: commandQueue(settings, folder, files),
      run,
      files,
      history,
      warn,
      submitted,
      limit,
      manifest: { ...source, ...(settings.scratch === undefined ? {} : { scratch: settings.scratch }) },
      pace: paceOf({ ...settings, status: settings.status_every }),
    });
  };
}
