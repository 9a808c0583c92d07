/** Where files are that rules name under `code`: a change of one makes the outputs of these rules stale. */

/** The URLs of files that are named relative to this folder. */
export const code = (...files: readonly string[]): URL[] =>
  files.map((file) => new URL(file, import.meta.url));
