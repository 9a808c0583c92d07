/**
 * From p-values to verdicts: better, no difference or worse, at each site alone and with the number of sites paid
 * for (Holm; Benjamini and Hochberg). A verdict also needs an effect that matters; a refused test has none.
 */
import { benjaminiHochberg, holm, type Interval } from "@braid/statistics";
import { levelOf, type Outcome } from "./site-tests.ts";
import type { StatisticsSpec } from "./spec.ts";

export type Verdict = "better" | "no difference" | "worse" | "refused";

/** Multiple-comparison corrections, in the order of the tables. */
export const adjustments = ["none", "benjamini_hochberg", "holm"] as const;

export type Adjustment = (typeof adjustments)[number];

/** One site's outcome with its verdicts. */
export interface Judged {
  readonly outcome: Outcome;
  readonly adjusted: Readonly<Record<Adjustment, number | null>>;
  readonly verdicts: Readonly<Record<Adjustment, Verdict>>;
  /** Why a verdict was refused; null where all stand. */
  readonly refused: string | null;
}

/** Judges the outcomes of one test at all sites; sites whose test was refused do not count among the tests made. */
export function judge(outcomes: readonly Outcome[], spec: StatisticsSpec): Judged[] {
  const made = outcomes.filter(({ p }) => p !== null);
  const ps = made.map(({ p }) => p!);
  const [bh, strict] = [benjaminiHochberg(ps), holm(ps)];
  return outcomes.map((outcome) => {
    const at = made.indexOf(outcome);
    const beyondHolm = at < 0 ? null : holmOutOfReach(outcome, made.length, spec);
    const adjusted = {
      none: outcome.p,
      benjamini_hochberg: bh[at] ?? null,
      holm: beyondHolm === null ? (strict[at] ?? null) : null,
    };
    return {
      outcome,
      adjusted,
      verdicts: {
        none: verdict(outcome, adjusted.none, spec),
        benjamini_hochberg: verdict(outcome, adjusted.benjamini_hochberg, spec),
        holm: verdict(outcome, adjusted.holm, spec),
      },
      refused: outcome.refused ?? beyondHolm,
    };
  });
}

function verdict(outcome: Outcome, p: number | null, spec: StatisticsSpec): Verdict {
  if (p === null) return "refused";
  const median = outcome.medianDifference!;
  if (p > levelOf(outcome.test, spec)) return "no difference";
  if (median >= spec.minimumEffect && outcome.test !== "any_worse") return "better";
  return median <= -spec.minimumEffect && outcome.test !== "any_better" ? "worse" : "no difference";
}

/** Holm multiplies the smallest of the p-values by the number of sites: below what the seeds can give, none passes. */
function holmOutOfReach(
  { test, smallest, pairs }: Outcome,
  sites: number,
  spec: StatisticsSpec,
): string | null {
  if (smallest! * sites <= levelOf(test, spec)) return null;
  const needed = levelOf(test, spec) / sites;
  return `Holm over ${sites} sites needs a p-value of ${needed.toPrecision(2)}; ${pairs} pairs of seeds${test.startsWith("any") ? " and the flips made" : ""} cannot go below ${smallest!.toPrecision(2)}`;
}

/** The verdict of an estimate whose interval leaves out 0 and that is large enough to matter. */
export function verdictOfInterval(
  value: number,
  { low, high }: Interval,
  { minimumEffect }: Pick<StatisticsSpec, "minimumEffect">,
): Verdict {
  if (low > 0 && value >= minimumEffect) return "better";
  return high < 0 && value <= -minimumEffect ? "worse" : "no difference";
}
