import { formatDay, parseDay } from "@braid/data/tables";
import { describe, expect, test } from "vitest";
import { checkPartitions, parseRange } from "./partitions.ts";
import { prepare } from "./prepare.ts";
import { cutTrainAgain, type TrainSequence } from "./train-windows.ts";

const day = (text: string) => parseDay(text)!;
const days = Array.from({ length: 500 }, (_, i) => day("2000-01-01") + i);
const site = { site: "1", file: "made up", warnings: [], texts: {} };
const numbers = (of: (i: number) => number) => Float64Array.from(days, (_, i) => of(i));

/** Drivers and flows that are the number of their day, so that each window shows which days it has. */
function prepared(train: readonly string[], sequence: TrainSequence) {
  const partitions = checkPartitions({
    train: train.map(parseRange),
    validation: [parseRange("2001-03-01..2001-04-30")],
  });
  const spec = { variables: ["q"], drivers: ["p"], partitions, sequence, logarithms: [], mask: [] };
  const records = {
    drivers: { ...site, days, numbers: { p: numbers((i) => i) } },
    observations: { ...site, days, numbers: { q: numbers((i) => (i % 7 === 0 ? Number.NaN : i)) } },
  } as unknown as { drivers: Parameters<typeof prepare>[0]; observations: Parameters<typeof prepare>[1] };
  const made = prepare(records.drivers, records.observations, spec).prepared;
  return { made, again: cutTrainAgain(made, partitions.train!, sequence), spec };
}

/** First day with drivers, first and last day with output of each window. */
function windowsOf({ again }: ReturnType<typeof prepared>) {
  const { sequences: S, steps: T, dates, valid } = again.partitions.train!;
  return Array.from({ length: S }, (_, s) => {
    const own = [...dates.subarray(s * T, (s + 1) * T)];
    const outputs = own.filter((_, t) => valid[s * T + t] === 1);
    return [own[0]!, outputs[0]!, outputs.at(-1)!].map(formatDay).join(" ");
  });
}

describe("train windows", () => {
  test("by a stride overlap, the last one as short as the end of the range makes it", () => {
    const one = prepared(["2000-01-01..2000-03-31"], { length: 40, warmup: 10, stride: 20 });
    expect(windowsOf(one)).toEqual([
      "2000-01-01 2000-01-01 2000-01-30",
      "2000-01-11 2000-01-21 2000-02-19",
      "2000-01-31 2000-02-10 2000-03-10",
      "2000-02-20 2000-03-01 2000-03-30",
      "2000-03-11 2000-03-21 2000-03-31",
    ]);
  });

  test("without the remainder are all whole", () => {
    const one = prepared(["2000-01-01..2000-03-31", "2000-05-01..2000-05-31"], {
      ...{ length: 40, warmup: 10, remainder: "drop" },
    });
    expect(windowsOf(one)).toEqual([
      "2000-01-01 2000-01-01 2000-01-30",
      "2000-01-21 2000-01-31 2000-02-29",
      "2000-02-20 2000-03-01 2000-03-30",
      "2000-04-21 2000-05-01 2000-05-30",
    ]);
  });

  test("have the drivers, observations and masks of their days, scaled as before", () => {
    const { made, again } = prepared(["2000-01-01..2000-12-31"], { length: 60, warmup: 20, stride: 7 });
    const { dates, valid, x, y, mask, sequences, steps } = again.partitions.train!;
    expect([x.length, y.length, mask.length]).toEqual(Array(3).fill(sequences * steps));
    expect([again.x, again.y]).toEqual([made.x, made.y]);
    dates.forEach((date, row) => {
      if (Number.isNaN(date)) return;
      const i = date - days[0]!;
      expect(x[row]).toBeCloseTo((i - made.x[0]!.mean) / made.x[0]!.std, 5);
      const observed = valid[row] === 1 && i % 7 !== 0;
      expect(mask[row]).toBe(observed ? 1 : 0);
      expect(y[row]).toBeCloseTo(observed ? (i - made.y[0]!.mean) / made.y[0]!.std : 0, 5);
    });
  });

  test("that follow each other are those of the preparation, whatever says so", () => {
    for (const sequence of [{ stride: 30 }, { remainder: "keep" as const }]) {
      for (const train of [
        ["2000-02-01..2000-11-30"],
        ["2000-02-01..2000-06-30", "2000-07-06..2000-11-30"],
      ]) {
        const { made, again } = prepared(train, { length: 40, warmup: 10, ...sequence });
        expect(again).toEqual(made);
      }
    }
  });

  test("leave the other partitions as they are", () => {
    const { made, again } = prepared(["2000-01-01..2000-12-31"], { length: 60, warmup: 20, stride: 7 });
    expect(again.partitions.validation).toBe(made.partitions.validation);
  });

  test("where none is whole are an error", () => {
    expect(() => prepared(["2000-01-01..2000-02-15"], { length: 90, warmup: 10, remainder: "drop" })).toThrow(
      'Cannot prepare site "1": no train window is whole\n  sequence  90 days, of which 10 are warm-up\n  train     2000-01-01..2000-02-15\n  remainder: drop leaves only whole windows',
    );
  });
});
