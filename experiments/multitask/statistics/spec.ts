/** How the comparison of factors is to be made: the config's `statistics`, and what the other keys say to it. */

export interface StatisticsSpec {
  /** The chance of a false "better" or "worse" at a site without a difference; one-sided tests take half of it. */
  readonly level: number;
  /** A smaller median difference in NSE counts as no difference, however sure it is. */
  readonly minimumEffect: number;
  /** Label permutations of the max-T tests. */
  readonly permutations: number;
  /** Resamples of a bootstrap. */
  readonly resamples: number;
  /** Days of a block of the bootstrap over days. */
  readonly blockDays: number;
  /** The factor of one who does not choose. */
  readonly naiveFactor: number;
  /** Seeds permutations and resamples. */
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
