/** Files that are used as they are: a job once made them, but cannot now, because a source is missing. */
import { inputsFor } from "../plan/job-inputs.ts";
import { count } from "../quantities.ts";
import type { Prepared } from "./prepare.ts";

/** The warning about them; null if there are none. */
export function unmakeableWarning(prepared: Prepared): string | null {
  const paths = unmakeableFiles(prepared);
  const [first] = paths;
  if (first === undefined) return null;
  const gone = missingInput(prepared, first);
  const why = gone === null ? "a file that it was made from is missing" : `${gone} is missing`;
  if (paths.length === 1) return `${first} is used as it is, and cannot be made again: ${why}.`;
  const others = count(paths.length - 1, "more file");
  return `${first} and ${others} are used as they are, and cannot be made again: for the first, ${why}.`;
}

/** Their paths, in the plan's order. */
function unmakeableFiles({ plan, readers, selected, history, rules }: Prepared): string[] {
  const isMade = (path: string) =>
    rules.some(({ outputs }) => outputs.some((one) => one.match(path) !== null));
  const isRecorded = (path: string) =>
    history.traces.get(path) !== undefined || history.traces.ofOther(path) !== undefined;
  const found: string[] = [];
  for (let file = 0; file < plan.fileCount; file++) {
    if (plan.maker(file) >= 0) continue;
    const path = plan.path(file);
    if (!isMade(path) || !isRecorded(path)) continue;
    if ([...readers.ofFile(file)].some((job) => selected.isWanted(job))) found.push(path);
  }
  return found;
}

/** The first missing input of the job that made a file; null if its own inputs all exist. */
function missingInput({ rules, files }: Prepared, path: string): string | null {
  for (const rule of rules)
    for (const output of rule.outputs) {
      const values = output.match(path);
      if (values === null) continue;
      try {
        const lacks = [...inputsFor(rule, values).paths()].find((input) => files.stat(input) === null);
        if (lacks !== undefined) return lacks;
      } catch {
        // An input function that cannot say what it needs.
      }
    }
  return null;
}
