/**
 * The file system as the engine uses it: paths relative to the working folder, synchronous calls.
 *
 * Everything goes through this interface, so that tests run on one kept in memory whose clock they move.
 * Synchronous because the engine makes tens of thousands of tiny calls: a promise each would cost more.
 */
import { createHash, hash } from "node:crypto";
import {
  accessSync,
  appendFileSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statfsSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { isAbsolute, join } from "node:path";
import { cannot } from "../errors.ts";
import { shortPath, wrapFileErrors } from "./file-errors.ts";

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
  /** Null where nothing stands; a link is followed. */
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
  /** Makes a file, or a folder with all in it, read-only. A link, and what it points to, stays as it is. */
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

/** The files below `root`; a path that is absolute stands for itself. */
export function realFiles(root: string): FileSystem {
  // Where the process already stands in the root, the short relative paths are the faster ones.
  const here = root === process.cwd();
  const real = (path: string) => (here || isAbsolute(path) ? path : join(root, path));
  return {
    real,
    stat(path) {
      const found = explainErrors(path, () => statSync(real(path), { throwIfNoEntry: false }));
      return found === undefined ? null : statOf(found);
    },
    linkStat(path) {
      const found = explainErrors(path, () => lstatSync(real(path), { throwIfNoEntry: false }));
      return found === undefined ? null : { ...statOf(found), link: found.isSymbolicLink() };
    },
    links(folder) {
      return readdirSync(real(folder), { withFileTypes: true }).flatMap((entry) => {
        if (entry.isSymbolicLink()) return [entry.name];
        if (!entry.isDirectory()) return [];
        return this.links(`${folder}/${entry.name}`).map((inside) => `${entry.name}/${inside}`);
      });
    },
    readLink: (path) => readlinkSync(real(path)),
    writeLink(path, target) {
      rmSync(real(path), { force: true });
      symlinkSync(target, real(path));
    },
    physical: (folder) => realpathSync(real(folder)),
    list(path) {
      const names = wrapFileErrors("read the folder", path, () => {
        try {
          return readdirSync(real(path));
        } catch (error) {
          if (isAbsent(error)) return null;
          throw error;
        }
      });
      return names?.filter((name) => !name.startsWith(ownFolder)).sort() ?? null;
    },
    read(path, from = 0, to = Number.POSITIVE_INFINITY) {
      if (from === 0 && to === Number.POSITIVE_INFINITY) return readFileSync(real(path));
      return withFile(real(path), "r", (handle) => part(handle, from, Math.min(to, fstatSync(handle).size)));
    },
    write(path, content) {
      if (typeof content === "string" || content instanceof Uint8Array) writeFileSync(real(path), content);
      else
        withFile(real(path), "w", (handle) => {
          for (const piece of content) writeFileSync(handle, piece);
        });
    },
    sha256(path, encoding) {
      return withFile(real(path), "r", (handle) => sha256Of(handle, encoding));
    },
    create(path, content) {
      try {
        writeFileSync(real(path), content, { flag: "wx" });
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
        throw error;
      }
    },
    openAppend(path) {
      const handle = openSync(real(path), "a");
      return {
        append(content) {
          if (typeof content === "string") appendFileSync(handle, content);
          // One call may write only a part.
          else for (let at = 0; at < content.length; ) at += writeSync(handle, content, at);
        },
        sync: () => fsyncSync(handle),
        stands: () => statSync(real(path), { throwIfNoEntry: false })?.ino === fstatSync(handle).ino,
        close: () => closeSync(handle),
      };
    },
    makeFolder: (path) => void mkdirSync(real(path), { recursive: true }),
    rename: (from, to) => renameSync(real(from), real(to)),
    duplicate: (from, to) => duplicate(real(from), real(to)),
    remove(path) {
      const options = { recursive: true, force: true, maxRetries: 3 };
      try {
        rmSync(real(path), options);
      } catch {
        openFolders(real(path));
        rmSync(real(path), options);
      }
    },
    removeEmpty(path) {
      try {
        rmdirSync(real(path));
      } catch {
        // Not empty or not there: it stays as it is.
      }
    },
    touch(path) {
      const now = new Date();
      utimesSync(real(path), now, now);
    },
    protect(path) {
      const found = lstatSync(real(path));
      if (found.isSymbolicLink()) return;
      if (found.isDirectory()) for (const name of readdirSync(real(path))) this.protect(`${path}/${name}`);
      chmodSync(real(path), found.mode & ~0o222);
    },
    isProtected(path) {
      const found = lstatSync(real(path), { throwIfNoEntry: false });
      return found !== undefined && !found.isSymbolicLink() && (found.mode & 0o222) === 0;
    },
    place(folder) {
      const path = real(folder === "" ? "." : folder);
      const found = explainErrors(folder, () => statSync(path, { throwIfNoEntry: false }));
      if (found === undefined || !found.isDirectory()) return null;
      return { device: found.dev, writable: isWritable(path) };
    },
    room(folder = "") {
      try {
        const { bavail, bsize, ffree, files } = statfsSync(real(folder === "" ? "." : folder));
        // A file system without a fixed number of inodes counts none.
        return { bytes: bavail * bsize, files: files === 0 ? Number.POSITIVE_INFINITY : ffree };
      } catch {
        return null;
      }
    },
  };
}

/** Removes files that do no harm if they stay: errors are ignored. */
export function removeIfPossible(files: FileSystem, path: string): void {
  try {
    files.remove(path);
  } catch {
    // The next writer overwrites it.
  }
}

/** Gives the owner all rights to a folder and those below it, because a body may have left them without. */
function openFolders(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  try {
    chmodSync(path, 0o700);
  } catch {
    // The file belongs to somebody else; removing it fails below with the reason.
    return;
  }
  for (const name of readdirSync(path)) openFolders(join(path, name));
}

/** Returns the result of `look`. If the disk refuses, the error says so in one sentence. */
function explainErrors<T>(path: string, look: () => T): T {
  return wrapFileErrors("look at", path, look, { EACCES: "a folder above it may not be entered" });
}

function statOf(found: Stats): FileStat {
  const { size, mtimeMs: mtime, ctimeMs: ctime, ino: inode } = found;
  const stat = { size, mtime, ctime, inode, directory: found.isDirectory() };
  return stat.directory || found.isFile() || found.isSymbolicLink() ? stat : { ...stat, special: true };
}

/** One for all files: most are small, and a buffer each is what a run that hashes many of them would grow by. */
let piece: Buffer | undefined;
const pieceSize = 1 << 20;

function sha256Of(handle: number, encoding: "hex" | "base64url"): string {
  piece ??= Buffer.allocUnsafeSlow(pieceSize);
  let got = fill(handle, piece);
  if (got < pieceSize) return hash("sha256", piece.subarray(0, got), encoding);
  const found = createHash("sha256");
  for (; got > 0; got = fill(handle, piece)) found.update(piece.subarray(0, got));
  return found.digest(encoding);
}

function part(handle: number, from: number, to: number): Uint8Array {
  const bytes = Buffer.alloc(Math.max(0, to - from));
  return bytes.subarray(0, fill(handle, bytes, from));
}

/** Reads from a position, or from where the file stands; fewer bytes than there is room for are the last ones. */
function fill(handle: number, bytes: Buffer, from: number | null = null): number {
  let length = 0;
  for (let got = -1; got !== 0 && length < bytes.length; length += got)
    got = readSync(handle, bytes, length, bytes.length - length, from === null ? null : from + length);
  return length;
}

function withFile<T>(path: string, flags: string, use: (handle: number) => T): T {
  const handle = openSync(path, flags);
  try {
    return use(handle);
  } finally {
    closeSync(handle);
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Like `cpSync`, but with exact times: `cpSync` cuts them to whole milliseconds, so copies would look changed. */
function duplicate(from: string, to: string): void {
  const found = lstatSync(from);
  if (found.isSymbolicLink()) {
    symlinkSync(readlinkSync(from), to);
    return;
  }
  if (found.isDirectory()) {
    mkdirSync(to);
    for (const name of readdirSync(from)) duplicate(join(from, name), join(to, name));
    chmodSync(to, found.mode);
  } else if (found.isFile()) copyFileSync(from, to, constants.COPYFILE_EXCL);
  else throw cannot("copy", shortPath(from), "it is neither a file nor a folder");
  utimesSync(to, found.atimeMs / 1_000, found.mtimeMs / 1_000);
}

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}
