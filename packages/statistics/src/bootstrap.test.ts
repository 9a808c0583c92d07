import { expect, test } from "vitest";
import { blockSample, clusterSample, percentileInterval } from "./bootstrap.ts";
import { median, quantile, ranks } from "./order.ts";
import { random } from "./random.ts";

test("blocks follow the series and wrap round its end", () => {
  const positions = blockSample(10, 4, random(1));
  expect(positions).toHaveLength(10);
  for (const start of [0, 4, 8])
    for (let k = 1; k < 4 && start + k < 10; k++)
      expect(positions[start + k]).toBe((positions[start]! + k) % 10);
});

test("a cluster comes whole or not at all", () => {
  const drawn = clusterSample([["a", "b"], ["c"], ["d", "e", "f"]], random(4));
  expect(drawn.filter((m) => m === "a")).toHaveLength(drawn.filter((m) => m === "b").length);
  expect(drawn.filter((m) => m === "d")).toHaveLength(drawn.filter((m) => m === "f").length);
});

test("the interval of a mean has about its known width", () => {
  const chance = random(11);
  const x = Array.from({ length: 400 }, (_, i) => i / 399);
  const mean = () =>
    Array.from({ length: 400 }, () => x[chance.below(400)]!).reduce((a, b) => a + b, 0) / 400;
  const { low, high } = percentileInterval(mean, 2_000);
  // 2 x 1.96 x sqrt(1/12) / 20
  expect(high - low).toBeGreaterThan(0.0566 * 0.9);
  expect(high - low).toBeLessThan(0.0566 * 1.1);
});

test("the same seed draws the same", () => {
  const draw = (seed: number) =>
    Array.from(
      { length: 5 },
      (
        (chance) => () =>
          chance.below(100)
      )(random(seed)),
    );
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
});

test("quantiles are NumPy's, ranks share ties", () => {
  expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
  expect(median([3, 1])).toBe(2);
  expect(median([])).toBeNaN();
  expect([...ranks([10, 20, 10, 5])]).toEqual([2.5, 4, 2.5, 1]);
});
