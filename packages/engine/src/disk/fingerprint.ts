/**
 * What a file's content was: size and modification time as a quick look, a content hash where they differ.
 *
 * A file over the size limit is known by size and time alone. A folder is the list of the files in it.
 */
import { hash } from "node:crypto";
import { wrapFileErrors } from "./file-errors.ts";
import type { FileStat, FileSystem } from "./files.ts";
import { listEntries, startWalk, type WalkedFolder } from "./walk.ts";

/** One file: size in bytes, modification time in ms; the hash is empty for a file over the limit. */
export interface FileFingerprint {
  readonly size: number;
  readonly mtime: number;
  /** The value when the fingerprint was taken; absent if unknown or known to change. */
  readonly ctime?: number;
  readonly inode?: number;
  readonly hash: string;
}

/** A file or a folder; `parts` are the files of a folder by their paths inside it, sorted. */
export interface Fingerprint extends FileFingerprint {
  readonly parts?: readonly (FileFingerprint & { readonly name: string })[];
}

/** Files larger than this many bytes are not hashed. */
export const defaultHashLimit = 100_000_000;

/** Two fingerprints with the same identity stand for the same content. */
export function contentId(fingerprint: Fingerprint): string {
  return fingerprint.hash === "" ? `${fingerprint.size}@${fingerprint.mtime}` : fingerprint.hash;
}

/** Says which files in a folder count, by their paths inside it. */
export type IsPart = (name: string) => boolean;

/**
 * The fingerprint of the file or folder at `path`, or null. If it looks like `known`, the known hash is used instead of
 * reading the file.
 */
export function takeFingerprint(
  files: FileSystem,
  path: string,
  hashLimit: number,
  known?: Fingerprint,
  stat: FileStat | null = files.stat(path),
  isPart: IsPart = () => true,
): Fingerprint | null {
  if (stat === null) return null;
  if (!stat.directory) return fileFingerprint(files, path, stat, hashLimit, known);
  const before = new Map(known?.parts?.map((part) => [part.name, part]));
  const parts = listFolder(files, path)
    .filter(({ name }) => isPart(name))
    .map(({ name, stat }) => ({
      name,
      ...fileFingerprint(files, `${path}/${name}`, stat, hashLimit, before.get(name)),
    }));
  return folderFingerprint(parts);
}

/** The fingerprint of a folder with these files. */
function folderFingerprint(parts: NonNullable<Fingerprint["parts"]>): Fingerprint {
  const text = parts.map((part) => `${part.name}\0${contentId(part)}`).join("\0");
  return {
    size: parts.reduce((sum, part) => sum + part.size, 0),
    mtime: parts.reduce((latest, part) => Math.max(latest, part.mtime), 0),
    hash: shortHash(text),
    parts,
  };
}

/** The fingerprint of a folder without files. */
export const emptyFolder = (): Fingerprint => folderFingerprint([]);

/** The fingerprint of a folder in a folder; undefined if no file of it is there. */
export function innerFolder({ parts = [] }: Fingerprint, path: string): Fingerprint | undefined {
  const inside = parts.filter(({ name }) => name.startsWith(`${path}/`));
  if (inside.length === 0) return undefined;
  return folderFingerprint(inside.map((part) => ({ ...part, name: part.name.slice(path.length + 1) })));
}

/** True if size, times and inode of a file match those that its fingerprint has. */
export function hasSameStat(stat: FileStat, known: FileFingerprint): boolean {
  // Pipes and devices are never read.
  if (stat.special) return known.hash === "special";
  return (
    stat.size === known.size &&
    stat.mtime === known.mtime &&
    !stat.directory &&
    (known.ctime === undefined || stat.ctime === undefined || stat.ctime === known.ctime) &&
    (known.inode === undefined || stat.inode === undefined || stat.inode === known.inode)
  );
}

/** The fingerprint of a file that came from another disk or machine, without ctime and inode, which differ there. */
export function withoutIdentity<P extends Fingerprint>(fingerprint: P): P {
  const { ctime: _, inode: __, ...rest } = fingerprint;
  const parts = fingerprint.parts?.map((part) => withoutIdentity(part));
  return (parts === undefined ? rest : { ...rest, parts }) as P;
}

/** The fingerprint of a file whose ctime says nothing: permissions or links may change it. */
export function withoutChangeTime(fingerprint: Fingerprint): Fingerprint {
  const { ctime: _, ...rest } = fingerprint;
  const parts = fingerprint.parts?.map(({ ctime: __, ...part }) => part);
  return parts === undefined ? rest : { ...rest, parts };
}

/** How a file compares with its known fingerprint, without reading it. */
export type StatComparison = "unchanged" | "changed" | "incomplete";

/** Looks at `path`. A folder is incomplete if a recorded file is missing from it; added files do not count. */
export function compareStat(
  files: FileSystem,
  path: string,
  known: Fingerprint,
  stat: FileStat,
): StatComparison {
  if (known.parts === undefined) return hasSameStat(stat, known) ? "unchanged" : "changed";
  if (!stat.directory) return "changed";
  let unchanged = true;
  for (const part of known.parts) {
    const found = files.stat(`${path}/${part.name}`);
    if (found === null) return "incomplete";
    if (!hasSameStat(found, part)) unchanged = false;
  }
  return unchanged ? "unchanged" : "changed";
}

/** True if a folder has all the known files, and no other files that count. */
export function hasSameFiles(files: FileSystem, path: string, known: Fingerprint, isPart: IsPart): boolean {
  const names = listFolder(files, path).flatMap(({ name }) => (isPart(name) ? [name] : []));
  return names.length === known.parts?.length && known.parts.every((part, i) => part.name === names[i]);
}

const hashLength = 16;

/** A content hash, short enough to keep by the hundred thousand: 96 bits of SHA-256. */
export function shortHash(content: string | Uint8Array): string {
  return hash("sha256", content, "base64url").slice(0, hashLength);
}

function fileFingerprint(
  files: FileSystem,
  path: string,
  stat: FileStat,
  hashLimit: number,
  known: FileFingerprint | undefined,
): FileFingerprint {
  const { size, mtime, ctime, inode } = stat;
  const identity = {
    ...(ctime === undefined ? {} : { ctime }),
    ...(inode === undefined ? {} : { inode }),
  };
  if (stat.special) return { size, mtime, hash: "special" };
  if (known !== undefined && hasSameStat(stat, known)) return { size, mtime, ...identity, hash: known.hash };
  const read = () => files.sha256(path, "base64url").slice(0, hashLength);
  const hash = size > hashLimit ? "" : wrapFileErrors("read", path, read);
  return { size, mtime, ...identity, hash };
}

/** The files in a folder and those below it, by their paths inside it. */
function listFolder(files: FileSystem, folder: string): { name: string; stat: FileStat }[] {
  const listed = (within: WalkedFolder): { name: string; stat: FileStat }[] =>
    listEntries(files, within).flatMap(({ path, stat, folder: inner }) => {
      if (inner !== null) return listed(inner);
      return stat === null || stat.directory ? [] : [{ name: path.slice(folder.length + 1), stat }];
    });
  return listed(startWalk(files, folder));
}

/** The two halves of the current hash: module variables, because a pair object per text would be garbage. */
let a = 0;
let b = 0;

function mix(text: string): void {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
}

function finish(): void {
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
}

/**
 * A digest of a set of files in any order, for comparing inputs: two sums of 32-bit hashes. The digests of disjoint
 * subsets add up to the digest of the whole set.
 * Quick rather than safe against an adversary: 2^-64 for two sets to be taken for one.
 */
export class SetDigest {
  #low = 0;
  #high = 0;

  add(path: string, content?: string): void {
    a = 0xdeadbeef;
    b = 0x41c6ce57;
    mix(path);
    if (content !== undefined) {
      mix("\0");
      mix(content);
    }
    finish();
    this.#low = (this.#low + a) | 0;
    this.#high = (this.#high + b) | 0;
  }

  merge(other: SetDigest): void {
    this.#low = (this.#low + other.#low) | 0;
    this.#high = (this.#high + other.#high) | 0;
  }

  toString(): string {
    return sixBits(this.#low) + sixBits(this.#high);
  }
}

/** A digest of texts that depends on their order. */
export class ListDigest {
  #low = 0x2545f491;
  #high = 0x6c078965;

  add(text: string): void {
    a = this.#low;
    b = this.#high;
    mix(text);
    finish();
    this.#low = a;
    this.#high = b;
  }

  toString(): string {
    return sixBits(this.#low) + sixBits(this.#high);
  }
}

const letters = Uint8Array.from(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
  (letter) => letter.charCodeAt(0),
);

/** 32 bits as six letters; quicker than any of the language's own ways, and asked for once per job. */
function sixBits(bits: number): string {
  return String.fromCharCode(
    letters[bits & 63]!,
    letters[(bits >>> 6) & 63]!,
    letters[(bits >>> 12) & 63]!,
    letters[(bits >>> 18) & 63]!,
    letters[(bits >>> 24) & 63]!,
    letters[bits >>> 30]!,
  );
}
