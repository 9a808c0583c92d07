/**
 * Traces: how each job's outputs were made, by the path of its first output.
 *
 * Each is kept as its JSON and becomes an object when it is asked for. With 82,000 jobs and nothing to do, parsing all of
 * them would cost more than everything else, and while jobs run, objects would take most of the engine's memory.
 */

import type { Fingerprint } from "../disk/fingerprint.ts";
import type { Cost } from "../programs/cost.ts";
import type { Columns } from "./columns.ts";
import { secondsOf } from "./seconds.ts";

/** How a job's outputs were made; kept under the path of its first output. */
export interface Trace extends Cost {
  readonly path: string;
  readonly rule: string;
  /** Digest of the input paths with their contents, and of the paths alone. */
  readonly inputs: string;
  readonly set: string;
  /** Digest of the roles: names and places of inputs, outputs and wildcards; absent in older records. */
  readonly roles?: string;
  /** Ids of the recorded params and code. */
  readonly params: string;
  readonly code: string;
  readonly outputs: readonly Fingerprint[];
  /** Start and end, ms since 1970. */
  readonly start: number;
  readonly end: number;
  /** How many jobs of a batch shared that time; `secondsOf` (seconds.ts) computes the share. */
  readonly share?: number;
  readonly attempt: number;
  readonly call: number;
  /** When `--touch` took the outputs as they stood, ms; the times above are then those of the job before. */
  readonly touched?: number;
  /** Paths of the outputs after the first one. */
  readonly others?: readonly string[];
  /** Temporary outputs were to be kept (`--notemp`). */
  readonly kept?: true;
}

/** Sums over the jobs of a rule. */
export interface RuleSums {
  readonly jobs: number;
  /** The size of their outputs. */
  readonly bytes: number;
  /** The jobs that were run, not just marked as up to date, and their seconds. */
  readonly measured: number;
  readonly seconds: number;
}

const none: RuleSums = { jobs: 0, bytes: 0, measured: 0, seconds: 0 };

/** What `columns` and `byRule` gave of traces that are read again. */
export interface SavedTraces {
  readonly columns: Columns;
  readonly sums: Iterable<readonly [string, RuleSums]>;
}

/** Traces by path, of which one may be replaced by a newer one. */
export class Traces {
  readonly #saved: Columns | undefined;
  readonly #sums: Map<string, RuleSums>;
  /** The JSON of each trace without its path, by path; taken from the saved columns on first use. */
  #texts: Map<string, string> | undefined;
  /** First outputs by the other outputs of their job, filled on first use. */
  #firsts: Map<string, string> | undefined;

  constructor(saved?: SavedTraces) {
    this.#saved = saved?.columns;
    this.#sums = new Map(saved?.sums);
  }

  get size(): number {
    return [...this.#sums.values()].reduce((sum, { jobs }) => sum + jobs, 0);
  }

  get(path: string): Trace | undefined {
    const text = this.#table().get(path);
    return text === undefined ? undefined : parsed(path, text);
  }

  /** The newest trace that has this path as an output after the first one. */
  ofOther(path: string): Trace | undefined {
    if (this.#firsts === undefined) {
      this.#firsts = new Map();
      for (const [first, text] of this.#table())
        if (text.includes('"others":'))
          for (const other of parsed(first, text).others ?? []) this.#firsts.set(other, first);
    }
    const first = this.#firsts.get(path);
    const trace = first === undefined ? undefined : this.get(first);
    return trace?.others?.includes(path) ? trace : undefined;
  }

  set(path: string, trace: Trace): void {
    for (const other of trace.others ?? []) {
      this.#firsts?.set(other, path);
      // An older record of it as the first output of a job no longer holds.
      this.#addToSums(this.get(other), -1);
      this.#table().delete(other);
    }
    this.#addToSums(this.get(path), -1);
    this.#addToSums(trace, 1);
    const { path: _, ...rest } = trace;
    this.#table().set(path, JSON.stringify(rest));
  }

  *values(): Generator<Trace> {
    for (const [path, text] of this.#table()) yield parsed(path, text);
  }

  /** The sums of each rule over the current traces. */
  byRule(): ReadonlyMap<string, RuleSums> {
    return this.#sums;
  }

  /** All of them, to be saved. */
  columns(): Columns {
    const table = this.#table();
    return { paths: [...table.keys()], texts: [...table.values()] };
  }

  #table(): Map<string, string> {
    if (this.#texts === undefined) {
      this.#texts = new Map();
      const { paths = [], texts = [] } = (this.#saved ?? {}) as Record<string, readonly string[]>;
      for (let row = 0; row < paths.length; row++) this.#texts.set(paths[row]!, texts[row]!);
    }
    return this.#texts;
  }

  #addToSums(trace: Trace | undefined, sign: 1 | -1): void {
    if (trace === undefined) return;
    const { jobs, bytes, measured, seconds } = this.#sums.get(trace.rule) ?? none;
    const ran = trace.attempt === 0 ? 0 : sign;
    if (jobs + sign === 0) this.#sums.delete(trace.rule);
    else
      this.#sums.set(trace.rule, {
        jobs: jobs + sign,
        bytes: bytes + sign * trace.outputs.reduce((sum, { size }) => sum + size, 0),
        measured: measured + ran,
        seconds: seconds + ran * secondsOf(trace),
      });
  }
}

function parsed(path: string, text: string): Trace {
  return { path, ...JSON.parse(text) };
}
