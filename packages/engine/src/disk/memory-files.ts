/** A file system in memory with a clock that tests move: for tests of the engine and of workflows. */
import { hash } from "node:crypto";
import { type FileStat, type FileSystem, ownFolder } from "./files.ts";

interface Entry {
  content: Uint8Array;
  mtime: number;
  /** Every write makes a new file with a new inode. */
  inode: number;
  readOnly?: boolean;
}

export interface MemoryFiles extends FileSystem {
  /** The time of the next writes, in ms; every write moves it on by one. */
  now: number;
  /**
   * The mounted folders, with the numbers of their file systems; everything else has number 0. A rename cannot cross a
   * mount, not even to one with the same number.
   */
  readonly mounts: Map<string, number>;
  /** Folders that `place` reports as not writable; no other call checks this. */
  readonly locked: Set<string>;
  /** What `room` says. */
  space: { readonly bytes: number; readonly files: number } | null;
  text(path: string): string;
  /** Every file that stands, sorted. */
  paths(): string[];
  /** Another disk on which the same stands, at the same time. */
  copy(): MemoryFiles;
}

export function memoryFiles(initial: Readonly<Record<string, string>> = {}): MemoryFiles {
  const disk = diskOf(new Map(), new Map(), 1_000);
  for (const [path, content] of Object.entries(initial)) {
    disk.makeFolder(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    disk.write(path, content);
  }
  return disk;
}

let inodes = 0;

/** The end of the last content in a buffer with spare room. */
const ends = new WeakMap<ArrayBufferLike, number>();

/** Two pieces as one, in the room behind the first where that is free: a long journal is not copied line by line. */
function joined(first: Uint8Array, second: Uint8Array): Buffer {
  const length = first.length + second.length;
  let { buffer, byteOffset: start } = first;
  if (ends.get(buffer) !== start + first.length || buffer.byteLength < start + length) {
    const wider = new Uint8Array(2 * length);
    wider.set(first);
    buffer = wider.buffer;
    start = 0;
  }
  const whole = Buffer.from(buffer, start, length);
  whole.set(second, first.length);
  ends.set(buffer, start + length);
  return whole;
}

function diskOf(files: Map<string, Entry>, folders: Map<string, number>, now: number): MemoryFiles {
  const encoder = new TextEncoder();

  const absent = (path: string) =>
    Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: "ENOENT" });
  const parent = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
  const below = (path: string) => (name: string) => name.startsWith(`${path}/`);
  const refused = (code: string, text: string) => Object.assign(new Error(`${code}: ${text}`), { code });

  /** The innermost mount that contains a path; the mount point itself belongs to the file system above. */
  function mountOf(path: string): string {
    let found = "";
    for (const mount of disk.mounts.keys())
      if (below(mount)(path) && mount.length > found.length) found = mount;
    return found;
  }

  const disk: MemoryFiles = {
    now,
    mounts: new Map(),
    locked: new Set(),
    space: null,
    real: (path) => path,
    text(path) {
      return new TextDecoder().decode(disk.read(path));
    },
    paths: () => [...files.keys()].sort(),
    copy() {
      const entries = [...files].map(([path, entry]) => [path, { ...entry }] as const);
      const other = diskOf(new Map(entries), new Map(folders), disk.now);
      for (const [folder, device] of disk.mounts) other.mounts.set(folder, device);
      return other;
    },
    stat(path): FileStat | null {
      const file = files.get(path);
      if (file !== undefined) {
        const { content, mtime, inode } = file;
        return { size: content.length, mtime, inode, directory: false };
      }
      const folder = folders.get(path);
      return folder === undefined ? null : { size: 0, mtime: folder, directory: true };
    },
    // It holds no links.
    linkStat(path) {
      const found = disk.stat(path);
      return found === null ? null : { ...found, link: false };
    },
    links: () => [],
    readLink: (path) => {
      throw absent(path);
    },
    writeLink: (path) => {
      throw absent(path);
    },
    physical: (folder) => folder,
    list(path) {
      if (path !== "" && !folders.has(path)) return null;
      const start = path === "" ? "" : `${path}/`;
      const names = new Set<string>();
      for (const map of [files, folders])
        for (const inside of map.keys())
          if (inside.startsWith(start)) names.add(inside.slice(start.length).split("/")[0]!);
      return [...names].filter((name) => !name.startsWith(ownFolder)).sort();
    },
    read(path, from = 0, to) {
      const file = files.get(path);
      if (file === undefined) throw absent(path);
      return file.content.subarray(from, to);
    },
    write(path, content) {
      if (parent(path) !== "" && !folders.has(parent(path))) throw absent(path);
      files.set(path, {
        content:
          typeof content === "string"
            ? encoder.encode(content)
            : content instanceof Uint8Array
              ? content
              : Buffer.concat([...content].map((piece) => Buffer.from(piece))),
        mtime: disk.now++,
        inode: ++inodes,
      });
    },
    sha256: (path, encoding) => hash("sha256", disk.read(path), encoding),
    create(path, content) {
      if (files.has(path)) return false;
      disk.write(path, content);
      return true;
    },
    openAppend(path) {
      if (!files.has(path)) disk.write(path, "");
      return {
        // Nothing more leaves the time as it was.
        append: (content) =>
          void (content.length > 0 && disk.write(path, joined(disk.read(path), Buffer.from(content)))),
        sync: () => {},
        stands: () => files.has(path),
        close: () => {},
      };
    },
    makeFolder(path) {
      if (path === "" || folders.has(path)) return;
      disk.makeFolder(parent(path));
      folders.set(path, disk.now++);
    },
    rename(from, to) {
      if (disk.stat(from) === null) throw absent(from);
      if (parent(to) !== "" && !folders.has(parent(to))) throw absent(to);
      if (disk.mounts.has(from) || disk.mounts.has(to)) throw refused("EBUSY", `rename '${from}' -> '${to}'`);
      if (mountOf(from) !== mountOf(to))
        throw refused("EXDEV", `cross-device link, rename '${from}' -> '${to}'`);
      const file = files.get(from);
      if (file !== undefined) {
        files.delete(from);
        files.set(to, file);
        return;
      }
      const moved = (path: string) => to + path.slice(from.length);
      for (const map of [files, folders] as Map<string, unknown>[])
        for (const [path, entry] of [...map])
          if (path === from || below(from)(path)) {
            map.delete(path);
            map.set(moved(path), entry);
          }
    },
    duplicate(from, to) {
      if (disk.stat(from) === null) throw absent(from);
      if (parent(to) !== "" && !folders.has(parent(to))) throw absent(to);
      const copied = (path: string) => to + path.slice(from.length);
      for (const [path, time] of [...folders])
        if (path === from || below(from)(path)) folders.set(copied(path), time);
      for (const [path, entry] of [...files])
        if (path === from || below(from)(path)) files.set(copied(path), { ...entry });
    },
    place(folder) {
      if (folder !== "" && !folders.has(folder)) return null;
      const mount = mountOf(`${folder}/`);
      return { device: disk.mounts.get(mount) ?? 0, writable: !disk.locked.has(folder) };
    },
    remove(path) {
      if (files.delete(path)) return;
      for (const map of [files, folders])
        for (const name of [...map.keys()]) if (name === path || below(path)(name)) map.delete(name);
    },
    removeEmpty(path) {
      if (disk.list(path)?.length === 0) folders.delete(path);
    },
    protect(path) {
      for (const [name, file] of files) if (name === path || below(path)(name)) file.readOnly = true;
    },
    isProtected: (path) => files.get(path)?.readOnly === true,
    room: () => disk.space,
    touch(path) {
      const file = files.get(path);
      if (file !== undefined) file.mtime = disk.now++;
      else if (folders.has(path)) folders.set(path, disk.now++);
      else throw absent(path);
    },
  };
  return disk;
}
