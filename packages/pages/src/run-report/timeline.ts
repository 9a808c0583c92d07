/**
 * What ran when: the jobs of each rule that ran at the same time, as means over equal parts of the time in which
 * anything ran. Its size is the same for any number of jobs. Of a batch whose jobs share their time, each counts for its
 * share: together they are the one call that ran.
 */
import type { MadeJob } from "braid-engine/inspect";

export interface Timeline {
  /** The time in which something ran, without long breaks; ms since 1970. */
  readonly stretches: readonly { readonly from: number; readonly to: number }[];
  /** Of all stretches together. */
  readonly seconds: number;
  readonly lanes: readonly Lane[];
}

export interface Lane {
  readonly rule: string;
  readonly jobs: number;
  /** ms since 1970: when its first job began and its last one ended. */
  readonly from: number;
  readonly to: number;
  /** Jobs running, the mean of each part. */
  readonly running: readonly number[];
  /** Jobs that were ready and had not begun, the mean of each part. */
  readonly waiting: readonly number[];
}

export const parts = 240;
/** A pause is left out if it is longer than a second and than this part of the working time. */
const longestPause = 1 / 50;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Times are in whole milliseconds: a job that took none of them still leaves a trace. */
const least = 1e-6;

/**
 * Null where nothing ran, or all of it in no time. `ready` is when each job of `made` was ready. Lanes stand in the order in
 * which `rules` names them.
 */
export function timeline(
  made: readonly MadeJob[],
  ready: ArrayLike<number>,
  rules: readonly string[],
): Timeline | null {
  const stretches = stretchesOf(made);
  const total = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  if (total === 0) return null;
  const place = placer(stretches, total / parts);
  const byRule = Map.groupBy(made.keys(), (i) => made[i]!.rule);
  return {
    stretches,
    seconds: total / 1_000,
    lanes: rules.flatMap((rule) => {
      const own = byRule.get(rule);
      if (own === undefined) return [];
      const jobs = own.map((i) => made[i]!);
      return [
        {
          ...{ rule, jobs: jobs.length },
          from: jobs.reduce((first, { start }) => Math.min(first, start), Number.POSITIVE_INFINITY),
          to: jobs.reduce((last, { end }) => Math.max(last, end), 0),
          running: means(
            jobs.map(({ start, end, share = 1 }) => ({ start, end, weight: 1 / share, least })),
            place,
          ),
          waiting: means(
            own.map((i) => ({ start: ready[i]!, end: made[i]!.start, weight: 1, least: 0 })),
            place,
          ),
        },
      ];
    }),
  };
}

/** The mean number of spans in each part, each span counted by its weight. */
function means(
  spans: readonly (Span & { readonly weight: number; readonly least: number })[],
  place: (time: number) => number,
): number[] {
  const partly = new Float64Array(parts + 1);
  /** By how much the number of those that go through a whole part changes there. */
  const change = new Float64Array(parts + 2);
  for (const { start, end, weight, least } of spans) {
    const [a, b] = [place(start), place(Math.max(start, end))];
    const [first, last] = [Math.floor(a), Math.floor(b)];
    if (first === last) partly[first]! += weight * Math.max(least, b - a);
    else {
      partly[first]! += weight * (first + 1 - a);
      partly[last]! += weight * (b - last);
      change[first + 1]! += weight;
      change[last]! -= weight;
    }
  }
  let whole = 0;
  return Array.from({ length: parts }, (_, i) => {
    whole += change[i]!;
    // Round away the errors of about 1e-16 that sums of shares leave.
    return Math.max(0, Math.round((whole + partly[i]!) * 1e9) / 1e9);
  });
}

/** Where a time lies, counted in parts from the first one. */
function placer(stretches: Timeline["stretches"], width: number): (time: number) => number {
  const offsets: number[] = [];
  let sum = 0;
  for (const { from, to } of stretches) {
    offsets.push(sum);
    sum += to - from;
  }
  return (time) => {
    let [low, high] = [0, stretches.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (stretches[middle]!.from <= time) low = middle;
      else high = middle - 1;
    }
    return (offsets[low]! + time - stretches[low]!.from) / width;
  };
}

function stretchesOf(spans: readonly Span[]): { from: number; to: number }[] {
  const busy = joined(
    spans.toSorted((a, b) => a.start - b.start),
    0,
  );
  const working = busy.reduce((sum, { from, to }) => sum + to - from, 0);
  return joined(
    busy.map(({ from, to }) => ({ start: from, end: to })),
    Math.max(1_000, working * longestPause),
  );
}

/** Spans in the order of their starts, those with no more than `pause` between them as one. */
function joined(spans: readonly Span[], pause: number): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const { start, end } of spans) {
    const last = found.at(-1);
    if (last === undefined || start > last.to + pause) found.push({ from: start, to: Math.max(start, end) });
    else last.to = Math.max(last.to, end);
  }
  return found;
}
