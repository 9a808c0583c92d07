/**
 * What the journal says, replayed: the traces, what failed, what is open, the runs.
 */
import type { Fingerprint } from "../disk/fingerprint.ts";
import { type Trace, type Traces, traceTable } from "./traces.ts";

/** A failed job: when, the first lines of its error, its log. */
export interface Failure {
  readonly path: string;
  readonly rule: string;
  readonly at: number;
  readonly error: string;
  readonly log: string;
  /** The job was optional: the run went on and ended well. */
  readonly optional?: true;
}

/** The wildcards of a rule in a plan. */
export interface RuleShape {
  /** Of its first output. */
  readonly pattern: string;
  /** In the whole plan, those that are up to date too. */
  readonly jobs: number;
  /** The values of each wildcard in the plan's order; one with very many values is left out. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** One start of the engine. */
export interface RunRecord {
  readonly id: string;
  readonly at: number;
  readonly host: string;
  readonly pid: number;
  readonly command: string;
  readonly executor: string;
  /** How many jobs of each rule were to run, in the order of the work; how many at once, and the estimate in seconds, for `status`. */
  readonly planned?: Readonly<Record<string, number>>;
  readonly slots?: number;
  readonly estimate?: number | null;
  /** The rules that have wildcards, for views that lay jobs out. */
  readonly shape?: Readonly<Record<string, RuleShape>>;
  /** What the workflow decided for this run, in its words. */
  readonly decided?: readonly string[];
  /** The id of the text of its checked config, JSON. */
  readonly config?: string;
  readonly versions?: { readonly braid: string; readonly node: string };
  end?: number;
  outcome?: string;
  /** It was killed; since then, a run has protected its outputs. */
  protected?: true;
}

/** The roles of a job; its params and code, if this version has other ids for them. */
export type UpdatedIds = readonly [path: string, roles: string, params?: string, code?: string];

export type JournalRecord =
  | { readonly t: "run"; readonly run: RunRecord }
  | { readonly t: "end"; readonly id: string; readonly at: number; readonly outcome: string }
  /** The outputs that a killed run had recorded have been protected. */
  | { readonly t: "protected"; readonly id: string }
  /** These jobs (first outputs) have started. */
  | {
      readonly t: "start";
      readonly jobs: readonly string[];
      readonly at: number;
      readonly call: number;
      readonly rule: string;
    }
  /** A queue has taken these calls, and calls them so: for people, and for its own accounting. */
  | {
      readonly t: "submitted";
      readonly run: string;
      readonly external: string;
      readonly calls: readonly number[];
    }
  | { readonly t: "done"; readonly trace: Trace }
  /** A job without outputs is done, or one turned out to be up to date: nothing to remember but the count. */
  | { readonly t: "settled"; readonly rule: string; readonly as: "done" | "up to date" }
  /** The plan has grown by so many jobs of each rule. */
  | { readonly t: "grown"; readonly rules: Readonly<Record<string, number>> }
  | { readonly t: "fail"; readonly failure: Failure }
  /** These jobs were started, did nothing, and will be started again. */
  | { readonly t: "back"; readonly jobs: readonly string[] }
  | { readonly t: "file"; readonly path: string; readonly print: Fingerprint }
  /** Values that records of earlier versions lack, by the first output of the job. */
  | { readonly t: "roles"; readonly of: readonly UpdatedIds[] }
  | { readonly t: "text"; readonly id: string; readonly text: string };

/** What the journal says, replayed. */
export interface History {
  readonly traces: Traces;
  /** Last known fingerprints of outputs and sources, by path. */
  readonly fingerprints: Map<string, Fingerprint>;
  readonly failures: Map<string, Failure>;
  /** First outputs of jobs that started and did not end. */
  readonly open: Set<string>;
  /** Params and code by their ids. */
  readonly texts: Map<string, string>;
  readonly runs: RunRecord[];
  /** Lines read. */
  lines: number;
  /** How many of the lines came from the index. */
  indexed: number;
}

/** The history of a folder in which nothing was done. */
export function emptyHistory(): History {
  return {
    traces: traceTable(),
    fingerprints: new Map(),
    failures: new Map(),
    open: new Set(),
    texts: new Map(),
    runs: [],
    lines: 0,
    indexed: 0,
  };
}

/** Takes one record into account. */
export function replay(history: History, record: JournalRecord): void {
  switch (record.t) {
    case "run":
      history.runs.push(record.run);
      break;
    case "end": {
      const run = history.runs.findLast((r) => r.id === record.id);
      if (run !== undefined) Object.assign(run, { end: record.at, outcome: record.outcome });
      break;
    }
    case "protected": {
      const run = history.runs.findLast((r) => r.id === record.id);
      if (run !== undefined) run.protected = true;
      break;
    }
    case "start":
      for (const path of record.jobs) history.open.add(path);
      break;
    case "back":
      for (const path of record.jobs) history.open.delete(path);
      break;
    case "done": {
      const { trace } = record;
      history.traces.set(trace.path, trace);
      history.open.delete(trace.path);
      history.failures.delete(trace.path);
      break;
    }
    case "settled":
      history.open.delete(record.rule);
      break;
    case "fail":
      history.failures.set(record.failure.path, record.failure);
      history.open.delete(record.failure.path);
      break;
    case "file":
      history.fingerprints.set(record.path, record.print);
      break;
    case "roles":
      for (const [path, roles, ...ids] of record.of) {
        const trace = history.traces.get(path);
        if (trace === undefined) continue;
        const [params = trace.params, code = trace.code] = ids;
        history.traces.set(path, { ...trace, roles, params, code });
      }
      break;
    case "text":
      history.texts.set(record.id, record.text);
      break;
  }
}
