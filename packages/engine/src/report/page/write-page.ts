/** Writes a page whole: beside its place, then renamed, so that an older one stands until the new one is there. */
import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cannot, type ErrorDetails } from "../../errors.ts";

/** `path` is absolute; `shown` is how the user knows it. */
export function writePage(path: string, shown: string, text: string): void {
  const refuse = (cause: string, details: ErrorDetails = {}) =>
    cannot("write the report", shown, cause, details);
  let draft: string | undefined;
  try {
    const place = placeOf(path, shown, refuse);
    draft = join(dirname(place), `.report-${process.pid}.new`);
    writeFileSync(draft, text);
    renameSync(draft, place);
  } catch (error) {
    if (draft !== undefined) rmSync(draft, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw refuse(causes[code] ?? message, { cause: error });
  }
}

const causes: Readonly<Record<string, string>> = {
  EACCES: "it may not be written",
  EPERM: "it may not be written",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
};

/** The file itself, where a link leads to it. */
function placeOf(
  path: string,
  shown: string,
  refuse: (cause: string, details?: ErrorDetails) => Error,
): string {
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true)
    throw refuse(`the folder "${dirname(path)}" does not exist`, { hint: "Make it first: mkdir -p." });
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) return path;
  if (there.isDirectory())
    throw refuse("it is a folder", { hint: `Name a file in it: --report ${join(shown, "report.html")}` });
  if (!there.isFile()) throw refuse("it is not a file");
  // A rename would replace a file that its owner has closed.
  closeSync(openSync(path, "r+"));
  return realpathSync(path);
}
