/** The executor `command`: runs tasks in any queue, or on other machines, through three commands of a profile. */
import type { ExecutorFactory } from "braid-engine/executor";
import { paceOf } from "../queue/queue.ts";
import { remote } from "../queue/remote.ts";
import { warnOfUnknownRules } from "../queue/unknown-rules.ts";
import { commandQueue } from "./command.ts";
import { CommandSettings } from "./settings.ts";

export const command: ExecutorFactory<typeof CommandSettings> = {
  settings: CommandSettings,
  make(settings, source, limit) {
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
  },
};
