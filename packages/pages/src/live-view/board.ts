/**
 * The state of the live view, updated from the journal: the last run, its rules, rate and failures, and the state of every
 * job.
 */
import {
  type Failure,
  type Holder,
  type JournalRecord,
  type RunFollower,
  runFollower,
  type Status,
  secondsOf,
  type Trace,
} from "braid-engine/inspect";
import { type Jobs, jobTable } from "./grid.ts";
import type { RulePace } from "./message.ts";

export interface Board {
  readonly jobs: Jobs;
  /** Increases with every change. */
  readonly version: number;
  /** Adds records; with `again`, they are the whole journal from its start. */
  take(records: readonly JournalRecord[], again: boolean): void;
  /** Rules in the order in which they began; at the end those that have not yet, in that of the plan. */
  status(holder: Holder | null, now: number): Status | null;
  failures(): readonly Failure[];
  /**
   * Jobs done in each of the last 60 whole steps of 5 seconds, the latest at the end; for a run that has `ended`, including
   * its last step. Rules without such jobs are left out.
   */
  pace(now: number, ended?: boolean): RulePace[];
  /** Jobs done in the last 12 whole steps. */
  lastMinute(now: number): number;
}

const step = 5_000;
const steps = 60;

/** Calls `onDone` for each finished job of the last run. */
export function board(onDone: (trace: Trace) => void = () => {}): Board {
  const jobs = jobTable();
  let run: RunFollower | null = null;
  let began = 0;
  let version = 0;
  /** Jobs done by step, by rule. */
  let ends = new Map<string, Map<number, number>>();
  const open = new Map<string, { readonly rule: string; readonly at: number }>();
  /** Rules in the order of their first jobs. */
  const begun = new Map<string, number>();

  function take(record: JournalRecord): void {
    run?.take(record);
    switch (record.t) {
      case "run":
        run = runFollower(record.run);
        began = record.run.at;
        ends = new Map();
        open.clear();
        jobs.plan(record.run.shape ?? {});
        break;
      case "end":
        jobs.settle();
        break;
      case "start":
        // A compacted journal repeats jobs that never ended.
        if (record.at < began) break;
        if (!begun.has(record.rule)) begun.set(record.rule, begun.size);
        for (const path of record.jobs) {
          open.set(path, record);
          jobs.set(record.rule, path, "running");
        }
        break;
      case "back":
        for (const path of record.jobs) jobs.unset(open.get(path)?.rule ?? "", path);
        break;
      case "done": {
        const { trace } = record;
        const now = trace.end >= began && began > 0;
        jobs.set(trace.rule, trace.path, now ? "made" : "before");
        jobs.took(trace.rule, 1_000 * secondsOf(trace));
        if (!now) break;
        const at = Math.floor(trace.end / step);
        const own = ends.get(trace.rule) ?? new Map<number, number>();
        ends.set(trace.rule, own);
        own.set(at, (own.get(at) ?? 0) + 1);
        if (own.size > 2 * steps) own.delete(Math.min(...own.keys()));
        onDone(trace);
        break;
      }
      case "fail": {
        const { rule, path, at } = record.failure;
        if (at < began) break;
        jobs.set(rule, path, "failed");
        // Count the time of failed jobs too, so that the grid of a failing rule is shown.
        jobs.took(rule, at - (open.get(path)?.at ?? at));
      }
    }
  }

  return {
    jobs,
    get version() {
      return version;
    },
    take(records, again) {
      if (again) {
        jobs.forget();
        run = null;
        began = 0;
        begun.clear();
      }
      for (const record of records) take(record);
      if (again || records.length > 0) version++;
    },
    status: (holder, now) => {
      const status = run?.status(holder, now) ?? null;
      if (status?.state === "killed") jobs.settle();
      if (status === null) return null;
      const place = ({ rule }: { readonly rule: string }) => begun.get(rule) ?? begun.size;
      return { ...status, rules: [...status.rules].sort((a, b) => place(a) - place(b)) };
    },
    failures: () => run?.failures ?? [],
    pace(now, ended = false) {
      const last = Math.floor(now / step) + (ended ? 1 : 0);
      return [...ends].flatMap(([rule, own]) => {
        const done = Array.from({ length: steps }, (_, i) => own.get(last - steps + i) ?? 0);
        return done.some((n) => n > 0) ? [{ rule, done }] : [];
      });
    },
    lastMinute(now) {
      const last = Math.floor(now / step);
      let done = 0;
      for (const own of ends.values()) for (let i = 1; i <= 12; i++) done += own.get(last - i) ?? 0;
      return done;
    },
  };
}
