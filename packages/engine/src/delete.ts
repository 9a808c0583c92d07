/** `--delete-all-output` and `--delete-temp-output`: removes what the jobs of a plan have made, and the folders that are empty then. */

import { dirname } from "node:path/posix";
import { fileErrorCause } from "./disk/file-errors.ts";
import type { FileSystem } from "./disk/files.ts";
import { folderOf } from "./disk/locate.ts";
import { type LockOptions, lockFor } from "./disk/lock.ts";
import { realFiles } from "./disk/real-files.ts";
import { readHistory } from "./journal/journal.ts";
import { count } from "./quantities.ts";
import { addedFiles } from "./run/outputs-of-others.ts";
import type { PlanOptions } from "./staleness/plan-options.ts";
import { type Prepared, prepare } from "./staleness/prepare.ts";

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
    const { plan, selected } = prepared;
    const deleted: string[] = [];
    const left: KeptOutput[] = [];
    for (const job of selected.rows()) {
      const standing = [...plan.outputs(job)].filter(
        (file) => (of === "all" || plan.isTemporary(file)) && files.linkStat(plan.path(file)) !== null,
      );
      const kept = new Map(
        standing.flatMap((file) => keptOutput(prepared, file) ?? []).map((one) => [one.path, one]),
      );
      // Outputs that lie in each other stay together.
      const whole = new Map([...kept.values()].map((one) => [plan.outermost(plan.find(one.path)), one]));
      for (const file of standing) {
        const path = plan.path(file);
        const other = whole.get(plan.outermost(file));
        if (other === undefined) deleted.push(path);
        else left.push(kept.get(path) ?? { ...other, path, why: `it is kept together with ${other.path}` });
      }
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

/** Why an output that stands is not deleted; null if it is. */
function keptOutput({ plan, fileStates, files }: Prepared, file: number): KeptOutput | null {
  const path = plan.path(file);
  const { marks } = plan.ruleOf(plan.maker(file)).outputs[plan.place(file)]!;
  const recorded = fileStates.recorded(file);
  const kept = (why: string) => ({ path, why });
  if (marks.protect) return kept("it is protected");
  if (fileStates.inWrongPlace.has(file)) return kept("a folder has this path");
  if (fileStates.edited.has(file)) return kept("it was edited after its job made it");
  const added = marks.directory ? addedFiles(files, path, recorded) : [];
  if (added.length > 0) return kept(addedText(added));
  if (recorded === undefined) return kept("there is no record that its job made it");
  return isLocked(files, path) ? lockedFile(path) : null;
}

function addedText(names: readonly string[]): string {
  const others = names.length === 1 ? "" : ` and ${count(names.length - 1, "more file")}`;
  return `its job did not make ${names[0]}${others} in it`;
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
