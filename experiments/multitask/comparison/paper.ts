/**
 * What Sadler et al. (2022) report in their abstract, to be compared with our counts. The letters of the paper's experiments
 * beyond A, and what its fourth one is, are not public: these are numbers of a question, not of a letter.
 */
import type { FinishedExperiment } from "./experiments.ts";

/** Counts of sites; null if the abstract gives none. */
export interface PaperCounts {
  readonly better: number | null;
  readonly same: number | null;
  readonly worse: number | null;
  readonly sites: number;
}

/** The paper's counts under one of our tests; null if it has none. "2 worse" is the rest of 101 sites. */
export function paperCounts(
  { isFlow, primary, trainOn }: Pick<FinishedExperiment, "isFlow" | "primary" | "trainOn">,
  test: string,
): PaperCounts | null {
  const none = { better: null, same: null, worse: null };
  if (isFlow && trainOn === undefined && test === "naive_best")
    return { better: 56, same: 43, worse: 2, sites: 101 };
  if (isFlow && trainOn === undefined && test === "naive_factor") return { ...none, worse: 3, sites: 101 };
  if (isFlow && trainOn === "all" && test === "naive_best") return { ...none, better: 17, sites: 101 };
  if (/^temp|temperature/i.test(primary) && trainOn === undefined && test === "naive_factor")
    return { ...none, worse: 47, sites: 53 };
  return null;
}
