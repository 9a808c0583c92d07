import { expect, test } from "vitest";
import { limits } from "./sections/context.ts";

test("the axis of an efficiency ends at -1, so that a few terrible models do not flatten the rest", () => {
  const [low, high] = limits("nse", [-40, 0.1], [0.5, 0.8]);
  expect(low).toBeCloseTo(-1.072, 6);
  expect(high).toBeCloseTo(0.872, 6);
});

test("where all lie below -1 the axis shows them, and does not draw them equal at its end", () => {
  const [low, high] = limits("nse", [-40, -30], [-20, -10]);
  expect(low).toBeLessThan(-40);
  expect(high).toBeGreaterThan(-10);
  expect(high).toBeLessThan(0);
});
