import { hodgesLehmann, random, signedRank } from "@braid/statistics";
import { describe, expect, test } from "vitest";
import { comparisonOf } from "./compare.ts";
import { best, pairsNeeded, type SeedScores, smallestMaxT, testSite } from "./site-tests.ts";
import type { StatisticsSpec } from "./spec.ts";

const spec: StatisticsSpec = {
  level: 0.05,
  minimumEffect: 0.01,
  permutations: 999,
  resamples: 200,
  blockDays: 30,
  naiveFactor: 1,
  seed: 1,
};

/** Seeds 0..n-1 whose scores at factors 0, 1 and 5 a function gives. */
function seeds(n: number, scores: (seed: number) => number[]): SeedScores[] {
  return Array.from({ length: n }, (_, seed) => ({ seed, scores: scores(seed) }));
}

function outcomes(validation: SeedScores[], judged: SeedScores[], factors = [0, 1, 5], given = spec) {
  const evaluate = ["validation", "test"];
  const comparison = comparisonOf({ factors, seeds: [], sites: [], evaluate });
  const all = testSite({ validation, test: judged }, comparison, given, () => random(3));
  return Object.fromEntries(all.map((outcome) => [outcome.test, outcome]));
}

/** A little luck of each seed and factor, never twice the same. */
const luck = (seed: number, k: number) => (((seed * 7 + k * 13) % 31) - 15) / 1_000;

describe("at one site", () => {
  const judged = seeds(30, (s) => [0.5 + luck(s, 0), 0.52 + luck(s, 1), 0.45 + luck(s, 2)]);
  const validation = seeds(30, (s) => [0.5, 0.51, s % 2 === 0 ? 0.6 : 0.1]);

  test("the naive test takes the best factor on its own scores, paired by seed", () => {
    const { naive_best } = outcomes(validation, judged);
    const differences = judged.map(({ scores }) => scores[1]! - scores[0]!);
    expect(naive_best).toMatchObject({ factor: 1, pairs: 30, refused: null });
    expect(naive_best!.p).toBe(signedRank(differences).p);
    expect(naive_best!.difference).toEqual(hodgesLehmann(differences));
  });

  test("the chosen factor is chosen with even seeds on validation and judged with odd ones on test", () => {
    const { chosen_factor } = outcomes(validation, judged);
    const odd = judged.filter(({ seed }) => seed % 2 === 1);
    const differences = odd.map(({ scores }) => scores[2]! - scores[0]!);
    expect(chosen_factor).toMatchObject({ factor: 5, pairs: 15 });
    expect(chosen_factor!.p).toBe(signedRank(differences).p);
    expect(chosen_factor!.medianDifference).toBeLessThan(-0.03);
  });

  test("a factor may be better and another worse", () => {
    const { any_better, any_worse } = outcomes(validation, judged);
    expect(any_better).toMatchObject({ factor: 1, p: 1 / 1_000 });
    expect(any_worse).toMatchObject({ factor: 5, p: 1 / 1_000 });
  });

  test("the naive factor is the one that is named, whatever it does", () => {
    expect(outcomes(validation, judged).naive_factor!.factor).toBe(1);
    expect(outcomes(validation, judged, [0, 1, 5], { ...spec, naiveFactor: 5 }).naive_factor!.factor).toBe(5);
  });

  test("the first of equal factors is the best", () => {
    const mean = (scores: readonly number[]) => scores.reduce((sum, one) => sum + one, 0);
    expect(
      best(
        seeds(3, () => [9, 1, 1]),
        mean,
      ),
    ).toBe(1);
  });
});

describe("a test is refused with the reason", () => {
  const some = (n: number) => seeds(n, (s) => [0.5 + luck(s, 0), 0.6 + luck(s, 1), 0.4 + luck(s, 2)]);

  test("where the seeds are too few for any p below the level", () => {
    const { naive_best, chosen_factor, any_better } = outcomes(some(5), some(5));
    expect(naive_best).toMatchObject({ p: null, factor: 1, pairs: 5 });
    expect(naive_best!.refused).toBe(
      "5 pairs of seeds cannot give a p-value below 0.063, and the level is 0.05: 6 seeds are enough",
    );
    expect(chosen_factor!.refused).toBe(
      "2 pairs of seeds cannot give a p-value below 0.50, and the level is 0.05: 12 seeds are enough, half of them odd",
    );
    expect(any_better!.refused).toContain(
      "5 pairs of seeds cannot give a p-value below 0.031, and the level is 0.025: 6 seeds are enough",
    );
    expect(outcomes(some(6), some(6)).any_better!.refused).toBeNull();
  });

  test("where factors train the model of factor 0, for these factors alone", () => {
    const reason = "same model: no auxiliary was observed in train, so the factor changes nothing";
    const comparison = comparisonOf({
      factors: [0, 1, 5],
      seeds: [],
      sites: [],
      evaluate: ["validation", "test"],
    });
    const refusals = (columns: number[]) =>
      testSite(
        { validation: some(30), test: some(30), same: new Map(columns.map((k) => [k, reason])) },
        comparison,
        spec,
        () => random(1),
      ).map(({ test, refused, factor, p }) => [test, refused, factor, p !== null]);
    for (const [, refused, factor, tested] of refusals([1, 2]))
      expect([refused, factor, tested]).toEqual([reason, null, false]);
    expect(refusals([1])).toEqual([
      ["naive_best", reason, null, false],
      ["any_better", null, 1, true],
      ["any_worse", null, 5, true],
      ["chosen_factor", reason, null, false],
      ["naive_factor", reason, null, false],
    ]);
  });

  test("and the seeds that it names are the fewest that do, whatever the level", () => {
    for (const level of [0.2, 0.05, 0.01]) {
      const strict = { ...spec, level, permutations: 9999 };
      for (const test of [
        "naive_best",
        "any_better",
        "any_worse",
        "chosen_factor",
        "naive_factor",
      ] as const) {
        const needed = pairsNeeded(test, strict)! * (test === "chosen_factor" ? 2 : 1);
        const of = (n: number) => outcomes(some(n), some(n), [0, 1, 5], strict)[test]!.refused;
        expect(of(needed)).toBeNull();
        expect(of(needed - (test === "chosen_factor" ? 2 : 1))).toContain(`: ${needed} seeds are enough`);
      }
    }
  });

  test("where one seed cannot be flipped", () => {
    expect(outcomes(some(1), some(1)).any_better!.refused).toContain("1 pair of seeds cannot");
  });

  test("where the flips are too few", () => {
    const { any_worse } = outcomes(some(30), some(30), [0, 1, 5], { ...spec, permutations: 30 });
    expect(any_worse!.refused).toMatch(/cannot give a p-value below 0\.032, and the level is 0\.025$/);
  });

  test("where nothing is to choose on, or all seeds are even", () => {
    const comparison = comparisonOf({ factors: [0, 1, 5], seeds: [], sites: [], evaluate: ["validation"] });
    const [, , , chosen] = testSite({ validation: some(30), test: [] }, comparison, spec, () => random(1));
    expect(chosen!.refused).toContain(
      "the config has no days of both (partitions.validation, partitions.test)",
    );
    const even = some(30).filter(({ seed }) => seed % 2 === 0);
    expect(outcomes(even, even).chosen_factor!.refused).toContain("even seeds choose and odd seeds judge");
  });

  test("where the factor is not trained, or nothing has a score", () => {
    expect(outcomes(some(30), some(30), [0, 2, 5]).naive_factor!.refused).toBe(
      "factor 1 is not among those trained",
    );
    for (const outcome of Object.values(outcomes([], [])))
      expect(outcome.refused).toBe(
        "no seed has a score of every factor on test (a score needs 11 observations that differ)",
      );
  });
});

test("the smallest p of a max-T test is the chance that all signs stay, or that of the flips made", () => {
  expect(smallestMaxT(5, 1e9)).toBe(1 / 32);
  expect(smallestMaxT(30, 9_999)).toBe(1 / 10_000);
  expect(smallestMaxT(1, 9_999)).toBe(1 / 2);
});
