/** Which files in an output or source folder count as its content. */
import type { FileSystem } from "../disk/files.ts";
import type { Fingerprint } from "../disk/fingerprint.ts";
import { pathInside } from "../disk/locate.ts";
import { type Matcher, matcher } from "../patterns/pattern.ts";
import type { Plan } from "../plan/table.ts";

/** Returns the check for the names in a folder; `before` is the folder's record. */
export type PartsCheck = (folder: number, before: Fingerprint | undefined) => (name: string) => boolean;

/** Plans how a path would be made; null if that is not possible. */
export type PlanFor = (path: string) => Plan | null;

/**
 * In a folder that a job made, the files that it made count. In a source folder, the files count that are not made from
 * the folder itself, since a job may write into the folder that it reads. This applies to all jobs of the workflow,
 * whatever the targets are. `planFor` plans files that `plan` has no job for.
 */
export function partsCheck(plan: Plan, planFor: PlanFor, files: FileSystem): PartsCheck {
  let logs: Matcher[] | undefined;
  const isLog = (path: string) => {
    logs ??= plan.rules.flatMap(({ log }) => (log === undefined ? [] : [matcher(log)]));
    return logs.some((match) => match(path) !== null);
  };
  return (folder, before) => {
    if (plan.maker(folder) >= 0) {
      const made = before?.parts && new Set(before.parts.map((part) => part.name));
      return (name) => made === undefined || made.has(name);
    }
    const path = plan.path(folder);
    const within = pathInside(files, path);
    // Nothing outside the working folder is made by jobs.
    if (within === null) return () => true;
    const inside = within === "" ? "" : `${within}/`;
    const isMade = dependsCheck(plan, planFor, path);
    return (name) => {
      const part = inside + name;
      if (part.startsWith(".braid/") || isLog(part)) return false;
      // The file itself, or a folder that it lies in.
      for (let end = part.length; end > inside.length; end = part.lastIndexOf("/", end - 1))
        if (isMade(part.slice(0, end))) return false;
      return true;
    };
  };
}

/** Returns a check: true for paths made by jobs that read `folder`, directly or through other jobs. */
function dependsCheck(plan: Plan, planFor: PlanFor, folder: string): (path: string) => boolean {
  const isRead = readsCheck(folder);
  const find = (path: string) => {
    const known = plan.find(path);
    if (known >= 0 && plan.maker(known) >= 0) return isRead(plan, plan.maker(known));
    if (!plan.rules.some(({ outputs }) => outputs.some((output) => output.match(path) !== null)))
      return false;
    const other = planFor(path);
    const maker = other?.maker(other.find(path)) ?? -1;
    return maker >= 0 && isRead(other!, maker);
  };
  // Many files share the folders that they lie in.
  const found = new Map<string, boolean>();
  return (path) => {
    let depends = found.get(path);
    if (depends === undefined) {
      depends = find(path);
      found.set(path, depends);
    }
    return depends;
  };
}

/** Returns a check: true for jobs that read `folder`, directly or through other jobs. */
function readsCheck(folder: string): (plan: Plan, job: number) => boolean {
  /** Jobs that do not read it, of each plan. */
  const without = new WeakMap<Plan, Set<number>>();
  return (plan, job) => {
    const found = plan.find(folder);
    if (found < 0) return false;
    const known = without.get(plan) ?? new Set();
    without.set(plan, known);
    const seen = new Set([job]);
    for (const one of seen)
      for (const file of plan.inputFiles(one)) {
        if (file === found) return true;
        const maker = plan.maker(file);
        if (maker >= 0 && !known.has(maker)) seen.add(maker);
      }
    for (const one of seen) known.add(one);
    return false;
  };
}
