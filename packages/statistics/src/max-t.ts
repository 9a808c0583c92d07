/**
 * Is any treatment better than the control? The largest paired t over all of them, against its distribution
 * when the labels are permuted within each block (Westfall and Young 1993).
 *
 * The maximum pays for looking at all treatments: choosing the best and testing it as if it had been the
 * only one does not.
 */
import { type Random, shuffle } from "./random.ts";

export interface MaxT {
  /** The largest t, and the treatment that has it (1 is the first after the control). */
  readonly t: number;
  readonly treatment: number;
  readonly p: number;
  /** Of each treatment, adjusted for all of them; index 0, the control, is 1. */
  readonly adjusted: readonly number[];
}

/**
 * `blocks` are rows (seeds), each with the control's score first and then one per treatment. One-sided:
 * "greater" asks whether a treatment scores above the control, "less" below.
 */
export function maxT(
  blocks: readonly ArrayLike<number>[],
  alternative: "greater" | "less",
  permutations: number,
  chance: Random,
): MaxT {
  const sign = alternative === "greater" ? 1 : -1;
  const rows = blocks.map((block) => Float64Array.from(block, (score) => sign * score));
  const observed = tValues(rows);
  const exceeded = observed.map(() => 1);
  const shuffled = rows.map((row) => row.slice());
  for (let b = 0; b < permutations; b++) {
    for (const row of shuffled) shuffle(row, chance);
    const largest = Math.max(...tValues(shuffled).slice(1));
    observed.forEach((t, k) => {
      // As large but for rounding counts as as large.
      if (largest >= t || largest >= t - 1e-9 * Math.abs(t)) exceeded[k]!++;
    });
  }
  const adjusted = exceeded.map((count, k) => (k === 0 ? 1 : count / (permutations + 1)));
  let treatment = 1;
  for (let k = 2; k < observed.length; k++) if (observed[k]! > observed[treatment]!) treatment = k;
  return { t: sign * observed[treatment]!, treatment, p: adjusted[treatment] ?? 1, adjusted };
}

/**
 * As `maxT`, but each draw flips signs instead of permuting labels: in a block, the signs of the differences of all treatments
 * to the control, together. Permuted labels put the scores of a bad treatment under every label, which widens the distribution
 * for the good ones; flipped signs leave each treatment its own differences. Exact if a block's differences are as likely
 * with the opposite signs, as those of one treatment without an effect are.
 */
export function signFlipMaxT(
  blocks: readonly ArrayLike<number>[],
  alternative: "greater" | "less",
  flips: number,
  chance: Random,
): MaxT {
  const sign = alternative === "greater" ? 1 : -1;
  const rows = blocks.map((block) => Float64Array.from(block, (score) => sign * score));
  // [blocks][treatments]
  const differences = rows.map((row) => row.slice(1).map((score) => score - row[0]!));
  const treatments = differences[0]?.length ?? 0;
  // t grows with r = sum(d) / sqrt(n sum(d^2)), whose root no flip changes.
  const roots = Array.from({ length: treatments }, (_, k) =>
    Math.sqrt(rows.length * differences.reduce((sum, of) => sum + of[k]! ** 2, 0)),
  );
  const sums = new Float64Array(treatments);
  const correlations = (signOf: () => number) => {
    sums.fill(0);
    for (const of of differences) {
      const flip = signOf();
      for (let k = 0; k < treatments; k++) sums[k]! += flip * of[k]!;
    }
    return roots.map((root, k) => (root === 0 ? 0 : sums[k]! / root));
  };
  const observed = correlations(() => 1);
  const exceeded = observed.map(() => 1);
  for (let b = 0; b < flips; b++) {
    const largest = Math.max(...correlations(() => 2 * chance.below(2) - 1));
    observed.forEach((r, k) => {
      // As large but for rounding counts as as large.
      if (largest >= r - 1e-12) exceeded[k]!++;
    });
  }
  const adjusted = [1, ...exceeded.map((count) => count / (flips + 1))];
  const treatment = 1 + observed.indexOf(Math.max(...observed));
  return { t: sign * (tValues(rows)[treatment] ?? 0), treatment, p: adjusted[treatment] ?? 1, adjusted };
}

/** Paired t of each column against the first; the first is 0. Equal differences throughout: 0 or infinite. */
function tValues(rows: readonly Float64Array[]): number[] {
  const n = rows.length;
  return Array.from({ length: rows[0]?.length ?? 0 }, (_, k) => {
    if (k === 0) return 0;
    let sum = 0;
    let squares = 0;
    for (const row of rows) sum += row[k]! - row[0]!;
    const mean = sum / n;
    for (const row of rows) squares += (row[k]! - row[0]! - mean) ** 2;
    const error = Math.sqrt(squares / (n - 1) / n);
    return mean === 0 ? 0 : mean / error;
  });
}
