/** What the executors of all queues have in common: the profile's settings, made into an executor of one run. */
import {
  closest,
  type FileSystem,
  type MakeExecutor,
  type TaskLimit,
  type WorkflowSource,
} from "braid-engine/executor";
import type { Pace, Queue } from "./queue.ts";
import { remote } from "./remote.ts";

/** A queue as a profile describes it. */
export interface QueueSetup {
  readonly settings: {
    /** Settings for single rules, by their names. */
    readonly rules?: Readonly<Record<string, unknown>> | undefined;
    /** A folder on the machine to write in first. */
    readonly scratch?: string | undefined;
  };
  readonly source: WorkflowSource;
  readonly limit: TaskLimit | undefined;
  readonly pace: Pace;
  /** Opens the queue for tasks in `folder`; throws if it does not answer. */
  readonly open: (folder: string, files: FileSystem) => Queue | Promise<Queue>;
}

export function queueExecutor({ settings, source, limit, pace, open }: QueueSetup): MakeExecutor {
  const { rules: ruleSettings = {}, scratch } = settings;
  return async ({ run, rules, folder, files, history, warn, submitted }) => {
    warnOfUnknownRules(Object.keys(ruleSettings), rules, warn);
    const manifest = { ...source, ...(scratch === undefined ? {} : { scratch }) };
    const queue = await open(folder, files);
    return remote({ queue, run, files, history, warn, submitted, limit, manifest, pace });
  };
}

/** Warns of settings for rules that the workflow does not have; they would be ignored silently. */
function warnOfUnknownRules(
  named: readonly string[],
  rules: readonly string[],
  warn: (text: string) => void,
): void {
  for (const name of named.filter((name) => !rules.includes(name))) {
    const near = closest(name, rules);
    const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
    warn(`The profile has settings for the rule "${name}", which the workflow does not have.${hint}`);
  }
}
