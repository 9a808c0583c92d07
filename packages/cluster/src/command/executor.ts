/** The executor `command`: runs tasks in any queue, or on other machines, through three commands of a profile. */
import type { ExecutorFactory } from "braid-engine/executor";
import { queueExecutor } from "../queue/executor.ts";
import { paceOf } from "../queue/queue.ts";
import { commandQueue } from "./command.ts";
import { CommandSettings } from "./settings.ts";

export const command: ExecutorFactory<typeof CommandSettings> = {
  settings: CommandSettings,
  make: (settings, source, limit) =>
    queueExecutor({
      settings,
      source,
      limit,
      pace: paceOf({ ...settings, status: settings.status_every }),
      open: (folder, files) => commandQueue(settings, folder, files),
    }),
};
