/** The lines of an error that help who wrote the workflow. */

/** The first `most` lines, without the engine's own part of the stack. */
export function errorLines(error: string, most: number): string[] {
  return error
    .split("\n")
    .filter((line) => !/^\s+at .*(\/(packages|@braid)\/engine\/(src|dist|bin)\/|node:internal)/.test(line))
    .slice(0, most);
}
