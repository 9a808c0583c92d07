/** The file system of this machine, by Node's synchronous calls. */
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
import { type FileStat, type FileSystem, ownFolder } from "./files.ts";

const orUndefined = { throwIfNoEntry: false } as const;

/** The files below `root`; a path that is absolute stands for itself. */
export function realFiles(root: string): FileSystem {
  // Where the process already stands in the root, the short relative paths are the faster ones.
  const here = root === process.cwd();
  const real = (path: string) => (here || isAbsolute(path) ? path : join(root, path));
  return {
    real,
    stat(path) {
      // No closure for each of very many files.
      try {
        const found = statSync(real(path), orUndefined);
        return found === undefined ? null : statOf(found);
      } catch (error) {
        return explainErrors(path, () => {
          throw error;
        });
      }
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
      if (found.isSymbolicLink() || (found.isFile() && found.nlink > 1)) return;
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
  return wrapFileErrors("look at", path, look, { EACCES: "one of its parent folders cannot be entered" });
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
