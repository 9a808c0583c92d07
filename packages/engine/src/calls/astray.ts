/**
 * Outputs in the wrong place: some tools write beside their input, and some bodies write to the final path, while the
 * engine expects the output in staging. The error names the file that was found, and says how to write the rule.
 */
import type { FileSystem } from "../disk/files.ts";
import { folderOf } from "../disk/locate.ts";
import { cannot } from "../errors.ts";
import type { JobView } from "../plan/table.ts";
import { isProgram } from "../rules/rule.ts";

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
