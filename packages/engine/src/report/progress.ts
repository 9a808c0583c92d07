/**
 * Counts the events of a run: jobs done, running, failed and left, per rule and in all, with the pace and the time left.
 *
 * The pace covers the last minutes, so that it soon shows when a run slows down. If few jobs ended in that time, some
 * earlier ones count too, so that the pace does not depend on a single job.
 */
import type { RunEvent } from "../events.ts";
import { duration } from "../quantities.ts";

export interface RuleProgress {
  readonly rule: string;
  /** As planned; a plan that grows raises it. */
  readonly total: number;
  readonly done: number;
  readonly running: number;
  readonly failed: number;
  /** Jobs a second: in the last minutes while it runs, else from its first start to its last end. */
  readonly pace: number;
}

export interface TimeLeft {
  /** Null: it is over, or it is too early to say. */
  readonly secondsLeft: number | null;
  /** Rules with many jobs are to come of which nobody knows how long they take. */
  readonly atLeast: boolean;
}

export interface Progress {
  readonly rules: readonly RuleProgress[];
  /** Names of rules in the order in which their first jobs started or ended; those to come are not among them. */
  readonly begun: readonly string[];
  follow(event: RunEvent): void;
  /** Since the plan stood. */
  seconds(): number;
  /** Judged by the pace of the last minutes and by earlier runs. */
  left(): TimeLeft;
}

/** The time left as the terminal, `status` and the live view say it. */
export function leftText({ secondsLeft, atLeast }: TimeLeft): string {
  if (secondsLeft === null) return "time left not known yet";
  return `${atLeast ? "at least" : "about"} ${duration(secondsLeft)} left`;
}

/** A rule as it is counted. */
interface RuleCount {
  readonly rule: string;
  total: number;
  done: number;
  running: number;
  failed: number;
  /** When its first job started and its last one ended, in seconds of the run; null before that. */
  since: number | null;
  until: number | null;
  /** Jobs that were made, and the seconds of all of them. */
  made: number;
  busy: number;
}

/** `clock` gives seconds; it is given for tests and for runs of the past. */
export function progress(clock: () => number = () => performance.now() / 1_000): Progress {
  const rules = new Map<string, RuleCount>();
  const recent = recentWork();
  let slots = 1;
  let estimate: number | null = null;
  let began = clock();
  const seconds = () => clock() - began;

  function ruleOf(rule: string): RuleCount {
    const known = rules.get(rule);
    if (known !== undefined) return known;
    const counts = { total: 0, done: 0, running: 0, failed: 0, made: 0, busy: 0 };
    const added: RuleCount = { rule, ...counts, since: null, until: null };
    rules.set(rule, added);
    return added;
  }

  function plan(event: Extract<RunEvent, { kind: "planned" }>): void {
    for (const [rule, total] of event.rules) ruleOf(rule).total = total;
    slots = event.slots;
    estimate = event.estimate;
    began = clock();
  }

  const running = () => sum([...rules.values()], (rule) => rule.running);

  function count(rule: RuleCount, event: RunEvent): void {
    switch (event.kind) {
      case "started":
        rule.running += event.jobs;
        recent.begin(seconds());
        return;
      case "returned":
        rule.running -= event.jobs;
        return;
      case "retried":
        rule.running--;
        return;
      case "cut off":
        rule.done++;
        break;
      case "done":
        rule.done++;
        rule.made++;
        rule.busy += event.seconds;
        recent.add(seconds(), rule.rule, event.seconds, Math.min(slots, running()));
        if (rule.running > 0) rule.running--;
        break;
      case "failed":
        // It took its time too.
        recent.add(seconds(), rule.rule, meanOf(rule, null) ?? 0, Math.min(slots, running()));
        rule.failed++;
        // One that was refused had not begun.
        if (rule.running > 0) rule.running--;
    }
    rule.until = seconds();
  }

  function paceOf({ rule, done, running, since, until }: RuleCount): number {
    if (since === null || done === 0) return 0;
    if (running === 0) return done / Math.max((until ?? since) - since, least);
    const { jobs, from } = recent.last(seconds());
    return (jobs.get(rule)?.jobs ?? 0) / Math.max(seconds() - Math.max(from, since), least);
  }

  /** Seconds of a job; null where none was made. */
  function meanOf({ rule, made, busy }: RuleCount, window: RecentPace | null): number | null {
    if (made === 0) return null;
    const lately = window?.jobs.get(rule);
    return Math.max(lately === undefined ? busy / made : lately.work / lately.jobs, least);
  }

  function left(): TimeLeft {
    const now = seconds();
    const estimated = estimate === null ? null : Math.max(0, estimate - now);
    const window = recent.last(now);
    const known: { readonly open: number; readonly running: number; readonly mean: number }[] = [];
    let unknown = false;
    for (const rule of rules.values()) {
      const open = rule.total - rule.done - rule.failed;
      if (open === 0) continue;
      const mean = meanOf(rule, window);
      if (mean !== null) known.push({ open, running: Math.min(rule.running, open), mean });
      // A few jobs of a rule that has made none may take any time; beside others they count for nothing.
      else unknown ||= rule.total > slots;
    }
    if (window.until === null || known.length === 0) return { secondsLeft: estimated, atLeast: false };
    // As it was when the last job ended, counting down since.
    const then = sum(known, ({ open, mean }) => (open * mean) / Math.min(speed(window), open));
    // Where none has ended for long, what is under way may be about to, and no more than that: it goes slower than then.
    const soon = sum(known, ({ running, mean }) => running * mean);
    const speedNow = (window.work + soon) / Math.max(now - window.from, least);
    const rest = sum(known, ({ open, running, mean }) => (open - running) * mean);
    const seen = Math.max(0, then - (now - window.until), rest / Math.max(speedNow, least));
    if (!unknown) return { secondsLeft: seen, atLeast: false };
    return { secondsLeft: Math.max(seen, estimated ?? 0), atLeast: estimated === null };
  }

  /** Seconds of jobs that a second brings; in the beginning, when most of what is under way has not ended, the slots. */
  function speed({ work, from, until, whole }: RecentPace): number {
    return whole ? Math.max(work / Math.max(until! - from, least), least) : slots;
  }

  return {
    get rules() {
      return [...rules.values()].map((rule) => {
        const { total, done, running, failed } = rule;
        return { rule: rule.rule, total, done, running, failed, pace: paceOf(rule) };
      });
    },
    get begun() {
      const started = [...rules.values()].filter(({ since }) => since !== null);
      return started.sort((a, b) => a.since! - b.since!).map(({ rule }) => rule);
    },
    seconds,
    follow(event) {
      if (event.kind === "planned") return plan(event);
      if (event.kind === "grown") for (const [name, jobs] of event.rules) ruleOf(name).total += jobs;
      if (!("rule" in event) || event.kind === "command" || event.kind === "began") return;
      const rule = ruleOf(event.rule);
      rule.since ??= seconds();
      count(rule, event);
      rule.total = Math.max(rule.total, rule.done + rule.failed + rule.running);
    },
    left,
  };
}

/** Shorter times and smaller speeds than any clock tells. */
const least = 0.001;

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((all, item) => all + of(item), 0);
}

export interface RecentPace {
  /** Seconds from `from` until the last job ended; null if none has. */
  readonly from: number;
  readonly until: number | null;
  /** True if the window is full; else it holds all jobs so far. */
  readonly whole: boolean;
  /** Seconds of all its jobs, and the number of jobs by rule. */
  readonly work: number;
  readonly jobs: ReadonlyMap<string, { readonly jobs: number; readonly work: number }>;
}

export interface RecentWork {
  /** A call starts. */
  begin(at: number): void;
  /** A job ended after `seconds`, while `atOnce` calls ran. */
  add(at: number, rule: string, seconds: number, atOnce: number): void;
  last(now: number): RecentPace;
}

/** The length of the window, in seconds. */
const span = 120;
/** Jobs that end within so many seconds are one step: a call may report its jobs together. */
const apart = 1;
/** The fewest steps in the window. */
const leastSteps = 4;
/** The fewest jobs in the window per parallel call. */
const leastJobs = 2;

interface Step {
  readonly since: number;
  at: number;
  work: number;
  count: number;
  readonly jobs: Map<string, { jobs: number; work: number }>;
}

function recentWork(): RecentWork {
  let began: number | null = null;
  /** The first step ends before the window begins, unless the window begins with the run. */
  const steps: Step[] = [];
  let first = true;
  let calls = 1;

  const isMuch = (some: readonly Step[]) =>
    some.length >= leastSteps && some.reduce((sum, step) => sum + step.count, 0) >= leastJobs * calls;

  /** True if the steps after this one fill the window. */
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
