/** `--delete-all-output` and `--delete-temp-output`: removes what the jobs of a plan have made, and the folders that are empty then. */

import { realFiles } from "./disk/files.ts";
import { type LockOptions, lockFor } from "./disk/lock.ts";
import { readHistory } from "./journal/journal.ts";
import { type PlanOptions, prepare } from "./judge/prepare.ts";
import { isTemporary } from "./plan/dag.ts";

/** The outputs that stand and are not protected, in the order of the plan; deleted unless this is a dry run. */
export function deleteOutputs(
  options: PlanOptions & LockOptions,
  dryRun: boolean,
  of: "all" | "temporary" = "all",
): string[] {
  const files = options.files ?? realFiles(options.folder);
  const unlock = dryRun ? () => {} : lockFor(options);
  try {
    const { plan } = prepare(options, files, readHistory(files));
    const paths = plan.jobs
      .flatMap((job) => job.outputs.filter((_, i) => job.rule.outputs[i]!.marks.protect !== true))
      .filter((output) => of === "all" || isTemporary(output))
      .map((output) => output.path)
      .filter((path) => files.stat(path) !== null);
    if (dryRun) return paths;
    for (const path of paths) files.remove(path);
    for (const folder of foldersOf(paths)) files.removeEmpty(folder);
    return paths;
  } finally {
    unlock();
  }
}

/** Every folder above the paths, the deepest first. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
      folders.add(path.slice(0, at));
  return [...folders].sort((a, b) => b.length - a.length);
}
