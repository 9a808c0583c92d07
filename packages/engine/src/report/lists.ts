/** The lists of `--list-rules`, `--list-changes` and `--list-untracked`, one line per rule or path. */

import type { FileSystem } from "../disk/files.ts";
import { pathInside } from "../disk/locate.ts";
import { listEntries, startWalk, type WalkedFolder } from "../disk/walk.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import { logPath } from "../rules/ruleset.ts";
import { differences } from "../staleness/differences.ts";
import type { Prepared } from "../staleness/prepare.ts";
import { oneLine } from "./lines.ts";

export type ChangeKind = "input" | "params" | "code";

/** One path per line: every output that differs in one of these kinds. */
export function changesText(prepared: Prepared, kinds: readonly ChangeKind[]): string {
  const { plan, selected } = prepared;
  const changed = [...selected.rows()].filter((job) =>
    kinds.some((kind) => changesOf(job, prepared).includes(kind)),
  );
  const paths = changed.flatMap((job) => Array.from(plan.outputs(job), (file) => oneLine(plan.path(file))));
  return paths.length === 0 ? `No output was made from other ${kinds.join(" or ")}.` : paths.join("\n");
}

function changesOf(job: number, prepared: Prepared): ChangeKind[] {
  const found = differences(prepared, job);
  if (found === null) return prepared.states.reason(job)?.kind === "newer input" ? ["input"] : [];
  return [
    ...(found.content ? (["input"] as const) : []),
    ...(found.params === null ? [] : (["params"] as const)),
    ...(found.code === null ? [] : (["code"] as const)),
  ];
}

/** One line per rule, in the workflow's order. */
export function rulesText(rules: readonly NamedRule[]): string {
  const width = Math.max(...rules.map(({ name }) => name.length));
  return rules
    .map(({ name, outputs }) => {
      const made = outputs.map(({ pattern, marks }) =>
        marks.directory ? `${pattern.source}/` : pattern.source,
      );
      return `${name.padEnd(width)}  ${made.length === 0 ? "(no output)" : made.join("  ")}`;
    })
    .join("\n");
}

/** One path per line; outputs of an earlier run are followed by their rule. Skips hidden files and folders. */
export function untrackedText({ plan, selected, files, history }: Prepared): string {
  const logs = new Set(Array.from(selected.rows(), (job) => logPath(plan.ruleOf(job), plan.values(job))));
  // Paths of inputs may be absolute, or leave the folder and return to it.
  const inside = new Set(
    Array.from({ length: plan.fileCount }, (_, file) => pathInside(files, plan.path(file))),
  );
  const known = (path: string) => inside.has(path) || logs.has(path);
  const madeBy = new Map<string, string>();
  for (const { path, others = [], rule } of history.traces.values())
    for (const output of [path, ...others]) madeBy.set(output, rule);
  const lines: string[] = [];
  for (const path of walk(files, startWalk(files, ""), known)) {
    const rule = madeBy.get(path);
    lines.push(rule === undefined ? oneLine(path) : `${oneLine(path)}\tmade by ${rule}`);
  }
  return lines.length === 0 ? "The plan knows every file in the working folder." : lines.join("\n");
}

/** Files below a folder, sorted by name, without those that are known and what lies in known folders. */
function* walk(files: FileSystem, folder: WalkedFolder, known: (path: string) => boolean): Generator<string> {
  for (const { name, path, folder: inner } of listEntries(files, folder)) {
    if (name.startsWith(".") || name === "node_modules" || known(path)) continue;
    if (inner !== null) yield* walk(files, inner, known);
    else yield path;
  }
}
