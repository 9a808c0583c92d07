/** Which jobs of the table are shown, and in which order. */
import type { Job } from "../job-data.ts";

export const sortKeys = ["job", "state", "seconds", "cpu", "memory", "start"] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Search {
  /** Words, all of which must be in the job's name, path or error. */
  readonly text: string;
  /** Empty for all. */
  readonly rule: string;
  readonly state: string;
  readonly sort: SortKey;
  readonly descending: boolean;
}

/** The indices of the jobs that match, in order; equal jobs are in the order of the plan. */
export function find(jobs: readonly Job[], search: Search): number[] {
  const words = search.text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (job: Job) =>
    (search.rule === "" || job.rule === search.rule) &&
    (search.state === "" || job.state === search.state) &&
    (words.length === 0 || hasAll(job, words));
  const found: number[] = [];
  for (const [i, job] of jobs.entries()) if (fits(job)) found.push(i);
  const sign = search.descending ? -1 : 1;
  const { sort } = search;
  if (sort === "job") return search.descending ? found.reverse() : found;
  if (sort === "state") return found.sort((a, b) => sign * compare(jobs[a]!.state, jobs[b]!.state) || a - b);
  return found.sort((a, b) => {
    const [x, y] = [jobs[a]![sort], jobs[b]![sort]];
    // Unknown values come last, in both directions.
    if (x === null || y === null) return Number(x === null) - Number(y === null) || a - b;
    return sign * (x - y) || a - b;
  });
}

function hasAll({ rule, wildcards, path, error }: Job, words: readonly string[]): boolean {
  const text = `${rule} ${wildcards} ${path} ${error}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
