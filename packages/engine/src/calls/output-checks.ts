/**
 * The checks between the end of a body and the renames, and their errors: an output is missing, is in the wrong place,
 * or is not what its rule ensures.
 */
import type { FileSystem } from "../disk/files.ts";
import { folderOf } from "../disk/locate.ts";
import { cannot } from "../errors.ts";
import type { JobView } from "../plan/table.ts";
import type { Ensured } from "../rules/marks.ts";
import { isProgram } from "../rules/rule.ts";

/** Explains `error` if a file has the path of `folder` or of a folder above it; else returns it unchanged. */
export function notFolderError(files: FileSystem, folder: string, error: unknown): unknown {
  const parts = folder.split("/");
  const file = parts
    .map((_, i) => parts.slice(0, i + 1).join("/"))
    .find((path) => files.stat(path)?.directory === false);
  if (file === undefined) return error;
  return cannot("make the folder", folder, `"${file}" is a file`, {
    hint: "Move the file away, or give the rule another output.",
    cause: error,
  });
}

/** Throws if the folder is not empty: an output may replace only an empty folder. */
export function checkEmpty(files: FileSystem, path: string): void {
  if (files.list(path)?.length === 0) return;
  throw cannot("make", path, "a folder with files has this path", {
    hint: "Move it away, then repeat the command.",
  });
}

/** Throws if the `staged` output does not meet the conditions that its rule ensures. */
export function checkEnsured(files: FileSystem, path: string, staged: string, promise: Ensured): void {
  const stat = files.stat(staged)!;
  const empty = stat.directory ? files.list(staged)?.length === 0 : stat.size === 0;
  if (promise.nonEmpty && empty)
    throw cannot("keep", path, "it is empty, but ensure() in the rule requires content");
  if (promise.sha256 === undefined) return;
  const found = files.sha256(staged, "hex");
  if (found !== promise.sha256.toLowerCase())
    throw cannot("keep", path, "its content is not what ensure() in the rule requires", {
      facts: [
        ["sha256", found],
        ["ensured", promise.sha256],
      ],
    });
}

/** The error of an output that no body wrote. */
export function notWrittenError(path: string, staged: string, files: FileSystem): Error {
  const around = files.list(staged.slice(0, staged.lastIndexOf("/"))) ?? [];
  return cannot("keep", path, "the body ended without writing it", {
    facts: [
      ["expected", staged],
      ["written", around.length === 0 ? "nothing" : around.slice(0, 5).join(", ")],
    ],
    hint: "A body writes to the paths in its `output`, not to the final ones.",
  });
}

/** At most this many folders of inputs are searched. */
const mostFolders = 100;
/** The time of a file may lag behind the clock by this many ms. */
const lag = 20;

/** The error for an output that the job wrote elsewhere than to staging, after `since`; null if none is found. */
export function misplacedOutput(
  files: FileSystem,
  job: JobView,
  path: string,
  { staged, since }: { readonly staged: string; readonly since: number },
): Error | null {
  const folders = [...new Set(job.inputs().map(folderOf))].slice(0, mostFolders);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const places = [path, ...folders.map((folder) => (folder === "" ? name : `${folder}/${name}`))];
  const found = places.find((place) => isNewer(files, place, since));
  if (found === undefined) return null;
  const where = folders.includes(folderOf(found)) ? "beside its input" : "to its final path";
  return cannot("keep", path, `the job wrote it ${where}, not to the path in its \`output\``, {
    facts: [
      ["expected", staged],
      ["written", found],
    ],
    hint: hintFor(job, path, found),
  });
}

function isNewer(files: FileSystem, path: string, since: number): boolean {
  const mtime = files.linkStat(path)?.mtime;
  if (mtime === undefined) return false;
  // Some disks store whole seconds only.
  return mtime >= since - lag || (mtime % 1_000 === 0 && mtime + 1_000 > since);
}

function hintFor({ rule, outputs, ...job }: JobView, path: string, found: string): string {
  const inputs = job.inputs();
  if (!isProgram(rule.spec))
    return "A body writes to the paths in its `output`; if a library writes elsewhere, rename its file to that path. The engine moves it into place.";
  if (rule.spec.script !== undefined)
    return "A script writes to `braid.output`; if a library writes elsewhere, move its file there. The engine moves it into place.";
  const output = outputs.length === 1 ? "{output}" : `{output[${outputs.indexOf(path)}]}`;
  const at = inputs.findIndex((input) => found.startsWith(input));
  if (at < 0) return `Write to \`${output}\` in the command, not to ${found}: the engine renames it.`;
  const input = inputs.length === 1 ? "{input}" : `{input[${at}]}`;
  const source = rule.gathers.length === 0 ? `${input}${found.slice(inputs[at]!.length)}` : found;
  return `Give the tool the output's path (as in \`samtools index in.bam ${output}\`), or end the command with \`&& mv ${source} ${output}\`.`;
}
