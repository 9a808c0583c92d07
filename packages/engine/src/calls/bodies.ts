/**
 * Runs bodies and catches their side effects. What a body prints goes to the log of its job. An error in a timer, an
 * unhandled rejection or `process.exit()` fails its job instead of ending the process.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { appendFileSync, closeSync, openSync, writeSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { cannot, messageOf } from "../errors.ts";

interface Body {
  /** The job, or the rule of a batch body, as the user knows it. */
  readonly name: string;
  /** The file that what it prints is appended to. */
  readonly log: string;
  /** Ends the wait for the body; null once it has ended. */
  blame: ((error: unknown) => void) | null;
}

const bodies = new AsyncLocalStorage<Body | undefined>();
/** Those that have not returned at once. */
const waiting = new Set<Body>();

/**
 * Calls a body. Gives nothing where it has returned at once, else a promise that also rejects with what it throws
 * where nobody waits.
 */
export function callBody(
  { name, log }: Pick<Body, "name" | "log">,
  work: () => unknown,
): Promise<void> | undefined {
  const { promise: strayed, reject } = Promise.withResolvers<never>();
  strayed.catch(() => {});
  const body: Body = { name, log, blame: reject };
  let returned: unknown;
  try {
    returned = bodies.run(body, work);
  } catch (error) {
    body.blame = null;
    throw error;
  }
  if (typeof (returned as PromiseLike<unknown> | undefined)?.then === "function") {
    waiting.add(body);
    return ended(returned, strayed).finally(() => {
      waiting.delete(body);
      body.blame = null;
    });
  }
  body.blame = null;
  return undefined;
}

/** A promise that was rejected meanwhile and that nobody waits for is known one turn later. */
async function ended(returned: unknown, strayed: Promise<never>): Promise<void> {
  await Promise.race([returned, strayed]);
  await Promise.race([new Promise((resolve) => setImmediate(resolve)), strayed]);
}

/** What the engine does when a body asks for it is not the body's own. */
export function outsideBodies<T>(work: () => T): T {
  return bodies.run(undefined, work);
}

/** The log of the body that asks; undefined outside of bodies. */
export function logOfBody(): string | undefined {
  return bodies.getStore()?.log;
}

export interface StrayErrorListener {
  /** An error of a body that has ended; the text names it. */
  late(text: string): void;
  /** An error that belongs to no body. */
  other(error: unknown): void;
  /** The process is about to end. */
  exited?(code: number): void;
}

/** Those of all runs of this process: its listeners are set once. */
const listeners = new Set<StrayErrorListener>();
const { exit } = process;

/** Watches this thread for what bodies do where nobody waits; returns what ends the watch. */
export function watchBodies(watch: StrayErrorListener): () => void {
  if (listeners.size === 0) {
    process.on("uncaughtException", strayed).on("unhandledRejection", strayed);
    process.on("beforeExit", stuck).on("exit", exited);
    setExit(exitUnlessBody);
  }
  listeners.add(watch);
  return () => {
    if (!listeners.delete(watch) || listeners.size > 0) return;
    process.off("uncaughtException", strayed).off("unhandledRejection", strayed);
    process.off("beforeExit", stuck).off("exit", exited);
    setExit(exit);
  };
}

function strayed(error: unknown): void {
  const body = bodies.getStore();
  if (typeof body?.blame === "function") body.blame(error);
  else if (body === undefined) for (const watch of listeners) watch.other(error);
  else
    outsideBodies(() => {
      for (const watch of listeners)
        watch.late(`${body.name} threw an error after it had ended: ${messageOf(error)}`);
    });
}

/** Called when the event loop is empty: no pending work can settle the promises that bodies await. */
function stuck(): void {
  for (const body of waiting)
    body.blame?.(cannot("finish", body.name, "its body awaits a promise that can never settle"));
}

function exited(code: number): void {
  for (const watch of listeners) watch.exited?.(code);
}

function exitUnlessBody(code?: number | string | null): never {
  if (bodies.getStore() === undefined) return exit(code);
  throw new Error("A body called process.exit(): a body must return or throw, not end the process.");
}

function setExit(exit: typeof process.exit): void {
  process.exit = exit;
  // For those who import it by its name.
  syncBuiltinESMExports();
}

/** The listeners of all runs in this process. Streams are captured once, in whatever order the runs end. */
const captures = new Set<object>();
let restore = () => {};

/** Standard output and standard error of this thread. Text printed outside of bodies is shown or dropped. */
export function captureOutput(others: "show" | "drop"): () => void {
  if (captures.size === 0) restore = captureStreams(others);
  const capture = {};
  captures.add(capture);
  return () => {
    if (captures.delete(capture) && captures.size === 0) restore();
  };
}

function captureStreams(others: "show" | "drop"): () => void {
  const logs = logWriter();
  const releases = [process.stdout, process.stderr].map((stream) => {
    const { write } = stream;
    const captured = ((text: string | Uint8Array, encoding?: unknown, written?: () => void) => {
      const log = logOfBody();
      if (log === undefined && others === "show")
        return Reflect.apply(write, stream, [text, encoding, written]) as boolean;
      if (log !== undefined) logs.write(log, text);
      const after = typeof encoding === "function" ? (encoding as () => void) : written;
      after?.();
      return true;
    }) as typeof write;
    stream.write = captured;
    return () => {
      if (stream.write === captured) stream.write = write;
    };
  });
  return () => {
    for (const release of releases) release();
    logs.close();
  };
}

/**
 * Writes logs line by line: each is in its file when `write` returns, so that a process that is killed loses none. The
 * file that was written to last stays open: opening it for each line takes twice as long again.
 */
export interface LogWriter {
  write(path: string, text: string | Uint8Array): void;
  /** Closes the open file. Later writes open their file each time. */
  close(): void;
}

/** The first write creates a file. */
export function logWriter(): LogWriter {
  let open: { readonly path: string; readonly handle: number } | undefined;
  let closed = false;
  const release = () => {
    if (open !== undefined) closeSync(open.handle);
    open = undefined;
  };
  return {
    write(path, text) {
      if (closed) {
        appendFileSync(path, text);
        return;
      }
      if (open?.path !== path) {
        release();
        open = { path, handle: openSync(path, "a") };
      }
      const bytes = typeof text === "string" ? Buffer.from(text) : text;
      for (let at = 0; at < bytes.length; ) at += writeSync(open.handle, bytes, at);
    },
    close() {
      closed = true;
      release();
    },
  };
}
