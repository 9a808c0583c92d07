/**
 * Windows: how the days of a partition are cut into the sequences a model sees.
 *
 * Each range is tiled into blocks of `length - warmup` days, the last one shorter, so no day is lost and
 * none is seen twice. A block is preceded by up to `warmup` run-in days, from before the range where the
 * record has them; they carry no loss and give no output, they only fill the state, which is zero at the
 * window's first day. Training and prediction cut alike, so the age of the state agrees.
 * The scheme is ours; with warmup 0 it is river-dl's.
 */
import { type Day, parseDay } from "@braid/data/tables";
import type { DateRange } from "./partitions.ts";

/** Days of a window at most (`length`), of which run-in at most (`warmup` < `length`). */
export interface Sequence {
  readonly length: number;
  readonly warmup: number;
}

/** Drivers are seen on the days `start..end`, outputs are given on `first..end`; all inclusive. */
export interface Window {
  readonly start: Day;
  readonly first: Day;
  readonly end: Day;
}

/** The windows of `ranges` in order of date, for a record whose first day is `recordStart`. */
export function tile(ranges: readonly DateRange[], recordStart: Day, { length, warmup }: Sequence): Window[] {
  const block = length - warmup;
  const windows: Window[] = [];
  for (const range of ranges) {
    const to = parseDay(range.to)!;
    for (let first = parseDay(range.from)!; first <= to; first += block) {
      const start = Math.min(first, Math.max(recordStart, first - warmup));
      windows.push({ start, first, end: Math.min(first + block - 1, to) });
    }
  }
  return windows;
}

/** Steps of the longest window: what every window of a partition is padded to. */
export function longest(windows: readonly Window[]): number {
  return windows.reduce((steps, { start, end }) => Math.max(steps, end - start + 1), 0);
}
