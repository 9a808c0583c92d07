import { random, signedRank } from "@braid/statistics";
import { describe, expect, test } from "vitest";
import { jointCounts, meanGain, type SiteDifferences } from "./joint.ts";

const spec = { level: 0.05, minimumEffect: 0.01 };
const seeds = Array.from({ length: 12 }, (_, seed) => seed);

/** Uniform in [-1, 1). */
const uniform = (chance: ReturnType<typeof random>) => chance.below(2_000_001) / 1_000_000 - 1;

/** Sites whose differences are their seed's luck, shared within a unit, plus their own noise. */
function sitesOf(count: number, shared: number, gain: number, seed: number, units = 1): SiteDifferences[] {
  const chance = random(seed);
  const luck = Array.from({ length: units }, () => seeds.map(() => shared * uniform(chance)));
  return Array.from({ length: count }, (_, s) => ({
    site: String(s),
    unit: String(s % units),
    bySeed: new Map(seeds.map((one) => [one, gain + luck[s % units]![one]! + 0.2 * uniform(chance)])),
  }));
}

describe("counts of sites that share models", () => {
  test("are those of each site's own test", () => {
    const sites = sitesOf(30, 0.1, 0.05, 3);
    const { better, worse } = jointCounts(sites, spec, 1, random(1));
    const own = sites.map(({ bySeed }) => {
      const values = [...bySeed.values()].sort((a, b) => a - b);
      const middle = (values[5]! + values[6]!) / 2;
      return signedRank(values).p > 0.05 ? 0 : Math.abs(middle) < 0.01 ? 0 : Math.sign(middle);
    });
    expect(better).toBe(own.filter((one) => one === 1).length);
    expect(worse).toBe(own.filter((one) => one === -1).length);
    expect(better).toBeGreaterThan(0);
  });

  test("reach further by chance the more the sites share, and much further than of independent sites", () => {
    const apart = jointCounts(sitesOf(40, 0, 0, 5, 40), spec, 400, random(1));
    const together = jointCounts(sitesOf(40, 1, 0, 5), spec, 400, random(1));
    // Binomial(40, 0.025) has its 99 % point at 4.
    expect(apart.nullHigh).toBeLessThanOrEqual(5);
    expect(together.nullHigh).toBeGreaterThan(20);
  });

  test("have a p that is right if the factor does nothing, however much is shared", () => {
    const found = Array.from({ length: 200 }, (_, run) =>
      jointCounts(sitesOf(20, 1, 0, 1_000 + run), spec, 99, random(run)),
    );
    const false5 = found.filter(({ pBetter }) => pBetter <= 0.05).length;
    // At most 5 % of 200; 18 is beyond 99 % of Binomial(200, 0.05).
    expect(false5).toBeLessThanOrEqual(18);
    // Counting each site alone, one run in many would call most sites better.
    expect(Math.max(...found.map(({ better }) => better))).toBeGreaterThan(10);
  });

  test("find a gain that all sites share", () => {
    const { better, pBetter, pWorse, betterYekutieli } = jointCounts(
      sitesOf(20, 0.05, 0.3, 9),
      spec,
      499,
      random(2),
    );
    expect(better).toBe(20);
    expect(pBetter).toBeLessThan(0.01);
    expect(pWorse).toBe(1);
    expect(betterYekutieli).toBe(20);
  });

  test("are fewer under a correction that allows any dependence", () => {
    const { better, betterYekutieli } = jointCounts(sitesOf(40, 0.1, 0.06, 4), spec, 1, random(1));
    expect(betterYekutieli).toBeLessThan(better);
  });
});

describe("the mean gain", () => {
  test("is the mean over sites and seeds, within an interval that widens with what the sites share", () => {
    const groups = (sites: readonly SiteDifferences[]) => sites.map(({ site }) => [site]);
    const [apart, together] = [sitesOf(40, 0, 0.1, 5, 40), sitesOf(40, 1, 0.1, 5)];
    const mean = (sites: readonly SiteDifferences[]) =>
      sites.flatMap(({ bySeed }) => [...bySeed.values()]).reduce((sum, one) => sum + one, 0) / (40 * 12);
    const [narrow, wide] = [apart, together].map((sites) => meanGain(sites, groups(sites), 400, random(1)));
    expect(narrow!.gain).toBeCloseTo(mean(apart), 12);
    expect(wide!.gain).toBeCloseTo(mean(together), 12);
    const width = ({ interval }: typeof narrow & object) => interval.high - interval.low;
    expect(width(wide!)).toBeGreaterThan(5 * width(narrow!));
  });

  test("covers the truth at about 19 of 20 draws of seeds", () => {
    const covered = Array.from({ length: 100 }, (_, run) => {
      const sites = sitesOf(15, 0.5, 0.1, 50 + run);
      const { low, high } = meanGain(
        sites,
        sites.map(({ site }) => [site]),
        300,
        random(run),
      ).interval;
      return low <= 0.1 && 0.1 <= high;
    }).filter(Boolean).length;
    // A percentile bootstrap of 12 seeds covers somewhat less than 95 %.
    expect(covered).toBeGreaterThanOrEqual(84);
  });
});
