/** `--delete-all-output` and `--delete-temp-output`: removes what the jobs of a plan have made, and the folders that are empty then. */

import { dirname } from "node:path/posix";
import { realFiles } from "./disk/files.ts";
import { type LockOptions, lockFor } from "./disk/lock.ts";
import { readHistory } from "./journal/journal.ts";
import { type PlanOptions, prepare } from "./staleness/prepare.ts";

export interface Deleted {
  /** In the order of the plan. */
  readonly deleted: readonly string[];
  /** Outputs that stand and are left, and why. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
}

/** Deletes the outputs that stand and are not protected, unless this is a dry run. */
export function deleteOutputs(
  options: PlanOptions & LockOptions,
  dryRun: boolean,
  of: "all" | "temporary" = "all",
): Deleted {
  const files = options.files ?? realFiles(options.folder);
  const unlock = dryRun ? () => {} : lockFor(options);
  try {
    const { plan, selected } = prepare(options, files, readHistory(files));
    const deleted: string[] = [];
    const left: { path: string; why: string }[] = [];
    for (const job of selected.rows()) {
      const { outputs } = plan.ruleOf(job);
      plan.outputs(job).forEach((file, i) => {
        const path = plan.path(file);
        if ((of === "temporary" && !plan.isTemporary(file)) || files.linkStat(path) === null) return;
        if (outputs[i]!.marks.protect) left.push({ path, why: "it is protected" });
        else deleted.push(path);
      });
    }
    if (dryRun) return { deleted, left };
    for (const path of deleted) files.remove(path);
    for (const folder of foldersOf(deleted)) files.removeEmpty(folder);
    return { deleted, left };
  } finally {
    unlock();
  }
}

/** Every folder above the paths, the deepest first. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = dirname(path); at !== "." && at !== "/"; at = dirname(at)) folders.add(at);
  return [...folders].sort((a, b) => b.length - a.length);
}
