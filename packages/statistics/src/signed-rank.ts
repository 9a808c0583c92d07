/**
 * The Wilcoxon signed-rank test of paired differences (Wilcoxon 1945), and the Hodges-Lehmann estimate with
 * the interval that inverts it (Hodges and Lehmann 1963).
 *
 * The null distribution is the exact one, also with ties: every sign pattern is as likely. Differences of
 * zero say nothing about a direction and are left out.
 */
import { median, ranks } from "./order.ts";

export type Alternative = "two-sided" | "greater" | "less";

export interface SignedRank {
  /** Differences that are not zero. */
  readonly n: number;
  /** The sum of the ranks of the positive differences. */
  readonly statistic: number;
  readonly p: number;
}

/** Tests whether the differences lie around zero; "greater": above it. p is 1 where none is left. */
export function signedRank(
  differences: ArrayLike<number>,
  alternative: Alternative = "two-sided",
): SignedRank {
  const used = Float64Array.from(differences).filter((d) => d !== 0);
  const rank = ranks(used.map(Math.abs));
  let statistic = 0;
  used.forEach((d, i) => {
    if (d > 0) statistic += rank[i]!;
  });
  return { n: used.length, statistic, p: pOf(tailsOf(rank), statistic, alternative) };
}

/** The signed-rank test of differences of fixed sizes under other signs. */
export interface SignFlips {
  /** `[N]`: the rank of each difference by size; 0 for one of zero, which says nothing. */
  readonly ranks: Float64Array;
  /** The two-sided p where the ranks of the positive differences sum to `statistic`. */
  p(statistic: number): number;
}

/** What flips of the signs of these differences can give: their ranks and their null distribution, made once. */
export function signFlips(differences: ArrayLike<number>): SignFlips {
  const sizes = Float64Array.from(differences, Math.abs);
  const used = [...sizes.keys()].filter((i) => sizes[i] !== 0);
  const rank = ranks(used.map((i) => sizes[i]!));
  const all = new Float64Array(sizes.length);
  used.forEach((i, at) => {
    all[i] = rank[at]!;
  });
  const tails = tailsOf(rank);
  const known = new Map<number, number>();
  return {
    ranks: all,
    p(statistic) {
      const p = known.get(statistic) ?? pOf(tails, statistic, "two-sided");
      known.set(statistic, p);
      return p;
    },
  };
}

/** The smallest p that n differences can give. */
export function smallestP(n: number, alternative: Alternative = "two-sided"): number {
  return Math.min(1, (alternative === "two-sided" ? 2 : 1) * 2 ** -n);
}

export interface Estimate {
  /** The median of all means of two differences. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The probability that the interval covers; below the one asked for only where too few values reach it. */
  readonly coverage: number;
}

/** The Hodges-Lehmann estimate of the differences' centre with a distribution-free interval. */
export function hodgesLehmann(differences: ArrayLike<number>, coverage = 0.95): Estimate {
  const n = differences.length;
  const walsh = new Float64Array((n * (n + 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) walsh[at++] = (differences[i]! + differences[j]!) / 2;
  walsh.sort();
  const tails = tailsOf(Float64Array.from({ length: n }, (_, i) => i + 1));
  // The k-th smallest and the k-th largest mean: P(W <= k - 1) is at most half of what may be missed.
  let k = 0;
  while (k < walsh.length && tails.atMost(k) <= (1 - coverage) / 2) k++;
  k = Math.max(1, k);
  return {
    value: median(walsh),
    low: walsh[k - 1] ?? Number.NaN,
    high: walsh[walsh.length - k] ?? Number.NaN,
    coverage: n === 0 ? 0 : 1 - 2 * tails.atMost(k - 1),
  };
}

interface Tails {
  atLeast(statistic: number): number;
  atMost(statistic: number): number;
}

function pOf(tails: Tails, statistic: number, alternative: Alternative): number {
  if (alternative === "greater") return tails.atLeast(statistic);
  if (alternative === "less") return tails.atMost(statistic);
  return Math.min(1, 2 * Math.min(tails.atLeast(statistic), tails.atMost(statistic)));
}

/** The distribution of the sum over random signs: counts by sum, of ranks doubled so that ties stay whole. */
function tailsOf(rank: Float64Array): Tails {
  const doubled = rank.map((r) => 2 * r);
  const total = doubled.reduce((sum, r) => sum + r, 0);
  let probability = new Float64Array(total + 1);
  probability[0] = 1;
  let reached = 0;
  for (const r of doubled) {
    const next = new Float64Array(total + 1);
    for (let s = 0; s <= reached; s++) {
      const half = probability[s]! / 2;
      next[s]! += half;
      next[s + r]! += half;
    }
    probability = next;
    reached += r;
  }
  const sum = (from: number, to: number) => {
    let part = 0;
    for (let s = Math.max(0, from); s <= Math.min(total, to); s++) part += probability[s]!;
    return Math.min(1, part);
  };
  return {
    atLeast: (statistic) => sum(Math.ceil(2 * statistic), total),
    atMost: (statistic) => sum(0, Math.floor(2 * statistic)),
  };
}
