/** Which files in an output or source folder count as its content. */
import type { Fingerprint } from "../disk/fingerprint.ts";
import { type Matcher, matcher } from "../patterns/pattern.ts";
import type { Readers } from "../plan/readers.ts";
import type { Plan } from "../plan/table.ts";

/** Returns the check for the names in a folder; `before` is the folder's record. */
export type PartsCheck = (folder: number, before: Fingerprint | undefined) => (name: string) => boolean;

/**
 * In a folder that a job made, the files that it made count. In a source folder, the files count that are not made from
 * the folder itself, since a job may write into the folder that it reads.
 */
export function partsCheck(plan: Plan, readers: Readers): PartsCheck {
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
    const inside = path === "." ? "" : `${path}/`;
    const isMade = madeFrom(plan, readers, folder);
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

/** Returns a check: true for paths made by jobs that read `file`, directly or through other jobs. */
function madeFrom(plan: Plan, readers: Readers, file: number): (path: string) => boolean {
  // Asked of folders only.
  let users: Set<number> | undefined;
  return (path) => {
    if (users === undefined) {
      readers.update();
      users = readers.users(readers.ofFile(file));
    }
    const known = plan.find(path);
    return known >= 0 && users.has(plan.maker(known));
  };
}
