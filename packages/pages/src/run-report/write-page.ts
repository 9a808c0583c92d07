/**
 * Writes a page whole: beside its place, then renamed, so that an older one stands until the new one is there. Nothing
 * but an older page is ever replaced.
 */
import {
  closeSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, extname, join, sep } from "node:path";
import { cannot, type ErrorDetails } from "braid-engine/inspect";

/** How each page begins, by which it is known again. */
export const pageBeginning = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="Braid, report of a workflow">
`;

/** `path` is absolute; `shown` is how the user knows it. */
export function writePage(path: string, shown: string, text: string): void {
  const place = placeOfPage(path, shown);
  const draft = join(dirname(place), `.report-${process.pid}.new`);
  try {
    writeFileSync(draft, text);
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, { force: true });
    throw inWords(error, shown);
  }
}

/** The file to write, where links lead; throws where a page may not go. */
export function placeOfPage(path: string, shown: string): string {
  const refuse = (cause: string, details: ErrorDetails = {}) =>
    cannot("write the report", shown, cause, details);
  try {
    if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true)
      throw refuse(`the folder "${dirname(path)}" does not exist`, { hint: "Make it first: mkdir -p." });
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory())
      throw refuse("it is a folder", { hint: `Name a file in it: --report ${join(shown, "report.html")}` });
    const place =
      there === undefined ? join(realpathSync(dirname(path)), basename(path)) : realpathSync(path);
    if (place.split(sep).includes(".braid"))
      throw refuse("the folder .braid is for the records of runs", { hint: another });
    if (there !== undefined && !there.isFile()) throw refuse("it is not a file");
    if (![".html", ".htm"].includes(extname(path).toLowerCase()))
      throw refuse("the name of a page ends in .html", { hint: another });
    if (there !== undefined && !isPage(place))
      throw refuse("a file stands there that is no report of a workflow, or one of an older version", {
        hint: "Move it away, or name another file: --report FILE.",
      });
    return place;
  } catch (error) {
    throw inWords(error, shown);
  }
}

const another = "Name another file: --report report.html";

/** Opened for writing: a rename would replace a file that its owner has closed. */
function isPage(place: string): boolean {
  const handle = openSync(place, "r+");
  try {
    const begins = Buffer.alloc(Buffer.byteLength(pageBeginning));
    readSync(handle, begins, 0, begins.length, 0);
    return begins.toString() === pageBeginning;
  } finally {
    closeSync(handle);
  }
}

function inWords(error: unknown, shown: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined
    ? error
    : cannot("write the report", shown, causes[code] ?? message, { cause: error });
}

const causes: Readonly<Record<string, string>> = {
  EACCES: "it may not be written",
  EPERM: "it may not be written",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
};
