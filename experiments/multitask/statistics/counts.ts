/** Over sites: how many are better, the same and worse, with an interval from whole regions drawn with replacement. */
import { clusterSample, type Interval, quantile, type Random } from "@braid/statistics";
import type { Verdict } from "./verdicts.ts";

export interface Count {
  readonly sites: number;
  /** 95 % interval of the count; null if the sites cannot be grouped. */
  readonly interval: Interval | null;
}

export type Counts = Readonly<Record<"better" | "no difference" | "worse", Count>> & {
  readonly refused: number;
};

const counted = ["better", "no difference", "worse"] as const;

/**
 * Counts verdicts. Neighbours share weather and gauging practice: `groups`, the sites by region, are drawn whole.
 * Draws differ in size, so shares are taken and multiplied by the number of sites that were judged.
 */
export function countVerdicts(
  verdicts: ReadonlyMap<string, Verdict>,
  groups: readonly (readonly string[])[] | null,
  resamples: number,
  chance: Random,
): Counts {
  const judged = [...verdicts.values()].filter((verdict) => verdict !== "refused");
  const drawn = groups === null ? null : sharesDrawn(verdicts, groups, resamples, chance);
  const count = (name: (typeof counted)[number]): Count => ({
    sites: judged.filter((verdict) => verdict === name).length,
    interval:
      drawn === null || judged.length === 0
        ? null
        : {
            low: quantile(drawn[name], 0.025) * judged.length,
            high: quantile(drawn[name], 0.975) * judged.length,
          },
  });
  return {
    better: count("better"),
    "no difference": count("no difference"),
    worse: count("worse"),
    refused: verdicts.size - judged.length,
  };
}

function sharesDrawn(
  verdicts: ReadonlyMap<string, Verdict>,
  groups: readonly (readonly string[])[],
  resamples: number,
  chance: Random,
) {
  const judgedGroups = groups
    .map((group) => group.map((site) => verdicts.get(site)!).filter((verdict) => verdict !== "refused"))
    .filter((group) => group.length > 0);
  const shares = { better: [] as number[], "no difference": [] as number[], worse: [] as number[] };
  for (let b = 0; b < resamples && judgedGroups.length > 0; b++) {
    const sample = clusterSample(judgedGroups, chance);
    for (const name of counted)
      shares[name].push(sample.filter((verdict) => verdict === name).length / sample.length);
  }
  return shares;
}
