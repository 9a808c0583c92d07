/** The site that a page opens with: the one whose result is the clearest. */
import { median } from "@braid/statistics";
import type { Verdicts } from "braid-pages/report";
import type { Axes } from "./metrics-cubes.ts";

/**
 * Of the sites at which the models are better than the mean of the observations (NSE above 0): the one whose interval of the
 * gain lies farthest from 0, on the side on which more sites lie. Without such intervals: the site of the highest median
 * NSE; without scores: the first.
 * @param nse the judged scores by site, factor and seed, the seed running fastest.
 */
export function tellingSite(
  { sites, factors, seeds }: Axes,
  nse: Float32Array,
  answer: Verdicts["answer"],
): string {
  const models = factors.length * seeds.length;
  const medians = sites.map((_, s) =>
    median([...nse.subarray(s * models, (s + 1) * models)].filter(Number.isFinite)),
  );
  const results = sites.flatMap((site, s) => {
    const { low = null, high = null } = answer?.bySite[site] ?? {};
    return low === null || high === null || !(medians[s]! > 0) ? [] : [{ site, low, high }];
  });
  const above = results.filter(({ low }) => low > 0).sort((a, b) => b.low - a.low);
  const below = results.filter(({ high }) => high < 0).sort((a, b) => a.high - b.high);
  const [clearest] = above.length >= below.length ? above : below;
  if (clearest !== undefined) return clearest.site;
  const [highest] = sites
    .map((_, s) => s)
    .filter((s) => Number.isFinite(medians[s]))
    .sort((a, b) => medians[b]! - medians[a]!);
  return sites[highest ?? 0]!;
}
