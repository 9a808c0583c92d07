/** Why a process failed: what its exit code or signal means in words, and the last lines of its log. */

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { constants } from "node:os";
import { mentionsFullDisk } from "../disk/full-disk.ts";

/** `The command`, `The script`: ended by itself with `code`, or by `signal` where there is one. */
export function describeExit(what: string, code: number | null, signal: string | null = null): string {
  if (signal !== null) return `${what} was ended by ${signal}${likelyCause(signal)}.`;
  // A shell ends with 128 and the number of the signal that ended what it ran.
  const shellSignal = code !== null && code > 128 ? signalName(code - 128) : null;
  if (shellSignal !== null)
    return `${what} ended with exit code ${code} (${shellSignal})${likelyCause(shellSignal)}.`;
  return `${what} ended with exit code ${code}${code === 126 ? notRunnable : ""}.`;
}

/** The name of a signal: `SIGKILL`; null where no signal has this number here. */
export function signalName(number: number): string | null {
  return Object.entries(constants.signals).find(([, own]) => own === number)?.[0] ?? null;
}

/**
 * What ended the process of an error that `execFileSync`, `spawn` and the like throw, where that is a signal or stands
 * for one; null for all else.
 */
export function describeProcessError(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { signal, status, code } = error as { signal?: unknown; status?: unknown; code?: unknown };
  if (typeof signal === "string" && signal.startsWith("SIG"))
    return describeExit("The process", null, signal);
  const exit = [status, code].find((value) => typeof value === "number" && value > 128 && value < 256);
  return exit === undefined || signalName(Number(exit) - 128) === null
    ? null
    : describeExit("The process", Number(exit));
}

const notRunnable = ": the program exists but cannot be run, perhaps because it is not executable";

function likelyCause(signal: string): string {
  const meaning = meanings[signal];
  return meaning === undefined ? "" : `: ${meaning}`;
}

const meanings: Readonly<Record<string, string>> = {
  SIGKILL: "killed from outside; perhaps out of memory",
  SIGTERM: "asked from outside to end, by a person or a time limit",
  SIGINT: "interrupted, as by Ctrl-C",
  SIGHUP: "its terminal or session was closed",
  SIGPIPE:
    "a program wrote to a reader that had ended first, such as `head`, and bash runs with pipefail; use a reader that reads everything (`sed -n 1,10p`), or write to a file first",
  SIGSEGV: "a crash: invalid memory access, a bug in the program or in a library that it loads",
  SIGBUS:
    "a crash: memory could not be read or written; often a full /dev/shm, or a file that was truncated while it was read",
  SIGABRT: "it aborted after an internal error, such as running out of memory; its log may say more",
  SIGILL: "a crash: this processor does not support an instruction; the program was built for another one",
  SIGFPE: "a crash: an arithmetic error, such as a division by zero",
  SIGSYS: "it made a system call that is forbidden here, perhaps by a container",
  SIGXCPU: "it used more CPU time than the limit allows (`ulimit -t`)",
  SIGXFSZ: "it wrote a larger file than the limit allows (`ulimit -f`)",
};

/** The last lines that were written to a log since it was `from` bytes long; empty where none can be read. */
export function logTail(log: string, from: number): string {
  const written = lastBytes(log, from).trimEnd();
  // The line that matters most may be followed by what failed after it.
  const full = written.split("\n").slice(0, -5).findLast(mentionsFullDisk);
  const last = written.slice(-quoted).split("\n").slice(-5);
  return (full === undefined ? last : [full.slice(-quoted), ...last]).join("\n");
}

/** Characters of a line, or of the last ones together. */
const quoted = 2_000;
/** Bytes that are looked at. */
const looked = 64 * 1_024;

function lastBytes(log: string, from: number): string {
  try {
    // Opening a pipe would wait for who writes to it.
    const there = statSync(log);
    if (!there.isFile()) return "";
    const start = Math.max(from, there.size - looked);
    const bytes = Buffer.alloc(Math.max(0, there.size - start));
    const handle = openSync(log, "r");
    try {
      return bytes.toString("utf8", 0, readSync(handle, bytes, 0, bytes.length, start));
    } finally {
      closeSync(handle);
    }
  } catch {
    // Why it failed is told; a log that may not be read is no failure of its own.
    return "";
  }
}
