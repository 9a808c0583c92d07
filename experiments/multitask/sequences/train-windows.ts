/**
 * Train windows otherwise than `tile` cuts them: by a stride, so that they overlap, or without those that the end of a
 * range cuts short. Only the train partition is cut like this: of the others each day is predicted once.
 *
 * The windows are cut again out of a prepared partition, which has every day of its ranges and their run-in.
 */
import { type Day, formatDay, parseDay } from "@braid/data/tables";
import { cannot } from "braid-engine";
import type { DateRange } from "./partitions.ts";
import type { Prepared, PreparedPartition } from "./prepared.ts";
import type { Sequence, Window } from "./windows.ts";

/** How train windows are cut. */
export interface TrainSequence extends Sequence {
  /** Days from the first output day of a window to that of the next, at most the days of a block. */
  readonly stride?: number | undefined;
  /** Whether windows are kept that the end of a range makes shorter. */
  readonly remainder?: "keep" | "drop" | undefined;
}

/** Whether train windows are cut otherwise than `tile` cuts them. */
export const cutsAgain = ({ stride, remainder = "keep" }: TrainSequence): boolean =>
  stride !== undefined || remainder !== "keep";

/** Prepared data with the train windows of a sequence that has a stride or drops the remainder. */
export function cutTrainAgain(
  prepared: Prepared,
  ranges: readonly DateRange[],
  sequence: TrainSequence,
): Prepared {
  const train = prepared.partitions.train!;
  const rows = rowsByDay(train);
  const windows = ranges.flatMap((range) => windowsOf(range, rows, sequence));
  if (windows.length === 0)
    throw cannot("prepare site", prepared.sites.join(", "), "no train window is whole", {
      facts: [
        ["sequence", `${sequence.length} days, of which ${sequence.warmup} are warm-up`],
        ["train", ranges.map(({ from, to }) => `${from}..${to}`).join(", ")],
      ],
      hint: "remainder: drop leaves only whole windows: choose a smaller sequence.length, or keep the remainder.",
    });
  const [I, V] = [prepared.drivers.length, prepared.variables.length];
  return { ...prepared, partitions: { ...prepared.partitions, train: gather(train, rows, windows, I, V) } };
}

/** How many train windows a site has: as many as `windowsOf` gives, whatever the run-in. */
export function countTrainWindows(ranges: readonly DateRange[], sequence: TrainSequence): number {
  return ranges.reduce((sum, range) => sum + firstDays(range, sequence).length, 0);
}

/** The first output day of each window of a range. */
function firstDays(range: DateRange, sequence: TrainSequence): Day[] {
  const block = sequence.length - sequence.warmup;
  const { stride = block, remainder = "keep" } = sequence;
  const [from, to] = [parseDay(range.from)!, parseDay(range.to)!];
  const days: Day[] = [];
  for (let first = from; first <= to; first += stride) {
    const last = first + block - 1;
    if (last > to && remainder === "drop") break;
    days.push(first);
    // What follows would only see days again.
    if (last >= to) break;
  }
  return days;
}

/** Where each day lies in the arrays of a partition: as an output, and as drivers alone (run-in). */
interface Rows {
  readonly outputs: ReadonlyMap<Day, number>;
  readonly drivers: ReadonlyMap<Day, number>;
}

function rowsByDay({ dates, valid }: PreparedPartition): Rows {
  const outputs = new Map<Day, number>();
  const drivers = new Map<Day, number>();
  dates.forEach((day, row) => {
    if (Number.isNaN(day)) return;
    drivers.set(day, row);
    if (valid[row] === 1) outputs.set(day, row);
  });
  return { outputs, drivers };
}

/** The windows of one range; the run-in goes back as far as there are drivers. */
function windowsOf(range: DateRange, { drivers }: Rows, sequence: TrainSequence): Window[] {
  const to = parseDay(range.to)!;
  return firstDays(range, sequence).map((first) => {
    let start = first;
    while (start > first - sequence.warmup && drivers.has(start - 1)) start--;
    return { start, first, end: Math.min(first + sequence.length - sequence.warmup - 1, to) };
  });
}

/** The arrays of the windows; see prepared.ts for their shapes. */
function gather(
  from: PreparedPartition,
  rows: Rows,
  windows: readonly Window[],
  I: number,
  V: number,
): PreparedPartition {
  const S = windows.length;
  const T = Math.max(...windows.map(({ start, end }) => end - start + 1));
  const made = {
    ...{ x: new Float32Array(S * T * I), y: new Float32Array(S * T * V), mask: new Uint8Array(S * T * V) },
    ...{ valid: new Uint8Array(S * T), dates: new Float64Array(S * T).fill(Number.NaN) },
  };
  windows.forEach(({ start, first, end }, s) => {
    for (let day = start, to = s * T; day <= end; day++, to++) {
      const row = rows.drivers.get(day);
      if (row === undefined) throw new Error(`the train windows lack ${formatDay(day)}`);
      made.dates[to] = day;
      made.x.set(from.x.subarray(row * I, (row + 1) * I), to * I);
      if (day < first) continue;
      const output = rows.outputs.get(day)!;
      made.valid[to] = 1;
      made.y.set(from.y.subarray(output * V, (output + 1) * V), to * V);
      made.mask.set(from.mask.subarray(output * V, (output + 1) * V), to * V);
    }
  });
  return { ...made, sequences: S, steps: T, siteIndex: new Int32Array(S) };
}
