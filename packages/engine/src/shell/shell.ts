/** Runs one shell command: as `bash -euo pipefail` would, in a process group of its own, its output in a log. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { tellsFull } from "../disk/full-disk.ts";
import { type Cost, costOf } from "./cost.ts";
import { watchMemory } from "./memory.ts";

/** What a job fails with that was not done in its time. */
export function tooLong(seconds: number): string {
  return `The job took longer than its timeout of ${seconds} s.`;
}

export interface ShellOptions {
  readonly log: string;
  /** Numbers of the devices that the command may see. */
  readonly gpus: readonly number[];
  readonly signal?: AbortSignal | undefined;
  /** Seconds. */
  readonly timeout?: number | undefined;
}

/** What a command has between SIGTERM and SIGKILL, ms. */
const grace = 3_000;

/**
 * A bash that runs one command after the other, each in a subshell of its own: forking a small bash costs a
 * fraction of starting one from here. It leads a process group, so that a command is ended with all that it
 * started; the bash itself outlives SIGTERM, to tell when the command has ended.
 */
interface Server {
  readonly child: ChildProcess;
  readonly folder: string;
  /** ms of CPU that its commands have used. */
  cpu: number;
  /** Called with the exit code of the command and the ms of CPU it used; null when the bash itself has ended. */
  ended: (code: number | null, by?: string, cpu?: number) => void;
}

let idle: Server[] = [];

function startServer(): Server {
  const folder = process.cwd();
  const stdio = ["pipe", "ignore", "ignore", "pipe"] as const;
  const child = spawn("bash", ["--norc", "--noprofile"], { stdio: [...stdio], detached: true });
  const server: Server = { child, folder, cpu: 0, ended: () => {} };
  let text = "";
  child.stdio[3]!.on("data", (data) => {
    text += data;
    const code = /=(\d+)\n$/.exec(text)?.[1];
    if (code === undefined) return;
    const before = server.cpu;
    server.cpu = childrenCpu(text);
    text = "";
    server.ended(Number(code), undefined, server.cpu - before);
  });
  child.stdin!.on("error", () => {});
  const lost = (by: string) => {
    idle = idle.filter((one) => one !== server);
    server.ended(null, by);
  };
  child.on("error", (error) => lost(error.message));
  child.on("exit", (code, signal) => lost(signal ?? `exit code ${code}`));
  child.stdin!.write("trap : TERM INT HUP\n");
  return server;
}

/** What bash's `times` says of all children it has waited for, ms: the second of its lines, `1m2.003s 0m0.004s`. */
function childrenCpu(times: string): number {
  const line = times.split("\n")[1] ?? "";
  let ms = 0;
  for (const [, minutes, seconds, rest] of line.matchAll(/(\d+)m(\d+)[.,](\d{3})s/g))
    ms += Number(minutes) * 60_000 + Number(seconds) * 1_000 + Number(rest);
  return ms;
}

/** An idle server keeps nobody alive: it ends when this process does. */
function hold(server: Server, busy: boolean): void {
  const handles = [server.child, server.child.stdin, server.child.stdio[3]] as unknown as NodeJS.Timeout[];
  for (const handle of handles) busy ? handle.ref() : handle.unref();
}

function takeServer(): Server {
  const folder = process.cwd();
  // Where this process stands is where its commands do.
  for (let server = idle.pop(); server !== undefined; server = idle.pop()) {
    if (server.folder === folder) return server;
    server.child.stdin!.end();
  }
  return startServer();
}

/** Ends the idle bashes and waits for them, so that what they have used is told to who waits for this process. */
export async function closeShells(): Promise<void> {
  const ending = idle;
  idle = [];
  await Promise.all(
    ending.map(
      (server) =>
        new Promise<void>((resolve) => {
          hold(server, true);
          server.child.once("exit", () => resolve());
          server.child.stdin!.end();
        }),
    ),
  );
}

/** Resolves with what it cost when the command succeeded; else rejects with its exit code and the end of its log. */
export function runShell(command: string, options: ShellOptions): Promise<Cost> {
  const { log, gpus, signal, timeout } = options;
  const before = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  const server = takeServer();
  const devices = gpus.length === 0 ? "" : `export CUDA_VISIBLE_DEVICES=${quote(deviceNames(gpus))}; `;
  hold(server, true);
  const memory = watchMemory(server.child.pid);
  return new Promise<Cost>((resolve, reject) => {
    let why: string | undefined;
    let last: NodeJS.Timeout | undefined;
    const kill = (reason: string) => {
      why ??= reason;
      sendToGroup(server.child.pid, "SIGTERM");
      last ??= setTimeout(() => sendToGroup(server.child.pid, "SIGKILL"), grace);
    };
    const cancel = () => kill("Cancelled.");
    const late =
      timeout === undefined ? undefined : setTimeout(() => kill(tooLong(timeout)), timeout * 1_000);
    signal?.addEventListener("abort", cancel, { once: true });
    server.ended = (code, by, cpu) => {
      const peak = memory.end();
      clearTimeout(late);
      clearTimeout(last);
      signal?.removeEventListener("abort", cancel);
      server.ended = () => {};
      hold(server, false);
      // What an ended command left running in its group would hold files of a job that is over.
      if (why !== undefined) sendToGroup(server.child.pid, "SIGKILL");
      else if (code !== null) idle.push(server);
      if (code === 0 && why === undefined) resolve(costOf({ cpu, memory: peak }));
      else reject(failure(why ?? endText(code, by), log, before));
    };
    server.child.stdin!.write(
      `(${devices}exec </dev/null >>${quote(log)} 2>&1 3>&-; set -euo pipefail; ${readable(command)}); code=$?; { times; echo "=$code"; } >&3\n`,
    );
  });
}

const reserved = "if|then|elif|else|fi|case|esac|for|select|while|until|do|done|in|function|time|coproc";
const word = "[\\w./=:@%+,-]+";
const plainCommand = new RegExp(
  `^(?!(?:${reserved})(?![\\w./=:@%+,-]))${word}(?: +${word}| *(?:>>|>|<) *${word})*$`,
);

/**
 * A command as the waiting bash reads it. One that may not parse must not end that bash, so it is evaluated; words
 * and redirections alone always parse, and bash then runs the program without forking once more.
 */
export function readable(command: string): string {
  return plainCommand.test(command) ? command : `eval ${quote(command)}`;
}

/** Devices by their numbers among those that this process sees. */
export function deviceNames(gpus: readonly number[]): string {
  const visible = process.env.CUDA_VISIBLE_DEVICES?.split(",").filter((name) => name !== "");
  return gpus.map((gpu) => visible?.[gpu] ?? gpu).join(",");
}

function endText(code: number | null, by = ""): string {
  return code === null ? `The command was ended by ${by}.` : `The command ended with exit code ${code}.`;
}

/** An error without a stack: where the engine stood says nothing about the command. */
function failure(text: string, log: string, from: number): Error {
  const tail = existsSync(log) ? readFileSync(log).subarray(from).subarray(-2_000) : "";
  const all = tail.toString().trimEnd().split("\n");
  // The line that matters most may be followed by what failed after it.
  const full = all.slice(0, -5).filter(tellsFull).slice(-1);
  const lines = [...full, ...all.slice(-5)].join("\n");
  const error = new Error(lines === "" ? text : `${text}\n${lines}`);
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

/** A text as one word of bash. */
export function quote(text: string): string {
  return /^[\w./=@%+,:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
