/**
 * Verdicts of sites that share models: how many would be called better or worse if a factor did nothing, and the mean gain.
 *
 * A seed's two models of a unit, with and without the factor, predict all its sites. If the factor does nothing, the two may change
 * places: the differences of that seed change their signs at all sites of the unit together. Flips of this kind give the
 * distribution of a count that independent sites do not have.
 */
import {
  benjaminiYekutieli,
  type Interval,
  median,
  quantile,
  type Random,
  signFlips,
} from "@braid/statistics";
import type { StatisticsSpec } from "./spec.ts";

/** NSE(factor) - NSE(0) at one site, by seed. */
export interface SiteDifferences {
  readonly site: string;
  readonly unit: string;
  readonly bySeed: ReadonlyMap<number, number>;
}

export interface JointCount {
  readonly sites: number;
  readonly better: number;
  readonly worse: number;
  /** The 99 % point of either count if the factor did nothing, and the chance of counts as large as these. */
  readonly nullHigh: number;
  readonly pBetter: number;
  readonly pWorse: number;
  /** Verdicts after the correction of Benjamini and Yekutieli, which allows any dependence. */
  readonly betterYekutieli: number;
  readonly worseYekutieli: number;
}

type Verdict = -1 | 0 | 1;

/** Verdicts of one factor at all sites, each by the signed-rank test over its seeds, beside those of flipped seeds. */
export function jointCounts(
  sites: readonly SiteDifferences[],
  spec: Pick<StatisticsSpec, "level" | "minimumEffect">,
  permutations: number,
  chance: Random,
): JointCount {
  const tests = sites.map(({ unit, bySeed }) => {
    const values = [...bySeed.values()];
    return { unit, seeds: [...bySeed.keys()], values, ...signFlips(values) };
  });
  const verdictOf = (
    { ranks, values, p }: (typeof tests)[number],
    signs: readonly number[],
    level: number,
  ): Verdict => {
    const statistic = ranks.reduce((sum, rank, i) => sum + (values[i]! * signs[i]! > 0 ? rank : 0), 0);
    if (p(statistic) > level) return 0;
    const middle = median(values.map((value, i) => value * signs[i]!));
    return middle >= spec.minimumEffect ? 1 : middle <= -spec.minimumEffect ? -1 : 0;
  };
  const countsOf = (signOf: (unit: string, seed: number) => number) => {
    const found = tests.map((test) =>
      verdictOf(
        test,
        test.seeds.map((seed) => signOf(test.unit, seed)),
        spec.level,
      ),
    );
    return {
      better: found.filter((one) => one === 1).length,
      worse: found.filter((one) => one === -1).length,
    };
  };
  const observed = countsOf(() => 1);
  const [above, least] = [{ better: 1, worse: 1 }, [] as number[]];
  for (let k = 0; k < permutations; k++) {
    const signs = new Map<string, number>();
    const drawn = countsOf((unit, seed) => {
      const key = `${unit}\0${seed}`;
      const sign = signs.get(key) ?? 2 * chance.below(2) - 1;
      signs.set(key, sign);
      return sign;
    });
    // Flips of all signs at once change the two counts over: both are draws of one distribution.
    least.push(drawn.better, drawn.worse);
    for (const name of ["better", "worse"] as const) if (drawn[name] >= observed[name]) above[name]++;
  }
  const ps = tests.map((test) =>
    test.p(test.ranks.reduce((sum, rank, i) => sum + (test.values[i]! > 0 ? rank : 0), 0)),
  );
  const strict = benjaminiYekutieli(ps);
  const yekutieli = tests.map(({ values }, s): Verdict => {
    if (strict[s]! > spec.level) return 0;
    const middle = median(values);
    return middle >= spec.minimumEffect ? 1 : middle <= -spec.minimumEffect ? -1 : 0;
  });
  return {
    sites: sites.length,
    ...observed,
    nullHigh: quantile(least, 0.99),
    pBetter: above.better / (permutations + 1),
    pWorse: above.worse / (permutations + 1),
    betterYekutieli: yekutieli.filter((one) => one === 1).length,
    worseYekutieli: yekutieli.filter((one) => one === -1).length,
  };
}

/**
 * The mean over sites of the mean gain over seeds, and its 95 % interval: seeds are drawn with replacement for all sites of a unit
 * together, and so are whole regions of sites.
 */
export function meanGain(
  sites: readonly SiteDifferences[],
  groups: readonly (readonly string[])[],
  resamples: number,
  chance: Random,
): { readonly gain: number; readonly interval: Interval } {
  const bySite = new Map(sites.map((one) => [one.site, one]));
  const clusters = groups
    .map((group) => group.flatMap((site) => bySite.get(site) ?? []))
    .filter((group) => group.length > 0);
  const seeds = [...new Set(sites.flatMap(({ bySeed }) => [...bySeed.keys()]))];
  const gain = mean(sites.map(({ bySeed }) => mean([...bySeed.values()])));
  const draws: number[] = [];
  for (let b = 0; b < resamples; b++) {
    const drawn = new Map<string, number[]>();
    const seedsOf = (unit: string) => {
      const own = drawn.get(unit) ?? seeds.map(() => seeds[chance.below(seeds.length)]!);
      drawn.set(unit, own);
      return own;
    };
    const gains = clusters
      .flatMap(() => clusters[chance.below(clusters.length)]!)
      .map(({ unit, bySeed }) => mean(seedsOf(unit).flatMap((seed) => bySeed.get(seed) ?? [])))
      .filter((one) => !Number.isNaN(one));
    if (gains.length > 0) draws.push(mean(gains));
  }
  return { gain, interval: { low: quantile(draws, 0.025), high: quantile(draws, 0.975) } };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
