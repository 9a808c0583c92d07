/** Runs one shell command: `bash -euo pipefail`, in a process group of its own, its output in a log. */
import { spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, readSync, writeFileSync } from "node:fs";

/** What a job fails with that was not done in its time. */
export function tooLong(seconds: number): string {
  return `The job took longer than its timeout of ${seconds} s.`;
}

export interface ShellOptions {
  readonly log: string;
  /** Numbers of the devices that the command may see. */
  readonly gpus: readonly number[];
  /** A folder for a command that is too long for an argument. */
  readonly staging: string;
  readonly signal?: AbortSignal | undefined;
  /** Seconds. */
  readonly timeout?: number | undefined;
}

/** The kernel takes no argument of more than 128 KiB. */
const longestArgument = 100_000;
/** What a command has between SIGTERM and SIGKILL, ms. */
const grace = 3_000;
// Reading process.env costs a call into the system per variable; a command gets what stood at the start.
let environment: NodeJS.ProcessEnv | undefined;

/** Resolves when the command succeeded; else rejects with its exit code and the end of its log. */
export function runShell(command: string, options: ShellOptions): Promise<void> {
  const { log, gpus, signal, timeout } = options;
  const fd = openSync(log, "a+");
  const before = fstatSync(fd).size;
  environment ??= { ...process.env };
  const child = spawn("bash", ["-euo", "pipefail", ...source(command, options)], {
    stdio: ["ignore", fd, fd],
    detached: true,
    env: gpus.length === 0 ? environment : { ...environment, CUDA_VISIBLE_DEVICES: deviceNames(gpus) },
  });
  return new Promise<void>((resolve, reject) => {
    let why: string | undefined;
    let last: NodeJS.Timeout | undefined;
    const kill = (reason: string) => {
      why ??= reason;
      sendToGroup(child.pid, "SIGTERM");
      last ??= setTimeout(() => sendToGroup(child.pid, "SIGKILL"), grace);
    };
    const cancel = () => kill("Cancelled.");
    const late =
      timeout === undefined ? undefined : setTimeout(() => kill(tooLong(timeout)), timeout * 1_000);
    signal?.addEventListener("abort", cancel, { once: true });
    const settle = (error: Error | null) => {
      clearTimeout(late);
      clearTimeout(last);
      signal?.removeEventListener("abort", cancel);
      closeSync(fd);
      if (error === null) resolve();
      else reject(error);
    };
    child.on("error", (error) => settle(error));
    child.on("exit", (code, by) => {
      // What it left running in its group would hold files of a job that has ended.
      if (why !== undefined) sendToGroup(child.pid, "SIGKILL");
      if (code === 0 && why === undefined) settle(null);
      else settle(failure(why ?? endText(code, by), fd, before));
    });
  });
}

function source(command: string, { staging }: ShellOptions): string[] {
  if (command.length < longestArgument) return ["-c", command];
  const script = `${staging}.sh`;
  writeFileSync(script, command);
  return [script];
}

/** Devices by their numbers among those that this process sees. */
export function deviceNames(gpus: readonly number[]): string {
  const visible = process.env.CUDA_VISIBLE_DEVICES?.split(",").filter((name) => name !== "");
  return gpus.map((gpu) => visible?.[gpu] ?? gpu).join(",");
}

function endText(code: number | null, by: NodeJS.Signals | null): string {
  return code === null ? `The command was ended by ${by}.` : `The command ended with exit code ${code}.`;
}

/** An error without a stack: where the engine stood says nothing about the command. */
function failure(text: string, fd: number, from: number): Error {
  const size = fstatSync(fd).size;
  const start = Math.max(from, size - 2_000);
  const buffer = Buffer.alloc(Math.max(0, size - start));
  readSync(fd, buffer, 0, buffer.length, start);
  const tail = buffer.toString().trimEnd().split("\n").slice(-5).join("\n");
  const error = new Error(tail === "" ? text : `${text}\n${tail}`);
  delete error.stack;
  return error;
}

function sendToGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}
