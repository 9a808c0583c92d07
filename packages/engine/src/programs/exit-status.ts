/** Why a process failed: what its exit code or signal means in words, and the last lines of its log. */

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { constants } from "node:os";
import { mentionsFullDisk } from "../disk/file-errors.ts";

/** Describes the end of `what` (`The command`, `The script`): by `signal` if there is one, else with `code`. */
export function describeExit(what: string, code: number | null, signal: string | null = null): string {
  if (signal !== null) return `${what} was ended by ${signal}${likelyCause(signal)}.`;
  // A shell ends with 128 and the number of the signal that ended what it ran.
  const shellSignal = code !== null && code > 128 ? signalName(code - 128) : null;
  if (shellSignal !== null)
    return `${what} ended with exit code ${code} (${shellSignal})${likelyCause(shellSignal)}.`;
  return `${what} ended with exit code ${code}${code === 126 ? notRunnable : ""}.`;
}

/** Why a job failed that did not end in its time. */
export function timeoutMessage(seconds: number): string {
  return `The job took longer than its timeout of ${seconds} s.`;
}

/** The name of a signal: `SIGKILL`; null if no signal has this number here. */
export function signalName(number: number): string | null {
  return Object.entries(constants.signals).find(([, own]) => own === number)?.[0] ?? null;
}

/**
 * The signal that ended a process, from an error of `execFileSync`, `spawn` and the like; null if it was no signal.
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
  SIGTERM: "terminated from outside, by a person or a time limit",
  SIGINT: "interrupted, as by Ctrl-C",
  SIGHUP: "its terminal or session was closed",
  SIGPIPE:
    "a program wrote to a pipe whose reader had ended, such as `head`, and bash runs with pipefail; use a reader that reads everything (`sed -n 1,10p`), or write to a file first",
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

/** The last lines of a log after its first `from` bytes; empty if none can be read. */
export function logTail(log: string, from: number): string {
  const written = lastBytes(log, from).trimEnd();
  // Later errors may follow the line that matters most.
  const full = written.split("\n").slice(0, -5).findLast(mentionsFullDisk);
  const last = written.slice(-quoted).split("\n").slice(-5);
  return (full === undefined ? last : [full.slice(-quoted), ...last]).join("\n");
}

/** Characters of a line, or of the last ones together. */
const quoted = 2_000;
/** Bytes to read from the end. */
const looked = 64 * 1_024;

function lastBytes(log: string, from: number): string {
  try {
    // Opening a pipe would wait for a writer.
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
    // The failure itself is reported anyway; an unreadable log is not another failure.
    return "";
  }
}
