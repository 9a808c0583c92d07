/** Files that were removed and that nothing needs, in words. */
import { count } from "../quantities.ts";

/** What is said of files that were removed and that nothing needs. */
export function removedText(files: number, one: string): string {
  const what =
    files === 1
      ? `${one} was removed, but no job`
      : `${count(files, "file")} such as ${one} were removed, but no job`;
  return `${what} that will run needs ${files === 1 ? "it" : "them"}. To make a file again, name its path as a target.`;
}
