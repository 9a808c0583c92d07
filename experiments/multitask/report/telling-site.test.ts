import type { SiteResult } from "braid-pages/report";
import { expect, test } from "vitest";
import { tellingSite } from "./telling-site.ts";

const axes = { sites: ["a", "b", "c"], factors: [0, 1], seeds: [0] };
const result = (low: number | null, high: number | null): SiteResult => ({
  ...{ factor: 1, gain: null, low, high, verdicts: {}, refused: "" },
});
const answer = (a: SiteResult, b: SiteResult, c: SiteResult) => ({
  test: "chosen_factor",
  bySite: { a, b, c },
});
const good = Float32Array.of(0.5, 0.6, 0.7, 0.8, 0.2, 0.3);

test("a page opens at the site whose interval of the gain lies farthest from 0, on the side of more sites", () => {
  expect(tellingSite(axes, good, answer(result(0.1, 0.2), result(0.02, 0.9), result(-0.9, -0.5)))).toBe("a");
  expect(tellingSite(axes, good, answer(result(-0.3, -0.1), result(-0.1, 0.1), result(-0.9, -0.5)))).toBe(
    "c",
  );
});

test("a site whose models are worse than the mean of the observations tells nothing", () => {
  const poor = Float32Array.of(-5, -1, 0.7, 0.8, 0.2, 0.3);
  expect(tellingSite(axes, poor, answer(result(2, 4), result(0.02, 0.9), result(0.01, 0.5)))).toBe("b");
});

test("without an interval away from 0 it is the site of the best scores, and without scores the first", () => {
  expect(tellingSite(axes, good, null)).toBe("b");
  expect(tellingSite(axes, good, answer(result(null, null), result(-1, 1), result(-1, 1)))).toBe("b");
  expect(tellingSite(axes, new Float32Array(6).fill(Number.NaN), null)).toBe("a");
});
