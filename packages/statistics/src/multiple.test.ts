import { expect, test } from "vitest";
import { benjaminiHochberg, benjaminiYekutieli, holm } from "./multiple.ts";

const close = (values: readonly number[], expected: readonly number[]) =>
  values.forEach((value, i) => void expect(value).toBeCloseTo(expected[i]!, 12));

test("Holm gives what R's p.adjust gives", () => {
  close(holm([0.01, 0.02, 0.03, 0.04, 0.05]), [0.05, 0.08, 0.09, 0.09, 0.09]);
  close(holm([0.04, 0.001, 0.7]), [0.08, 0.003, 0.7]);
});

test("Benjamini and Hochberg gives what R's p.adjust gives", () => {
  close(benjaminiHochberg([0.01, 0.02, 0.03, 0.04, 0.05]), [0.05, 0.05, 0.05, 0.05, 0.05]);
  close(benjaminiHochberg([0.04, 0.001, 0.7]), [0.06, 0.003, 0.7]);
});

test("Benjamini and Hochberg gives what SciPy gives, with ties", () => {
  // scipy.stats.false_discovery_control 1.17.1
  close(benjaminiHochberg([0.012, 0.2, 0.0004, 0.04, 0.04, 0.9, 0.03]), [
    0.042,
    0.7 / 3,
    0.0028,
    0.056,
    0.056,
    0.9,
    0.056,
  ]);
});

test("Benjamini and Yekutieli pays the harmonic sum of the tests more, up to 1", () => {
  // By hand: 1 + 1/2 + 1/3 = 11/6. R: p.adjust(c(0.04, 0.001, 0.7), "BY") is 0.11, 0.0055, 1.
  close(benjaminiYekutieli([0.04, 0.001, 0.7]), [0.11, 0.0055, 1]);
  expect(benjaminiYekutieli([])).toEqual([]);
});

test("nothing passes one", () => {
  close(holm([0.9, 0.8]), [1, 1]);
  expect(holm([])).toEqual([]);
});
