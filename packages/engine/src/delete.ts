/** `--delete-all-output` and `--delete-temp-output`: removes what the jobs of a plan have made, and the folders that are empty then. */

import { dirname } from "node:path/posix";
import { fileErrorCause } from "./disk/file-errors.ts";
import { type FileSystem, realFiles } from "./disk/files.ts";
import { folderOf } from "./disk/locate.ts";
import { type LockOptions, lockFor } from "./disk/lock.ts";
import { readHistory } from "./journal/journal.ts";
import { type PlanOptions, type Prepared, prepare } from "./staleness/prepare.ts";

export interface DeletedOutputs {
  /** In the order of the plan. */
  readonly deleted: readonly string[];
  /** Outputs that were kept, and why. `failed`: they should have been deleted. */
  readonly left: readonly KeptOutput[];
}

interface KeptOutput {
  readonly path: string;
  readonly why: string;
  readonly failed?: true;
}

/** Deletes the outputs that stand and are not protected, unless this is a dry run. */
export function deleteOutputs(
  options: PlanOptions & LockOptions,
  dryRun: boolean,
  of: "all" | "temporary" = "all",
): DeletedOutputs {
  const files = options.files ?? realFiles(options.folder);
  const unlock = dryRun ? () => {} : lockFor(options);
  try {
    const prepared = prepare(options, files, readHistory(files));
    const { plan, selected, fileStates } = prepared;
    const deleted: string[] = [];
    const left: KeptOutput[] = [];
    for (const job of selected.rows()) {
      const { outputs } = plan.ruleOf(job);
      plan.outputs(job).forEach((file, i) => {
        const path = plan.path(file);
        if ((of === "temporary" && !plan.isTemporary(file)) || files.linkStat(path) === null) return;
        if (outputs[i]!.marks.protect) left.push({ path, why: "it is protected" });
        else if (fileStates.inWrongPlace.has(file)) left.push({ path, why: "a folder has its path" });
        else if (fileStates.edited.has(file)) left.push({ path, why: "it was edited after its job made it" });
        else if (isLocked(files, path)) left.push(lockedFile(path));
        else deleted.push(path);
      });
    }
    left.push(...outputsOfGrowth(prepared, of));
    if (dryRun) return { deleted, left };
    const failed = deleted.flatMap((path) => remove(files, path) ?? []);
    for (const folder of foldersOf(deleted)) files.removeEmpty(folder);
    const stays = new Set(failed.map(({ path }) => path));
    return { deleted: deleted.filter((path) => !stays.has(path)), left: [...left, ...failed] };
  } finally {
    unlock();
  }
}

/** True if a file cannot be removed from its folder. */
function isLocked(files: FileSystem, path: string): boolean {
  return files.place(folderOf(path))?.writable === false;
}

function lockedFile(path: string): KeptOutput {
  const folder = folderOf(path);
  return { path, why: `its folder ${folder === "" ? "." : folder} is not writable`, failed: true };
}

/** Why the removal failed; null if the file is gone. */
function remove(files: FileSystem, path: string): KeptOutput | null {
  try {
    files.remove(path);
    return null;
  } catch (error) {
    return { path, why: fileErrorCause(error as Error), failed: true };
  }
}

/** Existing outputs with a record that are not in the plan, but that growth may bring back. */
function outputsOfGrowth({ plan, rules, history, files }: Prepared, of: "all" | "temporary"): KeptOutput[] {
  if (plan.afterInputs.size === 0) return [];
  const named = new Map(rules.map((rule) => [rule.name, rule]));
  return [...history.traces.values()].flatMap(({ path: first, others = [], rule }) =>
    [first, ...others].flatMap((path, i) => {
      const output = named.get(rule)?.outputs[i];
      if (output === undefined || plan.find(path) >= 0 || files.linkStat(path) === null) return [];
      if (of === "temporary" && !output.marks.temp) return [];
      return [{ path, why: "only a run can tell whether the plan still needs it" }];
    }),
  );
}

/** Every folder above the paths, the deepest first. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = dirname(path); at !== "." && at !== "/"; at = dirname(at)) folders.add(at);
  return [...folders].sort((a, b) => b.length - a.length);
}
