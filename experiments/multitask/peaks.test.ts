import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findPeaks, floods, highPeaks, missedPeaks, peakError, peakTiming, stretches } from "./peaks.ts";

interface Case {
  readonly kind: string;
  readonly o: number[];
  readonly p: number[];
  readonly p80: readonly [number, number];
  readonly std: number;
  readonly peaks: readonly number[][];
  /** Timing, error and missed peaks, null where there are none; null as a whole where equal peaks leave them open. */
  readonly scores: readonly (number | null)[] | null;
}

const cases = JSON.parse(
  readFileSync(new URL("./testing/peaks.json", import.meta.url), "utf8"),
) as readonly Case[];

describe.each(cases)("$kind", ({ o, p, p80, std, peaks, scores }) => {
  const [observed, predicted] = [Float64Array.from(o), Float64Array.from(p)];
  const whole = { from: 0, to: o.length };

  test("peaks are those that SciPy finds", () => {
    const rules = [{ distance: 1 }, { distance: 30, height: p80[0] }, { distance: 100, prominence: std }];
    expect(rules.slice(0, peaks.length).map((rule) => findPeaks(observed, whole, rule))).toEqual(peaks);
  });

  if (scores === null) return;
  test("scores are those of the definitions of NeuralHydrology", () => {
    const own = floods(observed, [whole]);
    const [seen, answers] = [highPeaks(observed, [whole], p80[0]), highPeaks(predicted, [whole], p80[1])];
    const made = [
      peakTiming(own, predicted),
      peakError(own, observed, predicted),
      missedPeaks(seen, answers),
    ];
    made.forEach((score, i) => {
      if (scores[i] === null) expect(score).toBeNull();
      else expect(score).toBeCloseTo(scores[i]!, 9);
    });
  });
});

test("a missing day ends a stretch, and no peak lies at an end", () => {
  const values = Float64Array.from([1, 5, 9, 8, 1]);
  const parts = stretches([1, 2, 3, 5, 6]);
  expect(parts).toEqual([
    { from: 0, to: 3 },
    { from: 3, to: 5 },
  ]);
  expect(parts.flatMap((part) => findPeaks(values, part, { distance: 1 }))).toEqual([]);
  expect(stretches([])).toEqual([]);
});

test("no score looks over a missing day", () => {
  const o = Float64Array.from({ length: 40 }, (_, i) => (i === 20 ? 90 : 1));
  const p = o.map((_, i) => (i === 22 ? 60 : 1));
  const timing = (parts: ReturnType<typeof stretches>) => peakTiming(floods(o, parts), p);
  expect(timing([{ from: 0, to: 40 }])).toBe(2);
  // The third day after the flood is missing.
  expect(
    timing([
      { from: 0, to: 23 },
      { from: 23, to: 40 },
    ]),
  ).toBeNull();
});

test("a predicted peak within a day answers an observed one", () => {
  expect(missedPeaks([10, 50, 90, 130], [9, 51, 92])).toBe(0.5);
  expect(missedPeaks([], [3])).toBeNull();
  expect(missedPeaks([3], [])).toBe(1);
});

test("where all observations are equal there is no flood", () => {
  const flat = new Float64Array(300).fill(2);
  expect(floods(flat, [{ from: 0, to: 300 }])).toEqual([]);
  expect(peakTiming([], flat)).toBeNull();
  expect(peakError([], flat, flat)).toBeNull();
});
