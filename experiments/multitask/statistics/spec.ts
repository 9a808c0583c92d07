/** How the comparison of factors is to be made: the config's `statistics`, and what the other keys say to it. */

export interface StatisticsSpec {
  /** The chance of a false "better" or "worse" at a site without a difference; one-sided tests take half of it. */
  readonly level: number;
  /** A smaller median difference in NSE counts as no difference, however sure it is. */
  readonly minimumEffect: number;
  /** Sign flips of the max-T tests, and of the counts of sites that share models. */
  readonly permutations: number;
  /** Number of resamples of a bootstrap. */
  readonly resamples: number;
  /** Length of the blocks of the bootstrap over days, in days. */
  readonly blockDays: number;
  /** The factor of one who does not choose. */
  readonly naiveFactor: number;
  /** Seeds sign flips and resamples. */
  readonly seed: number;
}

/** What is compared at every site. */
export interface Comparison {
  /** The factors above 0, in the order of the config. */
  readonly factors: readonly number[];
  readonly seeds: readonly number[];
  readonly sites: readonly string[];
  /** The partition that verdicts are about: test where it is scored, else validation. */
  readonly judged: "test" | "validation";
  /** Whether factors can be chosen on validation and judged on test. */
  readonly both: boolean;
}

/** By the column of a factor (1 is the first above 0), why its models are those of factor 0. */
export type SameModels = ReadonlyMap<number, string>;

/** The partition that verdicts are about, of those that are scored. */
export const judgedPartition = (evaluate: readonly string[]): Comparison["judged"] =>
  evaluate.includes("test") ? "test" : "validation";
