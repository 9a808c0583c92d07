/**
 * Counts the states of each rule's jobs by their wildcards: any two wildcards make a grid, and each cell counts the jobs of
 * all other wildcards.
 */
import { type RuleShape, wildcardReader } from "braid-engine/inspect";

/** The state of a job; `before`: made in an earlier run. */
export type JobState = "before" | "made" | "running" | "failed";

export interface Grid {
  readonly rule: string;
  readonly x: string;
  /** Empty where the rule has one wildcard. */
  readonly y: string;
  readonly xs: readonly string[];
  readonly ys: readonly string[];
  /** Jobs of a cell that is full. */
  readonly perCell: number;
  /** Counts by cell, row by row: [y][x]. */
  readonly counts: Readonly<Record<JobState, readonly number[]>>;
}

export interface Jobs {
  /** Starts a new run: finished jobs now count as made before. */
  plan(shapes: Readonly<Record<string, RuleShape>>): void;
  set(rule: string, path: string, state: JobState): void;
  /** The job did not run. */
  unset(rule: string, path: string): void;
  /** A run has ended, or was killed: nothing runs any more. */
  settle(): void;
  forget(): void;
  /** Rules that can be shown with their wildcards: those that took longest first, then those of most jobs. */
  rules(): readonly { readonly rule: string; readonly wildcards: readonly string[] }[];
  /** A job of the rule took so long. */
  took(rule: string, ms: number): void;
  /** Null where the rule is not known. */
  grid(rule: string, x: string, y: string): Grid | null;
}

const states: readonly JobState[] = ["before", "made", "running", "failed"];

/** A grid on an open page: its counts are updated with each job, so that reading them is cheap. */
interface TrackedRule {
  readonly rule: string;
  readonly grid: Grid & { readonly counts: Readonly<Record<JobState, number[]>> };
  /** The cell of a job; -1 if it is in none. */
  cellOf(path: string): number;
}

type Reader = ReturnType<typeof wildcardReader>;

/** The most grids to keep updated. */
const maxTracked = 8;

export function jobTable(): Jobs {
  const time = new Map<string, number>();
  const stateOf = new Map<string, Map<string, JobState>>();
  let shapes: Readonly<Record<string, RuleShape>> = {};
  let readers = new Map<string, Reader>();
  const tracked = new Map<string, TrackedRule>();

  const ofRule = (rule: string) => {
    const known = stateOf.get(rule) ?? new Map<string, JobState>();
    stateOf.set(rule, known);
    return known;
  };
  const move = (rule: string, path: string, from: JobState | undefined, to: JobState | undefined) => {
    if (from === to) return;
    for (const each of tracked.values()) {
      if (each.rule !== rule) continue;
      const cell = each.cellOf(path);
      if (cell < 0) continue;
      if (from !== undefined) each.grid.counts[from][cell]!--;
      if (to !== undefined) each.grid.counts[to][cell]!++;
    }
  };
  const drop = (jobs: Map<string, JobState>, state: JobState, instead?: JobState) => {
    for (const [path, now] of jobs)
      if (now === state) {
        if (instead === undefined) jobs.delete(path);
        else jobs.set(path, instead);
      }
  };

  return {
    plan(planned) {
      tracked.clear();
      shapes = planned;
      readers = new Map(
        Object.entries(planned).map(([rule, { pattern }]) => [rule, wildcardReader(pattern)]),
      );
      for (const jobs of stateOf.values()) {
        drop(jobs, "made", "before");
        drop(jobs, "failed");
        drop(jobs, "running");
      }
    },
    set(rule, path, state) {
      const jobs = ofRule(rule);
      move(rule, path, jobs.get(path), state);
      jobs.set(path, state);
    },
    unset(rule, path) {
      const jobs = ofRule(rule);
      move(rule, path, jobs.get(path), undefined);
      jobs.delete(path);
    },
    took(rule, ms) {
      time.set(rule, (time.get(rule) ?? 0) + ms);
    },
    settle() {
      tracked.clear();
      for (const jobs of stateOf.values()) drop(jobs, "running");
    },
    forget() {
      tracked.clear();
      stateOf.clear();
      time.clear();
    },
    rules() {
      return Object.entries(shapes)
        .filter(([, { values }]) => Object.keys(values).length > 0)
        .sort(([a, { jobs: m }], [b, { jobs: n }]) => (time.get(b) ?? 0) - (time.get(a) ?? 0) || n - m)
        .map(([rule, shape]) => ({ rule, wildcards: wildcardsOf(shape) }));
    },
    grid(rule, x, y) {
      const key = JSON.stringify([rule, x, y]);
      const known = tracked.get(key);
      if (known !== undefined) return known.grid;
      // The names come from a request and may be `constructor`.
      if (!Object.hasOwn(shapes, rule) || !Object.hasOwn(shapes[rule]!.values, x)) return null;
      const shape = shapes[rule]!;
      const made = follow(rule, x, y, shape, readers.get(rule)!);
      for (const [path, state] of stateOf.get(rule) ?? []) {
        const cell = made.cellOf(path);
        if (cell >= 0) made.grid.counts[state][cell]!++;
      }
      if (tracked.size >= maxTracked) tracked.delete(tracked.keys().next().value!);
      tracked.set(key, made);
      return made.grid;
    },
  };
}

/** An empty grid of the rule, and where its jobs belong in it. */
function follow(rule: string, x: string, y: string, shape: RuleShape, read: Reader): TrackedRule {
  const xs = shape.values[x]!;
  const hasY = Object.hasOwn(shape.values, y);
  const ys = hasY ? shape.values[y]! : [""];
  const column = new Map(xs.map((value, i) => [value, i]));
  const row = new Map(ys.map((value, i) => [value, i]));
  const counts = Object.fromEntries(
    states.map((state) => [state, new Array<number>(xs.length * ys.length).fill(0)]),
  ) as Record<JobState, number[]>;
  const perCell = shape.jobs / (xs.length * ys.length);
  return {
    rule,
    grid: { rule, x, y: hasY ? y : "", xs, ys, perCell, counts },
    cellOf(path) {
      const values = read(path);
      if (values === null) return -1;
      const [c, r] = [column.get(values[x]!), hasY ? row.get(values[y]!) : 0];
      return c === undefined || r === undefined ? -1 : r * xs.length + c;
    },
  };
}

function wildcardsOf(shape: RuleShape): string[] {
  return Object.keys(shape.values);
}
