/**
 * Turns errors of the file system into one sentence that names the path and the cause. A full disk is told apart: it is
 * the one fault that ends a run, and that no repetition helps.
 */
import { BraidError, cannot } from "../errors.ts";
import type { FileSystem } from "./files.ts";

const causes: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  EIO: "the disk reports an error (EIO)",
  ELOOP: "its links form a loop",
  ENAMETOOLONG: "its name is too long for the disk",
  ENOENT: "no such file or folder",
  ENOTDIR: "there is a file where a folder is expected",
  EISDIR: "it is a folder",
  EEXIST: "something else has this path",
};

const hints: Readonly<Record<string, string>> = {
  EACCES: "Change its permissions, or ask its owner to do so.",
  EPERM: "Change its permissions, or ask its owner to do so.",
  EIO: "Check the disk, or restore the file from a copy; then repeat the command.",
};

/** A file cannot be looked at or read. */
export class FileAccessError extends BraidError {}

/** Returns the result of `act`. If the system refuses, throws `Refused`: what cannot be done with which path, and why. */
export function wrapFileErrors<T>(
  action: string,
  path: string,
  act: () => T,
  known: Readonly<Record<string, string>> = {},
): T {
  try {
    return act();
  } catch (error) {
    throw isSystemError(error) ? fileAccessError(action, path, error, known) : error;
  }
}

/** Why the system refused something. */
export function fileErrorCause(error: Error): string {
  return (isSystemError(error) ? causes[error.code] : undefined) ?? error.message;
}

/** Turns an unexpected error of the file system into one sentence; returns any other error as it is. */
export function explainFileError(error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const { syscall = "", path = "", dest } = error;
  return fileAccessError(actions[syscall] ?? "use", dest ?? path, error);
}

const actions: Readonly<Record<string, string>> = {
  open: "open",
  read: "read",
  scandir: "read the folder",
  opendir: "read the folder",
  mkdir: "make the folder",
  rmdir: "remove the folder",
  unlink: "remove",
  rm: "remove",
  rename: "write",
  link: "write",
  symlink: "write",
  write: "write",
  copyfile: "copy",
  chmod: "change the permissions of",
  chdir: "work in",
  uv_cwd: "find the current folder",
};

interface SystemError extends Error, Pick<NodeJS.ErrnoException, "syscall" | "path"> {
  readonly code: string;
  readonly dest?: string;
}

function isSystemError(error: unknown): error is SystemError {
  if (!(error instanceof Error) || error instanceof BraidError) return false;
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code);
}

function fileAccessError(
  action: string,
  path: string,
  error: SystemError,
  known: Readonly<Record<string, string>> = {},
): FileAccessError {
  const { code } = error;
  const hint = hints[code];
  const details = hint === undefined || code in known ? {} : { hint };
  const text = cannot(action, shortPath(path), known[code] ?? fileErrorCause(error), details).message;
  return new FileAccessError(text, { cause: error });
}

/** A path, shortened if it is very long. */
export function shortPath(path: string): string {
  return path.length > 160 ? `${path.slice(0, 80)}...${path.slice(-60)}` : path;
}

/** True for an error of the file system that says so. */
export function isDiskFullError(error: unknown): boolean {
  return /^(ENOSPC|EDQUOT)$/.test((error as NodeJS.ErrnoException | undefined)?.code ?? "");
}

/** True for the text of an error, of a body or a command, that says so. */
export function mentionsFullDisk(text: string): boolean {
  return /ENOSPC|no space left/i.test(text);
}

/** True where nothing more can be written. */
export function isDiskFull(files: FileSystem): boolean {
  const room = files.room();
  return room !== null && (room.bytes === 0 || room.files === 0);
}

/** What the user is told. */
export function diskFullError(error: unknown): Error {
  return cannot("go on", "", "the disk is full", {
    facts: [["reason", (error as Error).message]],
    hint: "Free space in the working folder, then repeat the command to continue.",
    cause: error,
  });
}
