/**
 * Runs one Python script for one job, in a copy of an interpreter that stays: starting Python and importing what a
 * script uses takes longer than most jobs do.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Script } from "../rules/code.ts";
import type { Failure } from "../rules/retries.ts";
import { shellWord } from "../rules/shell-template.ts";
import type { Cost } from "./cost.ts";
import { describeExit, signalName } from "./exit-status.ts";
import { environmentOf, type Kind, type Reply, type Server, serve } from "./server.ts";
import type { ShellOptions } from "./shell.ts";

/** What a script is told of its job: `braid.input`, `braid.params` and so on. */
export interface ScriptJob {
  readonly rule: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly wildcards: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly resources: object;
  readonly attempt: number;
}

interface Interpreter extends Server {
  /** Ids of the scripts whose text it has. */
  readonly known: Set<string>;
}

/** Resolves with what it cost when the script ended well; else rejects with its error and where it came from. */
export function runScript(script: Script, job: ScriptJob, options: ShellOptions): Promise<Cost> {
  const { log, threads, gpus, prefix } = options;
  // Libraries read how many threads they have when they are imported, but which devices later.
  const own = environmentOf({ threads, gpus: [] });
  const { path, id, bytes } = script;
  const jobData = { ...job, threads, log, folder: dirname(path) };
  const request = { script: path, id, job: jobData, environment: environmentOf({ threads, gpus }) };
  return serve(
    interpreter(prefix, own),
    JSON.stringify([process.cwd(), prefix, own]),
    ({ known }) => {
      // An interpreter gets the text that was planned with, whatever the file says by now.
      const source = known.has(id) ? undefined : bytes.toString("base64");
      known.add(id);
      return `${JSON.stringify({ ...request, source }, plain)}\n`;
    },
    options,
  );
}

const program = () => `${readPython("job")}\n${readPython("interpreter")}`;

/** A Python file beside this one. */
export function readPython(name: "job" | "interpreter"): string {
  return readFileSync(new URL(`./${name}.py`, import.meta.url), "utf8");
}

function interpreter(prefix = "", environment: Readonly<Record<string, string>>): Kind<Interpreter> {
  return {
    name: "python",
    kept: 10_000,
    ended: (code, signal) => describeExit("Before the script could end, the interpreter", code, signal),
    start(log) {
      // What goes wrong before Python can say so, bash or the prefix writes to the log.
      // A shell that waits for Python outlives SIGTERM, as Python does: the script may clean up after itself.
      const command = `trap : TERM; exec 2>>${shellWord(log)}; ${prefix} python3 -c ${shellWord(program())}`;
      const child = spawn("bash", ["--norc", "--noprofile", "-c", command], {
        stdio: ["pipe", "pipe", "ignore"],
        detached: true,
        env: { ...process.env, ...environment },
      });
      return { child, answers: child.stdout!, known: new Set(), read };
    },
  };
}

/** How a script ended, as the interpreter says it; `memory` in bytes, `signal` by its number. */
interface Answer extends Required<Omit<Reply, "error" | "full">> {
  /** All that there is to say, where Python itself says it. */
  readonly error: string | null;
  readonly code: number | null;
  readonly signal: number | null;
}

/** Lines that are no answer are the prefix's. */
function read(text: string): Reply | undefined {
  const line = /^braid:(.*)\n/m.exec(text)?.[1];
  if (line === undefined) return undefined;
  const { error, code, signal, ...reply } = JSON.parse(line) as Answer;
  if (code === 0 && error === null) return reply;
  const failure = failureOfScript(error, code);
  if (error !== null) return { ...reply, error, failure, full: true };
  const name = signal === null ? null : (signalName(signal) ?? `signal ${signal}`);
  return { ...reply, error: describeExit("The script", code, name), failure };
}

/** Out of memory if Python or a library such as PyTorch says so in its error; else the exit code. */
function failureOfScript(error: string | null, code: number | null): Failure {
  if (error !== null && /^[\w.]*MemoryError\b/.test(error)) return { reason: "oom" };
  return code === null || code === 0 ? { reason: "other" } : { reason: "exit", exitCode: code };
}

/** Values that JSON has no text for, as `job.py` understands them; sets are lists, maps are records. */
export function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value)))
    return { $number: String(value) };
  if (value instanceof Set) return [...value];
  if (value instanceof Map) return Object.fromEntries(value);
  if (ArrayBuffer.isView(value)) return [...(value as unknown as Iterable<unknown>)];
  return value;
}
