/**
 * A file that no rule makes must exist. Where one does not, the jobs that need it are impossible; an
 * output of theirs that exists is taken as it is by other jobs, and what needs any other is impossible too.
 */
import type { Inventory } from "../disk/inventory.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import { inputsOf, type PlannedFile, type PlannedJob } from "./plan.ts";
import { makerMissing } from "./plan-errors.ts";

/** Takes impossible jobs out of the plan; throws where a target is made by one or needs one. */
export function dropImpossible(
  rules: readonly NamedRule[],
  jobs: readonly PlannedJob[],
  files: Iterable<PlannedFile>,
  targets: readonly (PlannedFile | PlannedJob)[],
  disk: Inventory,
): void {
  /** Why a file cannot be made: one that its job needs; itself where no rule makes it. */
  const cause = new Map<PlannedFile, PlannedFile>();
  for (const file of files) if (file.maker === null && disk.stat(file.path) === null) cause.set(file, file);
  if (cause.size === 0) return;

  const users = new Map<PlannedFile, PlannedJob[]>();
  for (const job of jobs)
    for (const input of inputsOf(job)) {
      const list = users.get(input);
      if (list === undefined) users.set(input, [job]);
      else list.push(job);
    }
  const failed = new Map<PlannedJob, PlannedFile>();
  const wanted = targets.map((target) => ("path" in target ? target.maker : target));
  for (const file of cause.keys())
    for (const job of users.get(file) ?? []) {
      if (failed.has(job)) continue;
      failed.set(job, file);
      for (const output of job.outputs) {
        output.maker = null;
        if (!cause.has(output) && disk.stat(output.path) === null) cause.set(output, file);
      }
    }
  targets.forEach((target, i) => {
    const job = wanted[i]!;
    const start = job === null ? target : failed.get(job);
    if (start !== undefined && "path" in start && cause.has(start)) throw explained(start);
  });

  /** Follows the causes down to the file that is missing, and names the others that its job lacks. */
  function explained(start: PlannedFile): Error {
    let file = start;
    for (let next = cause.get(file)!; next !== file; next = cause.get(file)!) file = next;
    const user = users.get(file)?.[0];
    const others =
      user === undefined ? [] : [...inputsOf(user)].filter((f) => f !== file && cause.get(f) === f);
    return makerMissing(
      rules,
      file.path,
      user,
      others.map((other) => other.path),
      disk,
    );
  }
}
