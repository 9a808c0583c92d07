/**
 * Writes a page whole: beside its place, then renamed, so that an older one stands until the new one is there. Nothing
 * but an older page is ever replaced.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { cannot, type ErrorDetails } from "braid-engine/inspect";
import { encodedPath } from "./links.ts";

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

/** The data beside a page: its path, and its address from the page. */
export interface DataFile {
  readonly path: string;
  readonly address: string;
}

/** Where the data of all jobs go: `report_files/jobs.js` beside `report.html`. */
export function dataFileOf(page: string): DataFile {
  const folder = `${basename(page, extname(page))}_files`;
  return { path: join(dirname(page), folder, "jobs.js"), address: `./${encodedPath(folder)}/jobs.js` };
}

/** The way from the folder of the page to the working folder, as the beginning of an address: `./`, `./../`. */
export function wayTo(folder: string, pageFolder: string): string {
  const way = relative(pageFolder, folder).split(sep).join("/");
  return way === "" ? "./" : `./${encodedPath(way)}/`;
}

/** Writes the data of a page at `place`; a file that is no such data is never replaced. */
export function writeData(place: string, shown: string, script: string): void {
  const { path } = dataFileOf(place);
  const draft = join(dirname(path), `.jobs-${process.pid}.new`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    const there = statSync(path, { throwIfNoEntry: false });
    if (there !== undefined && !(there.isFile() && begins(path, dataBeginning)))
      throw cannot("write the report", shown, `"${path}" is not data of a report, and would be replaced`, {
        hint: another,
      });
    try {
      writeFileSync(draft, script);
      renameSync(draft, path);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  } catch (error) {
    throw inWords(error, shown);
  }
}

/** The beginning of every data file, by which it is recognized. */
const dataBeginning = 'braidData("jobs",';

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
      throw refuse("the name of the page must end in .html", { hint: another });
    if (there !== undefined && !begins(place, pageBeginning))
      throw refuse("there is a file that is not a report of a workflow, or is one of an older version", {
        hint: "Move it away, or name another file: --report FILE.",
      });
    return place;
  } catch (error) {
    throw inWords(error, shown);
  }
}

const another = "Name another file: --report report.html";

/** Opens the file for writing, so that a read-only file is refused: a rename would replace it. */
function begins(place: string, beginning: string): boolean {
  const handle = openSync(place, "r+");
  try {
    const first = Buffer.alloc(Buffer.byteLength(beginning));
    readSync(handle, first, 0, first.length, 0);
    return first.toString() === beginning;
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
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  ENOTDIR: "a file has the name of a folder that it needs",
  EEXIST: "a file has the name of a folder that it needs",
};
