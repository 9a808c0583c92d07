/** What runs leave in the engine's own folder when they end before their jobs do: staging and trash. */
import type { CallSpec } from "./calls/executor.ts";
import { livesBeside } from "./disk/beside.ts";
import type { FileSystem } from "./disk/files.ts";

const parents = [".braid/staging", ".braid/trash"];

/** Removes what earlier runs left unfinished, but for what their orphans, or runs without the lock, still write to. */
export function removeLeftovers(
  files: FileSystem,
  orphans: readonly CallSpec[],
  warn: (text: string) => void,
): void {
  const inUse = new Set(orphans.flatMap((call) => call.jobs.map((job) => runOfStaging(job.staging))));
  for (const parent of parents)
    for (const run of files.list(parent) ?? [])
      if (!inUse.has(run) && !livesBeside(files, run))
        try {
          files.remove(`${parent}/${run}`);
        } catch (error) {
          // Somebody still writes there; the next run will find it again.
          warn(`"${parent}/${run}" cannot be removed yet: ${(error as Error).message}`);
        }
  for (const parent of parents) files.removeEmpty(parent);
}

/** What this run itself has left unfinished. */
export function removeOwn(files: FileSystem, id: string): void {
  for (const parent of parents) {
    files.remove(`${parent}/${id}`);
    files.removeEmpty(parent);
  }
}

/** The run whose staging folder a path lies in. */
function runOfStaging(path: string): string | undefined {
  return /(?:^|\/)\.braid\/staging\/([^/]+)/.exec(path)?.[1];
}
