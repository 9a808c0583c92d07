/** `--list-untracked`: files in the working folder that the plan does not know, and which rule once made them. */
import type { FileSystem } from "../files.ts";
import type { Prepared } from "../prepare.ts";

/** A path a line; those that an earlier run made are followed by the rule. Hidden files and folders are left out. */
export function untrackedText({ plan, files, history }: Prepared): string {
  const folders = new Set(
    plan.jobs.flatMap((job) =>
      job.outputs.filter((_, i) => job.rule.outputs[i]!.marks.directory).map((output) => output.path),
    ),
  );
  const madeBy = new Map<string, string>();
  for (const trace of history.traces.values()) madeBy.set(trace.path, trace.rule);
  const lines: string[] = [];
  for (const path of walk(files, "", folders)) {
    if (plan.files.has(path)) continue;
    const rule = madeBy.get(path);
    lines.push(rule === undefined ? path : `${path}\tmade by ${rule}`);
  }
  return lines.length === 0 ? "The plan knows every file in the working folder." : lines.join("\n");
}

/** Files below a folder, sorted by name, without what lies in the folders to skip. */
function* walk(files: FileSystem, folder: string, skip: ReadonlySet<string>): Generator<string> {
  for (const name of files.list(folder === "" ? "." : folder) ?? []) {
    if (name.startsWith(".") || name === "node_modules") continue;
    const path = folder === "" ? name : `${folder}/${name}`;
    if (skip.has(path)) continue;
    if (files.stat(path)?.directory) yield* walk(files, path, skip);
    else yield path;
  }
}
