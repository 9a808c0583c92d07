/** A disk that is full, as errors tell it: the one fault that ends a run and that no repetition helps. */
import { cannot } from "../errors.ts";
import type { FileSystem } from "./files.ts";

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
