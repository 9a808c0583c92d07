/** The lines of an error that help who wrote the workflow; the log has all of it. */

/** Characters of a line that are shown; a body may throw a whole table as one. */
const widest = 300;

/** The first `most` lines, cut to what one can read, without empty ones and the engine's own part of the stack. */
export function errorLines(error: string, most: number): string[] {
  return error
    .split("\n")
    .filter((line) => !/^\s+at .*(\/(packages|@braid)\/engine\/(src|dist|bin)\/|node:internal)/.test(line))
    .filter((line) => line.trim() !== "")
    .slice(0, most)
    .map((line) => (line.length > widest ? `${line.slice(0, widest - 1)}…` : line));
}

/** What a failure is called: one that may be does not fail the run. */
export function failedWord({ optional }: { readonly optional?: true }): string {
  return optional ? "Failed (optional)" : "Failed";
}
