/**
 * Waiting, from the records. A job is ready when the last of its inputs has been made, or when its run starts its first job.
 * From then until it starts, it waits for a free slot, or for its turn in a batch. The records do not tell when attempts
 * failed or when `after` added a job, so this time counts as waiting too.
 */
import { type MadeJob, type RunRecord, runFinder } from "braid-engine/inspect";
import { median } from "braid-engine/quantities";

export interface Waits {
  /** When each job of `made` was ready, in its order; ms since 1970, never after it began. */
  readonly ready: Float64Array;
  /** What the jobs of each rule waited for. */
  readonly byRule: ReadonlyMap<string, RuleWaits>;
  /** The jobs that the end of the latest run waited for, each for the one before it; empty if nothing was made. */
  readonly chain: readonly ChainLink[];
}

export interface RuleWaits {
  /** The rule that most of its jobs waited for last; null if they waited for none in their run. */
  readonly lastFor: { readonly rule: string; readonly jobs: number } | null;
  /** Seconds from ready to begun: the median, and the longest. */
  readonly median: number;
  readonly max: number;
}

export interface ChainLink {
  readonly made: MadeJob;
  /** ms since 1970. */
  readonly ready: number;
}

/** `runs` in any order. */
export function waitsOf(made: readonly MadeJob[], runs: readonly RunRecord[]): Waits {
  const runOf = runFinder(runs);
  const indexOf = new Map(made.map(({ job }, i) => [job, i]));
  const firstStarts = new Map<RunRecord | undefined, number>();
  for (const { start } of made) {
    const run = runOf(start);
    firstStarts.set(run, Math.min(firstStarts.get(run) ?? start, start));
  }
  /** The job that this one waited for in its own run; -1 if there is none. */
  const before = ({ waitedFor, start }: MadeJob) => {
    const index = indexOf.get(waitedFor) ?? -1;
    return index >= 0 && runOf(made[index]!.start) === runOf(start) ? index : -1;
  };
  const ready = Float64Array.from(made, (job) => {
    const index = before(job);
    const first = firstStarts.get(runOf(job.start))!;
    return index < 0 ? first : Math.max(first, made[index]!.end);
  });
  return { ready, byRule: ruleWaits(made, ready, before), chain: chainOf(made, ready, before) };
}

function ruleWaits(
  made: readonly MadeJob[],
  ready: Float64Array,
  before: (job: MadeJob) => number,
): Map<string, RuleWaits> {
  const byRule = Map.groupBy(made.keys(), (i) => made[i]!.rule);
  return new Map(
    [...byRule].map(([rule, jobs]) => {
      const counts = new Map<string, number>();
      for (const i of jobs) {
        const index = before(made[i]!);
        if (index < 0) continue;
        const other = made[index]!.rule;
        counts.set(other, (counts.get(other) ?? 0) + 1);
      }
      const [most] = [...counts].sort(([, a], [, b]) => b - a);
      const seconds = jobs.map((i) => (made[i]!.start - ready[i]!) / 1_000);
      return [
        rule,
        {
          lastFor: most === undefined ? null : { rule: most[0], jobs: most[1] },
          median: median(seconds),
          max: seconds.reduce((longest, value) => Math.max(longest, value), 0),
        },
      ];
    }),
  );
}

function chainOf(
  made: readonly MadeJob[],
  ready: Float64Array,
  before: (job: MadeJob) => number,
): ChainLink[] {
  const chain: ChainLink[] = [];
  let at = -1;
  for (const [i, { end }] of made.entries()) if (at < 0 || end >= made[at]!.end) at = i;
  for (; at >= 0; at = before(made[at]!)) chain.push({ made: made[at]!, ready: ready[at]! });
  return chain.reverse();
}
