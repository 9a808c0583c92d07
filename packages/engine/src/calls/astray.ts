/**
 * Outputs in the wrong place: some tools write beside their input, and some bodies write to the final path, while the
 * engine expects the output in staging. The error names the file that was found, and says how to write the rule.
 */
import type { FileSystem } from "../disk/files.ts";
import { cannot } from "../errors.ts";
import type { JobView } from "../plan/table.ts";
import { isProgram } from "../rules/rule.ts";

/** At most this many folders of inputs are searched. */
const mostFolders = 100;
/** The time of a file may lag behind the clock by this many ms. */
const lag = 20;

export interface Astray {
  /** The job is about to run. */
  begin(job: JobView): void;
  /** The error for an output that the job has written elsewhere than to staging; null if none is found. */
  find(job: JobView, path: string, staged: string): Error | null;
}

export function astray(files: FileSystem, now: () => number = Date.now): Astray {
  const begun = new Map<number, number>();

  function isNewer(path: string, since: number): boolean {
    const mtime = files.linkStat(path)?.mtime;
    if (mtime === undefined) return false;
    // Some disks store whole seconds only.
    return mtime >= since - lag || (mtime % 1_000 === 0 && mtime + 1_000 > since);
  }

  return {
    begin: (job) => void begun.set(job.row, now()),
    find(job, path, staged) {
      const since = begun.get(job.row);
      if (since === undefined) return null;
      const inputs = job.inputs();
      const name = path.slice(path.lastIndexOf("/") + 1);
      const folders = [...new Set(inputs.map(folderOf))].slice(0, mostFolders);
      const places = [path, ...folders.map((folder) => `${folder}${name}`)];
      const found = places.find((place) => isNewer(place, since));
      if (found === undefined) return null;
      const beside = folders.includes(folderOf(found));
      const where = beside ? "beside its input" : "to its final path";
      return cannot("keep", path, `the job wrote it ${where}, not to the path in its \`output\``, {
        facts: [
          ["expected", staged],
          ["written", found],
        ],
        hint: hintFor(job, path, found),
      });
    },
  };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
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
