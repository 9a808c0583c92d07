/** A file system in memory with a clock that tests move: for tests of the engine and of workflows. */
import { hash } from "node:crypto";
import type { FileStat, FileSystem } from "./files.ts";

interface Entry {
  content: Uint8Array;
  mtime: number;
  readOnly?: boolean;
}

export interface MemoryFiles extends FileSystem {
  /** The time of the next writes, in ms; every write moves it on by one. */
  now: number;
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

function diskOf(files: Map<string, Entry>, folders: Map<string, number>, now: number): MemoryFiles {
  const encoder = new TextEncoder();

  const absent = (path: string) =>
    Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: "ENOENT" });
  const parent = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
  const below = (path: string) => (name: string) => name.startsWith(`${path}/`);

  const disk: MemoryFiles = {
    now,
    space: null,
    real: (path) => path,
    text(path) {
      return new TextDecoder().decode(disk.read(path));
    },
    paths: () => [...files.keys()].sort(),
    copy() {
      const entries = [...files].map(([path, entry]) => [path, { ...entry }] as const);
      return diskOf(new Map(entries), new Map(folders), disk.now);
    },
    stat(path): FileStat | null {
      const file = files.get(path);
      if (file !== undefined) return { size: file.content.length, mtime: file.mtime, directory: false };
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
      const depth = path === "" ? 0 : path.length + 1;
      const inside = [...files.keys(), ...folders.keys()].filter((p) => path === "" || below(path)(p));
      return [...new Set(inside.map((p) => p.slice(depth).split("/")[0]!))].sort();
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
        append: (text) => void (text !== "" && disk.write(path, disk.text(path) + text)),
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
      const moved = (path: string) => to + path.slice(from.length);
      for (const map of [files, folders] as Map<string, unknown>[])
        for (const [path, entry] of [...map])
          if (path === from || below(from)(path)) {
            map.delete(path);
            map.set(moved(path), entry);
          }
    },
    remove(path) {
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
