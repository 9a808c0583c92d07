/**
 * The jobs of each rule by their wildcards, with what became of them: any two wildcards make a grid of cells,
 * each of which counts the jobs of all the other wildcards.
 */
import type { RuleShape } from "../history.ts";
import { type Matcher, matcher, parsePattern } from "../pattern.ts";

/** What became of a job; `before`: made in an earlier run. */
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
  /** A new run, or the same journal anew: what was made before counts as such from here on. */
  plan(shapes: Readonly<Record<string, RuleShape>>): void;
  set(rule: string, path: string, state: JobState): void;
  /** The job did nothing after all. */
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

export function jobTable(): Jobs {
  const time = new Map<string, number>();
  const stateOf = new Map<string, Map<string, JobState>>();
  let shapes: Readonly<Record<string, RuleShape>> = {};
  let match = new Map<string, Matcher>();

  const ofRule = (rule: string) => {
    const known = stateOf.get(rule) ?? new Map<string, JobState>();
    stateOf.set(rule, known);
    return known;
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
      shapes = planned;
      match = new Map(
        Object.entries(planned).map(([rule, { pattern }]) => [rule, matcher(parsePattern(pattern))]),
      );
      for (const jobs of stateOf.values()) {
        drop(jobs, "made", "before");
        drop(jobs, "failed");
        drop(jobs, "running");
      }
    },
    set(rule, path, state) {
      ofRule(rule).set(path, state);
    },
    unset(rule, path) {
      ofRule(rule).delete(path);
    },
    took(rule, ms) {
      time.set(rule, (time.get(rule) ?? 0) + ms);
    },
    settle() {
      for (const jobs of stateOf.values()) drop(jobs, "running");
    },
    forget() {
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
      const shape = shapes[rule];
      const xs = shape?.values[x];
      if (shape === undefined || xs === undefined) return null;
      const ys = shape.values[y] ?? [""];
      const names = wildcardsInOrder(shape);
      const [atX, atY] = [names.indexOf(x), names.indexOf(y)];
      const column = new Map(xs.map((value, i) => [value, i]));
      const row = new Map(ys.map((value, i) => [value, i]));
      const counts = Object.fromEntries(
        states.map((state) => [state, new Array<number>(xs.length * ys.length).fill(0)]),
      ) as Record<JobState, number[]>;
      const matches = match.get(rule)!;
      for (const [path, state] of stateOf.get(rule) ?? []) {
        const values = matches(path);
        if (values === null) continue;
        const [c, r] = [column.get(values[atX]!), atY < 0 ? 0 : row.get(values[atY]!)];
        if (c !== undefined && r !== undefined) counts[state][r * xs.length + c]!++;
      }
      return { rule, x, y: atY < 0 ? "" : y, xs, ys, perCell: shape.jobs / (xs.length * ys.length), counts };
    },
  };
}

function wildcardsOf(shape: RuleShape): string[] {
  return Object.keys(shape.values);
}

/** The wildcards in the order in which the pattern binds them. */
function wildcardsInOrder({ pattern }: RuleShape): string[] {
  return [...new Set(parsePattern(pattern).names)];
}
