/** Files of the model test: what stands at a path, and a disk whose process is killed. */
import type { FileSystem } from "../../disk/files.ts";
import type { MemoryFiles } from "../../disk/memory-files.ts";
import { folderText } from "./contents.ts";

/** Names that a body leaves out when it reads a folder: what was added to an output, and its own output. */
const passedOver = /^(?:extra|out_)/;

/** The content of a file, or of a folder as the list of its files; null where nothing stands. */
export function contentOf(files: FileSystem, path: string): string | null {
  const stat = files.stat(path);
  if (stat === null) return null;
  return stat.directory ? folderText(filesBelow(files, path)) : textOf(files, path);
}

function filesBelow(files: FileSystem, folder: string, inside = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of files.list(inside === "" ? folder : `${folder}/${inside}`) ?? []) {
    if (passedOver.test(entry)) continue;
    const name = inside === "" ? entry : `${inside}/${entry}`;
    const path = `${folder}/${name}`;
    if (files.stat(path)?.directory) for (const one of filesBelow(files, folder, name)) found.set(...one);
    else found.set(name, textOf(files, path));
  }
  return found;
}

const decoder = new TextDecoder();

function textOf(files: FileSystem, path: string): string {
  return decoder.decode(files.read(path));
}

/** The newest time of what stands at a path; of a folder that of its files. */
export function timeOf(files: FileSystem, path: string): number {
  const stat = files.stat(path);
  if (stat === null) return 0;
  if (!stat.directory) return stat.mtime;
  return (files.list(path) ?? []).reduce(
    (latest, name) => Math.max(latest, timeOf(files, `${path}/${name}`)),
    0,
  );
}

/** Does a step without moving the clock: the files it writes keep the time that is given. */
function at(disk: MemoryFiles, time: number, step: () => void): void {
  const { now } = disk;
  disk.now = time;
  step();
  disk.now = now;
}

/** Takes the read-only mark from a file, or from all files of a folder. */
export function allowWriting(disk: MemoryFiles, path: string): void {
  for (const name of disk.paths())
    if ((name === path || name.startsWith(`${path}/`)) && disk.isProtected(name)) {
      const { mtime } = disk.stat(name)!;
      const content = disk.read(name);
      at(disk, mtime, () => disk.write(name, content));
    }
}

/** A file system whose process dies. */
export interface KilledFiles extends FileSystem {
  readonly dead: boolean;
  /** How many operations have changed the disk. */
  readonly changes: number;
}

/**
 * The disk as a process sees it that is killed at the `at`-th operation that changes it: of that one, `torn`
 * thousandths are done (bytes of what is written, files of a folder that is removed), and from then on every
 * operation throws.
 */
export function killedFiles(
  disk: MemoryFiles,
  kill: { readonly at: number; readonly torn: number } | null,
): KilledFiles {
  let changes = 0;
  let dead = false;
  const part = (length: number) => Math.floor((length * kill!.torn) / 1_000);
  const checkAlive = () => {
    if (dead) throw new Error("killed");
  };
  /** `done` does what is left of an operation that the kill cut short. */
  function change<T>(whole: () => T, cut: () => void): T {
    checkAlive();
    changes++;
    if (kill === null || changes <= kill.at) return whole();
    dead = true;
    cut();
    throw new Error("killed");
  }
  const reading =
    <A extends unknown[], T>(read: (...args: A) => T) =>
    (...args: A): T => {
      checkAlive();
      return read(...args);
    };
  const none = () => {};
  const bytesOf = (content: string | Uint8Array | Iterable<string | Uint8Array>) =>
    Buffer.concat(
      (typeof content === "string" || content instanceof Uint8Array ? [content] : [...content]).map((piece) =>
        Buffer.from(piece as string),
      ),
    );
  return {
    get dead() {
      return dead;
    },
    get changes() {
      return changes;
    },
    real: disk.real,
    stat: reading(disk.stat),
    linkStat: reading(disk.linkStat),
    links: reading(disk.links),
    readLink: reading(disk.readLink),
    physical: reading(disk.physical),
    place: reading(disk.place),
    list: reading(disk.list),
    read: reading(disk.read),
    sha256: reading(disk.sha256),
    isProtected: reading(disk.isProtected),
    room: reading(disk.room),
    writeLink: (path, target) => change(() => disk.writeLink(path, target), none),
    write: (path, content) =>
      change(
        () => disk.write(path, content),
        () => {
          const bytes = bytesOf(content);
          disk.write(path, bytes.subarray(0, part(bytes.length)));
        },
      ),
    create: (path, content) =>
      change(
        () => disk.create(path, content),
        () => void disk.create(path, content.slice(0, part(content.length))),
      ),
    openAppend(path) {
      checkAlive();
      const isNew = disk.stat(path) === null;
      const file = isNew ? change(() => disk.openAppend(path), none) : disk.openAppend(path);
      return {
        append: (text) =>
          text === ""
            ? checkAlive()
            : change(
                () => file.append(text),
                () => file.append(bytesOf(text).subarray(0, part(bytesOf(text).length))),
              ),
        sync: none,
        stands: reading(() => file.stands()),
        close: none,
      };
    },
    makeFolder(path) {
      checkAlive();
      if (path !== "" && disk.stat(path) === null) change(() => disk.makeFolder(path), none);
    },
    duplicate: (from, to) => change(() => disk.duplicate(from, to), none),
    rename: (from, to) => change(() => disk.rename(from, to), none),
    remove(path) {
      checkAlive();
      if (disk.stat(path) === null) return;
      change(
        () => disk.remove(path),
        () => {
          const inside = disk.paths().filter((name) => name.startsWith(`${path}/`));
          for (const name of inside.slice(0, part(inside.length))) disk.remove(name);
        },
      );
    },
    removeEmpty(path) {
      checkAlive();
      if (disk.list(path)?.length === 0) change(() => disk.removeEmpty(path), none);
    },
    touch: (path) => change(() => disk.touch(path), none),
    protect: (path) => change(() => disk.protect(path), none),
  };
}
