/** Decides how many jobs a task gets, from the past times of the rule's jobs. */
import type { CallShare, History, NamedRule, Pack } from "braid-engine/executor";

/** Mean seconds of a rule's jobs, from earlier runs and from this one as it goes. */
export interface Durations {
  mean(rule: string): number | null;
  learn(rule: string, seconds: number): void;
}

export function durations(history: Pick<History, "traces">): Durations {
  const sums = new Map<string, { jobs: number; seconds: number }>();
  for (const [rule, { measured, seconds }] of history.traces.byRule())
    if (measured > 0) sums.set(rule, { jobs: measured, seconds });
  return {
    learn(rule, seconds) {
      const sum = sums.get(rule) ?? { jobs: 0, seconds: 0 };
      sums.set(rule, { jobs: sum.jobs + 1, seconds: sum.seconds + seconds });
    },
    mean(rule) {
      const sum = sums.get(rule);
      return sum === undefined ? null : sum.seconds / sum.jobs;
    },
  };
}

export interface PackOptions {
  /** Seconds that a task should run; 0 makes a task of each job. */
  readonly target: number;
  /** Seconds after which the queue would end it; null if unknown. */
  readonly limit: number | null;
  /** Jobs that run at once inside a task. */
  readonly lanes: number;
  readonly durations: Pick<Durations, "mean">;
}

/** Shortest time for a task of known jobs, seconds: its start costs one or two. */
const leastTask = 10;
/** Shortest time to assume for a job, seconds: the runner's own work for it. */
const leastSeconds = 0.002;

/**
 * As many jobs as run for the target duration; fewer towards the end of the run, so that all slots end
 * together, and fewer where slots are idle.
 */
export function pack(rule: NamedRule, share: CallShare, options: PackOptions): Pack {
  const { target, limit, lanes, durations } = options;
  if (target === 0) return { size: 1, full: true };
  const { ready, slots, free } = share;
  const batch = (rule.spec.batch ?? 1) * lanes;
  const spread = Math.ceil(ready / Math.max(1, free));
  const mean = durations.mean(rule.name);
  // The first calls of a new rule are small, to measure how long its jobs take.
  if (mean === null) return { size: Math.max(1, Math.min(batch, spread, ready)), full: true };
  const each = Math.max(mean, leastSeconds) / lanes;
  const most = limit === null ? Number.POSITIVE_INFINITY : (0.7 * limit) / each;
  const seconds = Math.min(target, Math.max(leastTask, secondsLeft(share.left, durations) / slots / 2));
  // A body that takes its jobs together gets full batches where there is time for one.
  const wanted =
    rule.spec.runBatch !== undefined && seconds / each > batch
      ? Math.round(seconds / each / batch) * batch
      : Math.round(seconds / each);
  const size = Math.min(ready, most, wanted, Math.max(spread, Math.round(leastTask / each)));
  return { size: Math.max(1, Math.floor(size)), full: ready >= Math.min(most, wanted / 2) };
}

/** The expected time of all jobs that are in no call yet, without jobs of new rules. */
function secondsLeft(left: ReadonlyMap<string, number>, durations: Pick<Durations, "mean">): number {
  let sum = 0;
  for (const [rule, jobs] of left) sum += jobs * (durations.mean(rule) ?? 0);
  return sum;
}
