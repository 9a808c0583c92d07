/**
 * The tests of one site: is a factor above 0 better or worse than 0?
 *
 * Equal seeds start from equal weights, so everything is paired by seed. What a test cannot decide with the seeds given, it refuses with the reason.
 */
import { hodgesLehmann, median, type Random, signedRank, signFlipMaxT, smallestP } from "@braid/statistics";
import type { Comparison, SameModels, StatisticsSpec } from "./spec.ts";

/** The tests, in the order of their tables. */
export const testNames = [
  /** The factor of the best mean against 0, on the scores that chose it: biased, as papers do. */
  "naive_best",
  /** Is any factor better than 0? One-sided max-T over all factors, by flipped signs. */
  "any_better",
  /** Is any factor worse than 0? The mirror test. */
  "any_worse",
  /** The factor of the best median on validation with the even seeds, on test with the odd ones. */
  "chosen_factor",
  /** A factor that nobody chose. */
  "naive_factor",
] as const;

export type TestName = (typeof testNames)[number];

/** The models of one seed: the score at factor 0 first, then at the factors of the comparison. */
export interface SeedScores {
  readonly seed: number;
  readonly scores: readonly number[];
}

/** A site's models on each partition that is scored: seeds at which every factor has a score. */
export interface SiteScores {
  readonly validation: readonly SeedScores[];
  readonly test: readonly SeedScores[];
  /** Factors whose models are those of factor 0; none if absent. */
  readonly same?: SameModels;
}

/** The result of one test at one site. */
export interface Outcome {
  readonly test: TestName;
  /** What was compared with 0; null where a test had to be refused before that. */
  readonly factor: number | null;
  /** Seeds that were compared. */
  readonly pairs: number;
  readonly medianDifference: number | null;
  /** Hodges-Lehmann estimate of the difference with its interval, and what that covers. */
  readonly difference: { value: number; low: number; high: number; coverage: number } | null;
  readonly p: number | null;
  /** The smallest p that this many pairs could have given. */
  readonly smallest: number | null;
  /** Why the test was refused. */
  readonly refused: string | null;
}

/** All tests of one site; `chance` gives each max-T test its stream. */
export function testSite(
  scores: SiteScores,
  comparison: Comparison,
  spec: StatisticsSpec,
  chance: (test: TestName) => Random,
): Outcome[] {
  const judged = scores[comparison.judged];
  if (judged.length === 0)
    return testNames.map((test) =>
      refused(
        test,
        `no seed has a score of every factor on ${comparison.judged} (a score needs 11 observations that differ)`,
      ),
    );
  const { same = new Map<number, string>() } = scores;
  if (same.size === comparison.factors.length)
    return testNames.map((test) => refused(test, [...same.values()][0]!));
  const naive = comparison.factors.indexOf(spec.naiveFactor) + 1;
  const outcomes = [
    paired("naive_best", judged, best(judged, mean), comparison, spec),
    anyFactor("any_better", judged, comparison, spec, chance("any_better")),
    anyFactor("any_worse", judged, comparison, spec, chance("any_worse")),
    chosenFactor(scores, comparison, spec),
    naive === 0
      ? refused("naive_factor", `factor ${spec.naiveFactor} is not among those trained`)
      : paired("naive_factor", judged, naive, comparison, spec),
  ];
  return outcomes.map((outcome) => {
    // The others ask of all factors, and some of them change something.
    if (outcome.test.startsWith("any")) return outcome;
    const reason = same.get(comparison.factors.indexOf(outcome.factor ?? 0) + 1);
    return reason === undefined ? outcome : refused(outcome.test, reason);
  });
}

/** The level a p-value of this test is held against: one-sided tests take half. */
export function levelOf(test: TestName, { level }: StatisticsSpec): number {
  return test === "any_better" || test === "any_worse" ? level / 2 : level;
}

/** The column whose scores are highest in the `middle`, 0 left out; the first of equals. */
export function best(rows: readonly SeedScores[], middle: (scores: readonly number[]) => number): number {
  const middles = rows[0]!.scores.map((_, k) =>
    k === 0 ? Number.NEGATIVE_INFINITY : middle(rows.map(({ scores }) => scores[k]!)),
  );
  return middles.indexOf(Math.max(...middles));
}

function mean(scores: readonly number[]): number {
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Differences of column `k` and factor 0 by seed: two-sided signed-rank test. */
function paired(
  test: TestName,
  rows: readonly SeedScores[],
  k: number,
  { factors }: Comparison,
  spec: StatisticsSpec,
): Outcome {
  const differences = gains(rows, k);
  const outcome = { ...described(test, differences, factors[k - 1]!), smallest: smallestP(rows.length) };
  return decidable({ ...outcome, p: signedRank(differences).p }, spec);
}

function anyFactor(
  test: "any_better" | "any_worse",
  rows: readonly SeedScores[],
  { factors }: Comparison,
  spec: StatisticsSpec,
  chance: Random,
): Outcome {
  const smallest = smallestMaxT(rows.length, spec.permutations);
  if (smallest > levelOf(test, spec)) return tooFew(test, rows.length, smallest, spec);
  const blocks = rows.map(({ scores }) => scores);
  const { p, treatment } = signFlipMaxT(
    blocks,
    test === "any_better" ? "greater" : "less",
    spec.permutations,
    chance,
  );
  return { ...described(test, gains(rows, treatment), factors[treatment - 1]!), smallest, p };
}

function chosenFactor(
  { validation, test }: SiteScores,
  comparison: Comparison,
  spec: StatisticsSpec,
): Outcome {
  if (!comparison.both)
    return refused(
      "chosen_factor",
      "a factor is chosen on validation and judged on test, and the config has no days of both (partitions.validation, partitions.test)",
    );
  const even = validation.filter(({ seed }) => seed % 2 === 0);
  const odd = test.filter(({ seed }) => seed % 2 === 1);
  if (even.length === 0 || odd.length === 0)
    return refused("chosen_factor", "even seeds choose and odd seeds judge, and there are not both");
  return paired("chosen_factor", odd, best(even, median), comparison, spec);
}

/** By how much factor `k` scores above 0, seed by seed. */
export function gains(rows: readonly SeedScores[], k: number): number[] {
  return rows.map(({ scores }) => scores[k]! - scores[0]!);
}

function described(test: TestName, differences: readonly number[], factor: number) {
  return {
    test,
    factor,
    pairs: differences.length,
    medianDifference: median(differences),
    difference: hodgesLehmann(differences),
    refused: null,
  };
}

/** Keeps the estimates of a test whose p cannot reach the level, and refuses its verdict. */
function decidable(outcome: Outcome, spec: StatisticsSpec): Outcome {
  if (outcome.smallest! <= levelOf(outcome.test, spec)) return outcome;
  return {
    ...outcome,
    p: null,
    refused: tooFew(outcome.test, outcome.pairs, outcome.smallest!, spec).refused,
  };
}

function tooFew(test: TestName, pairs: number, smallest: number, spec: StatisticsSpec): Outcome {
  const reason = `${pairs} pair${pairs === 1 ? "" : "s"} of seeds cannot give a p-value below ${smallest.toPrecision(2)}, and the level is ${levelOf(test, spec)}${enoughWords(test, spec)}`;
  return { ...refused(test, reason), pairs, smallest };
}

/** How many seeds a test needs, as the end of a sentence; empty if no number is enough, as with too few flips. */
function enoughWords(test: TestName, spec: StatisticsSpec): string {
  const pairs = pairsNeeded(test, spec);
  if (pairs === null) return "";
  return test === "chosen_factor"
    ? `: ${2 * pairs} seeds are enough, half of them odd`
    : `: ${pairs} seeds are enough`;
}

/** The fewest pairs of seeds whose smallest p reaches the level at one site alone; null if no number of pairs does. */
export function pairsNeeded(test: TestName, spec: StatisticsSpec): number | null {
  const isMaxT = test === "any_better" || test === "any_worse";
  const smallest = (pairs: number) => (isMaxT ? smallestMaxT(pairs, spec.permutations) : smallestP(pairs));
  // Below 2^-1074 there is no level.
  for (let pairs = 1; pairs <= 1075; pairs++) if (smallest(pairs) <= levelOf(test, spec)) return pairs;
  return null;
}

function refused(test: TestName, reason: string): Outcome {
  return {
    test,
    factor: null,
    pairs: 0,
    medianDifference: null,
    difference: null,
    p: null,
    smallest: null,
    refused: reason,
  };
}

/** The smallest p of a max-T test by flipped signs: the chance that all signs stay, and never below that of the flips made. */
export function smallestMaxT(seeds: number, flips: number): number {
  return Math.max(1 / (flips + 1), 2 ** -seeds);
}
