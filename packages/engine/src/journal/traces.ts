/**
 * Traces: how each job's outputs were made, by the path of its first output.
 *
 * Most are packed in columns and become objects when asked for: at 82,000 jobs, of which nothing is to be
 * done, reading them as objects would cost more than all the rest.
 */

import type { FilePrint, Fingerprint } from "../disk/fingerprint.ts";
import type { Cost } from "../shell/cost.ts";
import { type Columns, dictionary } from "./columns.ts";

/** How a job's outputs were made; kept under the path of its first output. */
export interface Trace extends Cost {
  readonly path: string;
  readonly rule: string;
  /** Digest of the input paths with their contents, and of the paths alone. */
  readonly inputs: string;
  readonly set: string;
  /** Ids of the recorded params and code. */
  readonly params: string;
  readonly code: string;
  readonly outputs: readonly Fingerprint[];
  /** Start and end, ms since 1970. */
  readonly start: number;
  readonly end: number;
  readonly attempt: number;
  readonly call: number;
  /** When `--touch` took the outputs as they stood, ms; the times above are then those of the job before. */
  readonly touched?: number;
}

/** Traces by path, of which one may be replaced by a newer one. */
export interface Traces {
  readonly size: number;
  get(path: string): Trace | undefined;
  set(path: string, trace: Trace): void;
  values(): Iterable<Trace>;
}

/** An empty table, or the one that `packTraces` packed. */
export function traceTable(packed?: Columns): Traces {
  const old = packed === undefined ? null : unpack(packed);
  const fresh = new Map<string, Trace>();
  let replaced = 0;
  return {
    get size() {
      return (old?.count ?? 0) - replaced + fresh.size;
    },
    get(path) {
      const row = old?.rows().get(path);
      return row === undefined ? fresh.get(path) : old!.at(row);
    },
    set(path, trace) {
      if (old?.rows().delete(path)) replaced++;
      fresh.set(path, trace);
    },
    *values() {
      if (old !== null) for (const row of old.rows().values()) yield old.at(row);
      yield* fresh.values();
    },
  };
}

/** A fingerprint of a folder's file has a name; one of an output has none. */
const noParts = 0xffff_ffff;
/** What a job has cost is not known. */
const noCost = 0xffff_ffff;

/** All traces as columns. */
export function packTraces(traces: Traces): Columns {
  const all = [...traces.values()];
  const counts = all.map(({ outputs }) => outputs.reduce((sum, { parts = [] }) => sum + 1 + parts.length, 0));
  let next = 0;
  const first = Uint32Array.from(counts, (count) => {
    next += count;
    return next - count;
  });
  const rule = dictionary(all.map((trace) => trace.rule));
  const params = dictionary(all.map((trace) => trace.params));
  const code = dictionary(all.map((trace) => trace.code));
  const rest = dictionary(all.map(restOf));
  const hash = dictionary(printsOfAll(all, (print) => print.hash));
  const name = dictionary(printsOfAll(all, (print) => ("name" in print ? (print.name as string) : "")));
  const column = (of: (print: FilePrint) => number) => Float64Array.from(printsOfAll(all, of));
  return {
    path: all.map((trace) => trace.path),
    inputs: all.map((trace) => trace.inputs),
    set: all.map((trace) => trace.set),
    start: Float64Array.from(all, (trace) => trace.start),
    end: Float64Array.from(all, (trace) => trace.end),
    attempt: Uint32Array.from(all, (trace) => trace.attempt),
    call: Uint32Array.from(all, (trace) => trace.call),
    cpu: Uint32Array.from(all, (trace) => trace.cpu ?? noCost),
    memory: Uint32Array.from(all, ({ memory }) => (memory === undefined ? noCost : memory / 1_024)),
    outputs: Uint32Array.from(all, (trace) => trace.outputs.length),
    first,
    size: column((print) => print.size),
    mtime: column((print) => print.mtime),
    parts: Uint32Array.from(printsOfAll(all, ({ parts }: Fingerprint) => parts?.length ?? noParts)),
    ...named("rule", rule),
    ...named("params", params),
    ...named("code", code),
    ...named("rest", rest),
    ...named("hash", hash),
    ...named("name", name),
  };
}

/** Something of every fingerprint: those of the outputs in turn, each followed by its parts. */
function* printsOfAll<T>(all: readonly Trace[], of: (print: Fingerprint) => T): Generator<T> {
  for (const { outputs } of all)
    for (const print of outputs) {
      yield of(print);
      for (const part of print.parts ?? []) yield of(part);
    }
}

function named(name: string, { words, codes }: ReturnType<typeof dictionary>): Columns {
  return { [`${name} words`]: words, [name]: codes };
}

/** The fields that have no column, as JSON; mostly none. */
function restOf(trace: Trace): string {
  const { path, rule, inputs, set, params, code, outputs, start, end, attempt, call, cpu, memory, ...rest } =
    trace;
  return Object.keys(rest).length === 0 ? "" : JSON.stringify(rest);
}

/** The table of the rows by path is made when a trace is asked for: a start with nothing to do asks for none. */
function unpack(columns: Columns): { count: number; rows(): Map<string, number>; at(row: number): Trace } {
  const texts = (name: string) => columns[name] as readonly string[];
  const numbers = (name: string) => columns[name] as Float64Array | Uint32Array;
  const words = (name: string): ((row: number) => string) => {
    const codes = numbers(name);
    return (row) => texts(`${name} words`)[codes[row]!]!;
  };
  const [start, end] = [numbers("start"), numbers("end")];
  const [attempt, call] = [numbers("attempt"), numbers("call")];
  const [cpu, memory] = [numbers("cpu"), numbers("memory")];
  const [outputs, first] = [numbers("outputs"), numbers("first")];
  const [size, mtime, parts] = [numbers("size"), numbers("mtime"), numbers("parts")];
  const [rule, params, code, rest] = [words("rule"), words("params"), words("code"), words("rest")];
  const [hash, name] = [words("hash"), words("name")];
  let rows: Map<string, number> | undefined;

  const printAt = (at: number) => ({ size: size[at]!, mtime: mtime[at]!, hash: hash(at) });

  function printsOf(row: number): Fingerprint[] {
    let at = first[row]!;
    return Array.from({ length: outputs[row]! }, () => {
      const own = printAt(at);
      const count = parts[at++]!;
      if (count === noParts) return own;
      return { ...own, parts: Array.from({ length: count }, () => ({ ...printAt(at), name: name(at++) })) };
    });
  }

  return {
    count: start.length,
    rows() {
      rows ??= new Map(texts("path").map((path, row) => [path, row]));
      return rows;
    },
    at(row) {
      const more = rest(row);
      const trace: Trace = {
        path: texts("path")[row]!,
        rule: rule(row),
        inputs: texts("inputs")[row]!,
        set: texts("set")[row]!,
        params: params(row),
        code: code(row),
        outputs: printsOf(row),
        start: start[row]!,
        end: end[row]!,
        attempt: attempt[row]!,
        call: call[row]!,
        ...(cpu[row] === noCost ? {} : { cpu: cpu[row]! }),
        ...(memory[row] === noCost ? {} : { memory: memory[row]! * 1_024 }),
      };
      return more === "" ? trace : { ...trace, ...(JSON.parse(more) as Partial<Trace>) };
    },
  };
}
