/**
 * What a file's content was: size and modification time as a quick look, a content hash where they differ.
 *
 * A file over the size limit is known by size and time alone. A folder is the list of the files in it.
 */
import { hash } from "node:crypto";
import type { FileStat, FileSystem } from "./files.ts";

/** One file: size in bytes, modification time in ms; the hash is empty for a file over the limit. */
export interface FilePrint {
  readonly size: number;
  readonly mtime: number;
  readonly hash: string;
}

/** A file or a folder; `parts` are the files of a folder by their paths inside it, sorted. */
export interface Fingerprint extends FilePrint {
  readonly parts?: readonly (FilePrint & { readonly name: string })[];
}

/** Files larger than this many bytes are not hashed. */
export const defaultHashLimit = 100_000_000;

/** Two fingerprints with the same identity stand for the same content. */
export function contentId(print: Fingerprint): string {
  return print.hash === "" ? `${print.size}@${print.mtime}` : print.hash;
}

/**
 * The fingerprint of what stands at `path`, or null. Where size and time are those of `known`, its hash is
 * taken over instead of reading the file.
 */
export function fingerprint(
  files: FileSystem,
  path: string,
  hashLimit: number,
  known?: Fingerprint,
  stat: FileStat | null = files.stat(path),
): Fingerprint | null {
  if (stat === null) return null;
  if (!stat.directory) return filePrint(files, path, stat, hashLimit, known);
  const before = new Map(known?.parts?.map((part) => [part.name, part]));
  const parts = listFolder(files, path).map(({ name, stat }) => ({
    name,
    ...filePrint(files, `${path}/${name}`, stat, hashLimit, before.get(name)),
  }));
  const text = parts.map((part) => `${part.name}\0${contentId(part)}`).join("\0");
  return {
    size: parts.reduce((sum, part) => sum + part.size, 0),
    mtime: parts.reduce((latest, part) => Math.max(latest, part.mtime), 0),
    hash: shortHash(text),
    parts,
  };
}

/** How something looks against what is known of it, by sizes and times alone. */
export type Look = "unchanged" | "changed" | "incomplete";

/** Looks at `path`; a folder is incomplete where a recorded file is gone from it. */
export function look(files: FileSystem, path: string, known: Fingerprint, stat: FileStat): Look {
  if (known.parts === undefined)
    return !stat.directory && !stat.special && stat.size === known.size && stat.mtime === known.mtime
      ? "unchanged"
      : "changed";
  if (!stat.directory) return "changed";
  let unchanged = true;
  for (const part of known.parts) {
    const found = files.stat(`${path}/${part.name}`);
    if (found === null) return "incomplete";
    if (found.size !== part.size || found.mtime !== part.mtime) unchanged = false;
  }
  return unchanged ? "unchanged" : "changed";
}

const hashLength = 16;

/** A content hash, short enough to keep by the hundred thousand: 96 bits of SHA-256. */
export function shortHash(content: string | Uint8Array): string {
  return hash("sha256", content, "base64url").slice(0, hashLength);
}

function filePrint(
  files: FileSystem,
  path: string,
  stat: FileStat,
  hashLimit: number,
  known: FilePrint | undefined,
): FilePrint {
  const { size, mtime } = stat;
  if (stat.special) return { size, mtime, hash: "special" };
  if (known !== undefined && known.size === size && known.mtime === mtime)
    return { size, mtime, hash: known.hash };
  return { size, mtime, hash: size > hashLimit ? "" : files.sha256(path, "base64url").slice(0, hashLength) };
}

function listFolder(files: FileSystem, folder: string, inside = ""): { name: string; stat: FileStat }[] {
  return (files.list(inside === "" ? folder : `${folder}/${inside}`) ?? []).flatMap((entry) => {
    const name = inside === "" ? entry : `${inside}/${entry}`;
    const stat = files.stat(`${folder}/${name}`);
    if (stat === null) return [];
    return stat.directory ? listFolder(files, folder, name) : [{ name, stat }];
  });
}

/**
 * A digest of a set of files in any order, for comparing inputs: two sums of 32-bit hashes.
 * Quick rather than safe against an adversary: 2^-64 for two sets to be taken for one.
 */
export interface SetDigest {
  add(path: string, content?: string): void;
  toString(): string;
}

export function setDigest(): SetDigest {
  let low = 0;
  let high = 0;
  let a = 0;
  let b = 0;
  const mix = (text: string) => {
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      a = Math.imul(a ^ c, 2654435761);
      b = Math.imul(b ^ c, 1597334677);
    }
  };
  return {
    add(path, content) {
      a = 0xdeadbeef;
      b = 0x41c6ce57;
      mix(path);
      if (content !== undefined) {
        mix("\0");
        mix(content);
      }
      a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
      b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
      low = (low + a) | 0;
      high = (high + b) | 0;
    },
    toString: () => sixBits(low) + sixBits(high),
  };
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
