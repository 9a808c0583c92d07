/** What a run would do, without a run: changes nothing on disk, and loads nothing that only a run needs. */
import { realFiles } from "./disk/files.ts";
import { readHistory } from "./journal/journal.ts";
import { type PlanOptions, type Prepared, prepare, prepareRest } from "./judge/prepare.ts";

/** The whole plan, each job with its reason. */
export function dryRun(options: PlanOptions): Prepared {
  const files = options.files ?? realFiles(options.folder);
  return prepare(options, files, readHistory(files));
}

/** The same, with no more of the plan than the jobs that are to run. */
export function dryRest(options: PlanOptions): Prepared {
  const files = options.files ?? realFiles(options.folder);
  return prepareRest(options, files, readHistory(files));
}
