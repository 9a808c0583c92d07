/** The files that the targets ask for: how many stand, the first of them in detail. */
import type { ReadFiles, TargetPath } from "braid-engine/inspect";
import type { Preview } from "./preview.ts";

export interface TargetFiles {
  readonly count: number;
  readonly missing: number;
  /** Of those that stand and are no folders. */
  readonly bytes: number;
  /** The first ones; those of rules without wildcards, which bring things together, come before the others. */
  readonly shown: readonly TargetFile[];
}

export interface TargetFile {
  readonly path: string;
  /** Null where it is missing. */
  readonly stands: {
    readonly size: number;
    /** ms since 1970. */
    readonly mtime: number;
    /** Entries of a folder; null for a file. */
    readonly entries: number | null;
  } | null;
  readonly preview: Preview | null;
}

export const mostShown = 30;

/** `preview` shows files in turn, as far as its limits allow. */
export function targetFiles(
  targets: readonly TargetPath[],
  files: ReadFiles,
  preview: (path: string, size: number) => Preview | null,
): TargetFiles {
  let missing = 0;
  let bytes = 0;
  for (const { path } of targets) {
    const stat = files.stat(path);
    if (stat === null) missing++;
    else if (!stat.directory) bytes += stat.size;
  }
  const shown = targets
    .toSorted((a, b) => Number(b.single) - Number(a.single))
    .slice(0, mostShown)
    .map(({ path }) => targetFile(path, files, preview));
  return { count: targets.length, missing, bytes, shown };
}

export function targetFile(
  path: string,
  files: ReadFiles,
  preview: (path: string, size: number) => Preview | null,
): TargetFile {
  const stat = files.stat(path);
  if (stat === null) return { path, stands: null, preview: null };
  const { size, mtime, directory } = stat;
  if (directory)
    return { path, stands: { size: 0, mtime, entries: files.list(path)?.length ?? 0 }, preview: null };
  return { path, stands: { size, mtime, entries: null }, preview: preview(path, size) };
}
