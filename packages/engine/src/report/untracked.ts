/** `--list-untracked`: files in the working folder that the plan does not know, and which rule once made them. */
import type { FileSystem } from "../disk/files.ts";
import { pathInside } from "../disk/locate.ts";
import { entries, type Walked, walked } from "../disk/walk.ts";
import type { Prepared } from "../staleness/prepare.ts";
import { ownLog } from "./made.ts";
import { oneLine } from "./one-line.ts";

/** A path a line; those that an earlier run made are followed by the rule. Hidden files and folders are left out. */
export function untrackedText({ plan, selected, files, history }: Prepared): string {
  const logs = new Set(Array.from(selected.rows(), (job) => ownLog(plan.ruleOf(job), plan.values(job))));
  // Paths of inputs may be absolute, or lead out of the folder and in again.
  const inside = new Set(
    Array.from({ length: plan.fileCount }, (_, file) => pathInside(files, plan.path(file))),
  );
  const known = (path: string) => inside.has(path) || logs.has(path);
  const madeBy = new Map<string, string>();
  for (const { path, others = [], rule } of history.traces.values())
    for (const output of [path, ...others]) madeBy.set(output, rule);
  const lines: string[] = [];
  for (const path of walk(files, walked(files, ""), known)) {
    const rule = madeBy.get(path);
    lines.push(rule === undefined ? oneLine(path) : `${oneLine(path)}\tmade by ${rule}`);
  }
  return lines.length === 0 ? "The plan knows every file in the working folder." : lines.join("\n");
}

/** Files below a folder, sorted by name, without those that are known and what lies in known folders. */
function* walk(files: FileSystem, folder: Walked, known: (path: string) => boolean): Generator<string> {
  for (const { name, path, folder: inner } of entries(files, folder)) {
    if (name.startsWith(".") || name === "node_modules" || known(path)) continue;
    if (inner !== null) yield* walk(files, inner, known);
    else yield path;
  }
}
