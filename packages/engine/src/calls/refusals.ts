/** Why an output is not kept: the checks between a body's end and the renames, and what they say. */
import type { FileSystem } from "../disk/files.ts";
import { cannot } from "../errors.ts";
import type { Ensured } from "../rules/marks.ts";

/** The error where a file stands on the way to a folder; any other as it is. */
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

/** A folder in the place of a file is not thrown away, unless it is empty. */
export function checkEmpty(files: FileSystem, path: string): void {
  if (files.list(path)?.length === 0) return;
  throw cannot("make", path, "a folder with files stands in its place", {
    hint: "Move it away, then repeat the command.",
  });
}

/** Throws where an output is not what its rule ensures; it is looked at where it is `staged`. */
export function checkEnsured(files: FileSystem, path: string, staged: string, promise: Ensured): void {
  const stat = files.stat(staged)!;
  const empty = stat.directory ? files.list(staged)?.length === 0 : stat.size === 0;
  if (promise.nonEmpty && empty)
    throw cannot("keep", path, "it is empty, and the rule ensures that it is not");
  if (promise.sha256 === undefined) return;
  const found = files.sha256(staged, "hex");
  if (found !== promise.sha256.toLowerCase())
    throw cannot("keep", path, "its content is not what the rule ensures", {
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
