/**
 * What was made in the last minutes of a run. A run that slows down is to show it soon, so all that is older does not
 * count; where little is made in that time, some jobs more do, so that one does not make the pace alone.
 */

export interface RecentPace {
  /** Seconds of the run: after `from`, until the last job ended; null where none has. */
  readonly from: number;
  readonly until: number | null;
  /** It has as much in it as it should; else it is all that was made so far. */
  readonly whole: boolean;
  /** Seconds of all its jobs, and by rule how many they are. */
  readonly work: number;
  readonly jobs: ReadonlyMap<string, { readonly jobs: number; readonly work: number }>;
}

export interface RecentWork {
  /** Something is started. */
  begin(at: number): void;
  /** A job ended that took so many seconds, as one of so many calls at once. */
  add(at: number, rule: string, seconds: number, atOnce: number): void;
  last(now: number): RecentPace;
}

/** Seconds that are looked back on. */
const span = 120;
/** Ends within so many seconds are one step: of a call whose jobs are reported together. */
const apart = 1;
/** There are at least so many steps in what is looked back on. */
const leastSteps = 4;
/** And so many jobs for each call that runs at once. */
const leastJobs = 2;

interface Step {
  readonly since: number;
  at: number;
  work: number;
  count: number;
  readonly jobs: Map<string, { jobs: number; work: number }>;
}

export function recentWork(): RecentWork {
  let began: number | null = null;
  /** The first one is over before what is looked back on begins, unless that begins with the run. */
  const steps: Step[] = [];
  let first = true;
  let calls = 1;

  const isMuch = (some: readonly Step[]) =>
    some.length >= leastSteps && some.reduce((sum, step) => sum + step.count, 0) >= leastJobs * calls;

  /** True if what came after a step is enough to look back on. */
  const isEnough = (index: number) =>
    steps.at(-1)!.at - steps[index]!.at >= span && isMuch(steps.slice(index + 1));

  /** Called once a step: steps are few, jobs may be many. */
  function tidy(): void {
    if (first && isEnough(0)) first = false;
    while (!first && isEnough(1)) steps.shift();
  }

  return {
    begin(at) {
      began ??= at;
    },
    add(at, rule, seconds, atOnce) {
      began ??= at;
      calls = Math.max(1, atOnce);
      const before = steps.at(-1);
      const fresh = before === undefined || at - before.since >= apart;
      const step = fresh ? { since: at, at, work: 0, count: 0, jobs: new Map() } : before;
      if (fresh) steps.push(step);
      step.at = at;
      step.work += seconds;
      step.count++;
      const own = step.jobs.get(rule) ?? { jobs: 0, work: 0 };
      step.jobs.set(rule, { jobs: own.jobs + 1, work: own.work + seconds });
      if (fresh) tidy();
    },
    last(now) {
      const after = first ? steps : steps.slice(1);
      const jobs = new Map<string, { jobs: number; work: number }>();
      for (const step of after)
        for (const [rule, own] of step.jobs) {
          const sum = jobs.get(rule) ?? { jobs: 0, work: 0 };
          jobs.set(rule, { jobs: sum.jobs + own.jobs, work: sum.work + own.work });
        }
      return {
        from: first ? (began ?? now) : steps[0]!.at,
        until: steps.at(-1)?.at ?? null,
        whole: isMuch(after),
        work: after.reduce((sum, step) => sum + step.work, 0),
        jobs,
      };
    },
  };
}
