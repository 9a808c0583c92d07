/**
 * One run at a time per working folder: a lock that names its holder.
 *
 * A lock whose process is gone from this host breaks itself. One held by another host never does: only a
 * person can know that nothing runs there.
 */
import {
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { cannot, type Fact } from "../errors.ts";
import { type Holder, hasEnded, parseHolder, thisProcess, unknownPid } from "./holder.ts";

/** ms */
const longestTurn = 5_000;

export interface LockOptions {
  readonly folder: string;
  /** What the user typed: shown to others who find the folder locked. */
  readonly command?: string;
  /** A file system of a test's own, which nobody else can see. */
  readonly files?: unknown;
  /** Leaves the lock alone, whoever holds it. */
  readonly withoutLock?: boolean;
}

/** The same as `takeLock`, unless there is nobody to keep out or the user does not want it. */
export function lockFor({ folder, command = "", files, withoutLock = false }: LockOptions): () => void {
  return files === undefined && !withoutLock ? takeLock(folder, command) : () => {};
}

/** Takes the lock of a working folder; returns what gives it back. Throws where a live run holds it. */
export function takeLock(folder: string, command: string): () => void {
  const path = join(folder, ".braid", "lock");
  wrapLockErrors(folder, () => mkdirSync(join(folder, ".braid"), { recursive: true }));
  const text = JSON.stringify(thisProcess(command));
  for (;;) {
    if (wrapLockErrors(folder, () => createWhole(path, text))) {
      removeDrafts(join(folder, ".braid"));
      return () => giveBack(path, text);
    }
    const holder = readHolder(path);
    if (holder === null) continue;
    if (!hasEnded(holder)) throw lockHeldError(path, holder);
    breakStale(path);
  }
}

function wrapLockErrors<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const { code = "", syscall } = error as NodeJS.ErrnoException;
    const noLinks = syscall === "link" && ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(code);
    throw cannot("write to the working folder", folder, (error as Error).message, {
      hint: noLinks
        ? "The lock is a hard link, which this file system does not allow. If nothing else runs in this folder, use --nolock."
        : "A run keeps its records there, in .braid. Use another folder (--directory), or a dry run (-n), which writes nothing.",
      cause: error,
    });
  }
}

/** Who holds the lock of a working folder; null where nobody does, a run that is gone from this host included. */
export function lockHolder(folder: string): Holder | null {
  const holder = readHolder(join(folder, ".braid", "lock"));
  return holder === null || hasEnded(holder) ? null : holder;
}

/** Removes the lock, unless somebody broke it and holds it now. */
function giveBack(path: string, text: string): void {
  try {
    if (readFileSync(path, "utf8") === text) rmSync(path, { force: true });
  } catch {
    // It is gone.
  }
}

/**
 * Removes a lock (`--unlock`), or with `dry` only looks; true if there is one. Throws where its run is alive on this
 * host: of another host, the user knows.
 */
export function breakLock(folder: string, dry = false): boolean {
  const path = join(folder, ".braid", "lock");
  const holder = readHolder(path);
  if (holder === null) return false;
  if (holder.host === hostname() && holder.pid !== unknownPid && !hasEnded(holder))
    throw cannot("remove the lock of", folder, "its run is still active on this host", {
      facts: factsOf(path, holder),
      hint: `Wait for it, or end it first: kill ${holder.pid}`,
    });
  if (!dry) rmSync(path, { force: true });
  return true;
}

/** Makes the lock with all its text at once: a link to a finished file fails where one stands. */
function createWhole(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}`;
  try {
    // A full disk leaves an empty file.
    writeFileSync(draft, text);
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Removes drafts of the lock left by processes that are gone. A draft without a whole text was left by one that was
 * killed while it wrote, unless it is new.
 */
function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!/^lock\.\d+$/.test(name)) continue;
    const path = join(folder, name);
    const holder = readHolder(path);
    if (holder === null) continue;
    if (holder.pid === unknownPid ? isOlder(path, longestTurn) : hasEnded(holder))
      rmSync(path, { force: true });
  }
}

/** Whether a file was written more than `age` ms ago; a file that is gone was not. */
function isOlder(path: string, age: number): boolean {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > age;
}

/**
 * Removes a stale lock. Those who would do so take turns, and each looks again whether the lock is still the
 * stale one: else a slow one could remove the lock that a quick one has just taken.
 */
function breakStale(path: string): void {
  const turn = `${path}.breaking`;
  try {
    closeSync(openSync(turn, "wx"));
  } catch {
    // A turn takes microseconds: one that lasts was left by a process that died in it.
    if (isOlder(turn, longestTurn)) rmSync(turn, { recursive: true, force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    return;
  }
  try {
    const holder = readHolder(path);
    if (holder !== null && hasEnded(holder)) rmSync(path, { force: true });
  } finally {
    rmSync(turn, { force: true });
  }
}

/** Null if there is no lock. Anything but a file in its place is never read: that might not end. */
function readHolder(path: string): Holder | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isFile())
    throw cannot("read the lock", path, "it is not a file", {
      hint: "If nothing runs in this folder, remove it.",
    });
  try {
    return parseHolder(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    // Somebody else holds it, and does not show who.
    return parseHolder("");
  }
}

function factsOf(path: string, holder: Holder): Fact[] {
  return [
    ["process", `${holder.pid} on ${holder.host}`],
    ["since", holder.since],
    ["command", holder.command],
    ["lock", path],
  ];
}

function lockHeldError(path: string, holder: Holder): Error {
  if (holder.pid === unknownPid)
    return cannot("start", "", "the lock of this folder cannot be read, so its owner is unknown", {
      facts: [["lock", path]],
      hint: "If nothing runs here, remove it: repeat the command with --unlock. A dry run (-n) is always possible.",
    });
  return cannot("start", "", "another run works in this folder", {
    facts: factsOf(path, holder),
    hint:
      holder.host === hostname()
        ? "Wait for it, or end it. A dry run (-n) is always possible."
        : "If nothing runs there any more, repeat the command with --unlock.",
  });
}
