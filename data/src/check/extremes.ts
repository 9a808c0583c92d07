/**
 * Finds the lowest and highest value of a column, how often they occur, and their neighbours. A repeated value far from all
 * others is a code, not a measurement, whatever its digits are.
 */

/** A value far from all others. */
export interface OddExtreme {
  readonly value: number;
  readonly times: number;
  /** The value nearest to it. */
  readonly apart: number;
}

/** One end of the values seen. */
interface End {
  value: number;
  times: number;
  /** The nearest other value. */
  next: number;
}

export interface Extremes {
  add(value: number): void;
  odd(): OddExtreme[];
}

/** Starts with no values. */
export function extremes(): Extremes {
  const low: End = { value: Number.POSITIVE_INFINITY, times: 0, next: Number.POSITIVE_INFINITY };
  const high: End = { value: Number.NEGATIVE_INFINITY, times: 0, next: Number.NEGATIVE_INFINITY };
  return {
    add(value) {
      if (value <= low.next) take(low, value, value < low.value);
      if (value >= high.next) take(high, value, value > high.value);
    },
    odd: () => [...oddEnd(low, high.value), ...oddEnd(high, low.value)],
  };
}

function take(end: End, value: number, beyond: boolean): void {
  if (value === end.value) end.times += 1;
  else if (beyond) {
    end.next = end.value;
    end.value = value;
    end.times = 1;
  } else end.next = value;
}

/**
 * A code repeats, and is further from the other values than these are from each other. A single value is odd only if it is
 * the only negative one, because a single flood or frost may be far from all others.
 */
function oddEnd({ value, times, next }: End, other: number): OddExtreme[] {
  const [gap, spread] = [Math.abs(value - next), Math.abs(other - next)];
  const isAlone = times === 1 && !(value < 0 && next >= 0 && other >= 0);
  return value === 0 || isAlone || !(spread > 0 && gap > spread && Number.isFinite(gap))
    ? []
    : [{ value, times, apart: next }];
}
