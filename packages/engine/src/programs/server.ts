/**
 * Processes that do one thing after the other, so that not every job has to start one: each leads a process
 * group, in which what it does can be ended with all that it started.
 */
import type { ChildProcess } from "node:child_process";
import { statSync } from "node:fs";
import type { Readable } from "node:stream";
import { AttemptError, type Failure } from "../rules/retries.ts";
import { type Cost, costOf, watchMemory } from "./cost.ts";
import { logTail, timeoutMessage } from "./exit-status.ts";

export interface ServeOptions {
  /** What is done writes here; an error quotes its end. */
  readonly log: string;
  readonly signal?: AbortSignal | undefined;
  /** Seconds. */
  readonly timeout?: number | undefined;
}

/** How one thing ended. */
export interface Reply {
  /** ms of CPU. */
  readonly cpu: number;
  /** Most memory at one time, in bytes, of a kind that is not watched. */
  readonly memory?: number;
  /** Why it failed, in words; the reason if it is known. */
  readonly error?: string;
  readonly failure?: Failure;
  /** The error says all there is to say: the log's end is not quoted. */
  readonly full?: boolean;
}

/** A process as its kind knows it. */
export interface Server {
  readonly child: ChildProcess;
  /** What it answers on. */
  readonly answers: Readable;
  /** Reads all that came since the request; undefined while there is no whole answer in it. */
  read(text: string): Reply | undefined;
}

/** A way to serve: how its processes are started, and which of them can stand for another. */
export interface Kind<S extends Server> {
  readonly name: string;
  /** Says what has ended, where the process ended before it answered. */
  readonly ended: (code: number | null, signal: string | null) => string;
  /** The memory of what a process starts is looked at from here. */
  readonly watched?: boolean;
  /** How long one is kept that has nothing to do, ms; else until one with another key is wanted. */
  readonly kept?: number;
  readonly start: (log: string) => S;
}

interface WaitingRequest {
  readonly kind: string;
  readonly key: string;
  readonly server: Server;
  readonly end: NodeJS.Timeout | undefined;
}

/** Those with nothing to do, the one that waits longest first. */
let idle: WaitingRequest[] = [];
/** Takes what a process says; set while it has something to do. */
const listeners = new WeakMap<Server, (reply: Reply | null, lost?: string) => void>();

/** What a process has between SIGTERM and SIGKILL, ms. */
const grace = 3_000;

function takeServer<S extends Server>(kind: Kind<S>, key: string, log: string): S {
  const same = idle.findLast((one) => one.kind === kind.name && one.key === key);
  if (same !== undefined) return nextServer(same) as S;
  const other = kind.kept === undefined ? idle.find((one) => one.kind === kind.name) : undefined;
  if (other !== undefined) endServer(nextServer(other));
  const server = kind.start(log);
  let text = "";
  server.answers.on("data", (data) => {
    text += data;
    const reply = server.read(text);
    if (reply === undefined) return;
    text = "";
    listeners.get(server)?.(reply);
  });
  const lost = (why: string) => {
    const waiting = idle.find((one) => one.server === server);
    if (waiting !== undefined) nextServer(waiting);
    listeners.get(server)?.(null, why);
  };
  server.child.stdin!.on("error", () => {});
  server.child.on("error", (error) => lost(`${kind.name} could not be started: ${error.message}`));
  server.child.on("exit", (code, signal) => lost(kind.ended(code, signal)));
  return server;
}

/** It has something to do again, or never will. */
function nextServer(waiting: WaitingRequest): Server {
  clearTimeout(waiting.end);
  idle = idle.filter((one) => one !== waiting);
  return waiting.server;
}

function returnServer(kind: Kind<Server>, key: string, server: Server): void {
  const over = () => endServer(nextServer(waiting));
  const end = kind.kept === undefined ? undefined : setTimeout(over, kind.kept).unref();
  const waiting: WaitingRequest = { kind: kind.name, key, server, end };
  idle.push(waiting);
}

/**
 * Lets a server of the kind that can stand for `key` do what is written to it. Resolves with what it cost; rejects
 * with why it failed and the end of its log.
 */
export function serve<S extends Server>(
  kind: Kind<S>,
  key: string,
  request: (server: S) => string,
  { log, signal, timeout }: ServeOptions,
): Promise<Cost> {
  const before = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  const server = takeServer(kind, key, log);
  setBusy(server, true);
  const memory = kind.watched ? watchMemory(server.child.pid) : undefined;
  return new Promise<Cost>((resolve, reject) => {
    let why: { readonly error: string; readonly failure?: Failure } | undefined;
    let last: NodeJS.Timeout | undefined;
    const kill = (reason: typeof why) => {
      why ??= reason;
      sendToGroup(server.child.pid, "SIGTERM");
      last ??= setTimeout(() => sendToGroup(server.child.pid, "SIGKILL"), grace);
    };
    const cancel = () => kill({ error: "Cancelled." });
    const tooLate = () => kill({ error: timeoutMessage(timeout!), failure: { reason: "timeout" } });
    const late = timeout === undefined ? undefined : setTimeout(tooLate, timeout * 1_000);
    signal?.addEventListener("abort", cancel, { once: true });
    listeners.set(server, (reply, lost) => {
      const peak = memory?.end() ?? reply?.memory;
      clearTimeout(late);
      clearTimeout(last);
      signal?.removeEventListener("abort", cancel);
      listeners.delete(server);
      setBusy(server, false);
      // What an ended one left running in its group would hold files of a job that is over.
      if (why !== undefined) sendToGroup(server.child.pid, "SIGKILL");
      else if (reply !== null) returnServer(kind, key, server);
      const error = why?.error ?? lost ?? reply?.error;
      if (error === undefined) resolve(costOf({ cpu: reply!.cpu, memory: peak }));
      else {
        const output = why === undefined && reply?.full ? "" : logTail(log, before);
        const { failure = { reason: "other" } } = why ?? reply ?? {};
        reject(new AttemptError(output === "" ? error : `${error}\n${output}`, failure));
      }
    });
    server.child.stdin!.write(request(server));
  });
}

/** Ends the idle servers and waits for them, so that their CPU time counts for this process when its parent asks. */
export async function closeServers(): Promise<void> {
  for (const server of idle.map(nextServer)) endServer(server);
  await Promise.all(
    [...leaving].map(
      (server) =>
        new Promise<void>((resolve) => {
          setBusy(server, true);
          const last = setTimeout(() => sendToGroup(server.child.pid, "SIGKILL"), grace);
          server.child.once("exit", () => {
            clearTimeout(last);
            resolve();
          });
        }),
    ),
  );
}

/** Those that were asked to end and have not. */
const leaving = new Set<Server>();

function endServer(server: Server): void {
  leaving.add(server);
  server.child.once("exit", () => leaving.delete(server));
  server.child.stdin!.end();
}

/** An idle server keeps nobody alive: it ends when this process does. */
function setBusy({ child, answers }: Server, busy: boolean): void {
  for (const handle of [child, child.stdin, answers] as unknown as NodeJS.Timeout[])
    busy ? handle.ref() : handle.unref();
}

function sendToGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** What a job may use. */
export interface JobMeans {
  readonly threads: number;
  /** Numbers of the devices that the job may see. */
  readonly gpus: readonly number[];
}

/** The variables that set the threads of numeric libraries; Snakemake sets the same ones. */
export const threadVariables = [
  "OMP_NUM_THREADS",
  "GOTO_NUM_THREADS",
  "OPENBLAS_NUM_THREADS",
  "MKL_NUM_THREADS",
  "VECLIB_MAXIMUM_THREADS",
  "NUMEXPR_NUM_THREADS",
];

/**
 * The environment of a job's process: its number of threads and its visible devices. Without it, each of sixteen parallel
 * jobs would start a thread per core.
 */
export function environmentOf({ threads, gpus }: JobMeans): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(threadVariables.map((name) => [name, String(threads)])),
    ...(gpus.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: deviceNames(gpus) }),
  };
}

/** Devices, numbered as this process sees them. */
export function deviceNames(gpus: readonly number[]): string {
  const visible = process.env.CUDA_VISIBLE_DEVICES?.split(",").filter((name) => name !== "");
  return gpus.map((gpu) => visible?.[gpu] ?? gpu).join(",");
}
