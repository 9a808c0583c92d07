/**
 * How many jobs a task gets: as many as fill the target duration, judged by how long jobs of the rule took,
 * and no more than leave every slot its share.
 */
import type { CallShare } from "../../executor.ts";
import type { History } from "../../journal.ts";
import type { NamedRule } from "../../ruleset.ts";

/** Mean seconds of a rule's jobs, from earlier runs and from this one as it goes. */
export interface Durations {
  mean(rule: string): number | null;
  learn(rule: string, seconds: number): void;
}

export function durations(history: Pick<History, "traces">): Durations {
  const sums = new Map<string, { jobs: number; seconds: number }>();
  const learn = (rule: string, seconds: number) => {
    const sum = sums.get(rule);
    if (sum === undefined) sums.set(rule, { jobs: 1, seconds });
    else {
      sum.jobs++;
      sum.seconds += seconds;
    }
  };
  for (const { rule, start, end } of history.traces.values()) learn(rule, (end - start) / 1_000);
  return {
    learn,
    mean(rule) {
      const sum = sums.get(rule);
      return sum === undefined ? null : sum.seconds / sum.jobs;
    },
  };
}

export interface PackOptions {
  /** Seconds that a task should run. */
  readonly target: number;
  /** Seconds after which the queue would end it; null where it does not say. */
  readonly limit: number | null;
  /** Jobs that run at once inside a task. */
  readonly lanes: number;
  /** Mean seconds of a job; null where none has run yet. */
  readonly mean: number | null;
}

/** A task of known jobs is to run at least so long, seconds: its start costs one or two. */
const leastTask = 10;
/** Shortest time that a job is taken to last, seconds: the runner's own work for it. */
const leastSeconds = 0.002;

export function packSize(rule: NamedRule, { ready, slots }: CallShare, options: PackOptions): number {
  const { target, limit, lanes, mean } = options;
  const share = Math.max(1, Math.ceil(ready / slots));
  const batch = (rule.spec.batch ?? 1) * lanes;
  // The first calls of a rule nobody has seen are small: they teach how long its jobs are.
  if (mean === null) return Math.min(batch, share);
  const each = Math.max(mean, leastSeconds) / lanes;
  const wanted = Math.min(target / each, limit === null ? Number.POSITIVE_INFINITY : (0.7 * limit) / each);
  // A body that takes its jobs together gets full batches where there is time for one.
  const size =
    rule.spec.runBatch !== undefined && wanted > batch
      ? Math.round(wanted / batch) * batch
      : Math.max(1, Math.round(wanted));
  return Math.max(1, Math.min(size, ready, Math.max(share, Math.round(leastTask / each))));
}
