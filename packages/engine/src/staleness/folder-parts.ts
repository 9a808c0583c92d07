/** Which files in a folder that is an output or a source count as its content. */
import type { Fingerprint } from "../disk/fingerprint.ts";
import { type Matcher, matcher } from "../patterns/pattern.ts";
import type { Readers } from "../plan/readers.ts";
import type { Plan } from "../plan/table.ts";

/** Tells of names in a folder; `before` is what its record says. */
export type PartsCheck = (folder: number, before: Fingerprint | undefined) => (name: string) => boolean;

/**
 * Of a folder that a job made, those files count that it made; of a source, those that are not made from the folder
 * itself, since an output may lie in the folder that its job reads.
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

/** Tells of paths whether a job makes them that reads a file, or what is made from it. */
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
