/**
 * The file system as the engine uses it: paths relative to the working folder, synchronous calls.
 *
 * Everything goes through this interface, so that tests run on one kept in memory whose clock they move:
 * real-files.ts and memory-files.ts implement it. Synchronous because the engine makes tens of thousands of tiny
 * calls: a promise each would cost more.
 */

/** Size in bytes, times in ms since 1970 with a fraction (exact to a quarter of a microsecond). */
export interface FileStat {
  readonly size: number;
  readonly mtime: number;
  /** When the file, its name or permissions last changed, and its inode; absent if unknown. */
  readonly ctime?: number;
  readonly inode?: number;
  readonly directory: boolean;
  /** Neither a file nor a folder: a pipe, a device. Never read: that might not end. */
  readonly special?: true;
}

/** Prefix of the folders that a run makes among the user's own; `list` leaves them out. */
export const ownFolder = ".braid-staging-";

/** The file system of a folder. A rename works only within one. */
export interface Place {
  /** The number of the file system. Two mounts of it have the same number, although a rename cannot cross them. */
  readonly device: number;
  /** Whether files can be made in the folder. */
  readonly writable: boolean;
}

/** An open file that only grows. */
export interface AppendFile {
  append(content: string | Uint8Array): void;
  /** Asks the disk to keep what was appended. */
  sync(): void;
  /** Whether the file still has its name: false where it was removed, or another stands there. */
  stands(): boolean;
  close(): void;
}

export interface FileSystem {
  /** Null if nothing stands; a link is followed. */
  stat(path: string): FileStat | null;
  /** The same of a link itself, whatever it points to. */
  linkStat(path: string): (FileStat & { readonly link: boolean }) | null;
  /** The links in a folder and those below it, by their paths inside it; none is followed. */
  links(folder: string): string[];
  /** Where a link points, as it is written there. */
  readLink(path: string): string;
  /** Puts a link in the place of a link or file. */
  writeLink(path: string, target: string): void;
  /** The absolute path without links of a folder that stands. */
  physical(folder: string): string;
  /** Names in a folder, sorted, without the engine's own folders; null if the folder does not exist. */
  list(path: string): string[] | null;
  /** The bytes of a file, or those from `from` up to `to`. */
  read(path: string, from?: number, to?: number): Uint8Array;
  /** Of several pieces, one behind the other. */
  write(path: string, content: string | Uint8Array | Iterable<string | Uint8Array>): void;
  /** SHA-256; a large file is not held in memory. */
  sha256(path: string, encoding: "hex" | "base64url"): string;
  /** Writes a file that must not be there yet; false where one is. */
  create(path: string, content: string): boolean;
  openAppend(path: string): AppendFile;
  /** Makes a folder and those above it. */
  makeFolder(path: string): void;
  /** Throws `EXDEV` if the two paths are on different file systems. */
  rename(from: string, to: string): void;
  /** Copies a file or a whole folder to a path that does not exist yet. Keeps times, and copies links as links. */
  duplicate(from: string, to: string): void;
  /** Removes a file or a folder with all in it; nothing there is no error. */
  remove(path: string): void;
  /** Removes a folder if it is empty. */
  removeEmpty(path: string): void;
  /** Sets the modification time to now. */
  touch(path: string): void;
  /**
   * Makes a file, or a folder with all in it, read-only. A link, and what it points to, stays as it is, and so does a
   * file with several hard links: all its names share the permissions.
   */
  protect(path: string): void;
  /** True if nobody may write to what stands there; never true of a link. */
  isProtected(path: string): boolean;
  /** The real path of a folder, with links followed; null if there is no folder. */
  place(folder: string): Place | null;
  /** Free bytes and files on the disk of a folder (default: the working folder); null if unknown. */
  room(folder?: string): { readonly bytes: number; readonly files: number } | null;
  /** The path that other parts of the program can open. */
  real(path: string): string;
}

/** Removes files that do no harm if they stay: errors are ignored. */
export function removeIfPossible(files: FileSystem, path: string): void {
  try {
    files.remove(path);
  } catch {
    // The next writer overwrites it.
  }
}
