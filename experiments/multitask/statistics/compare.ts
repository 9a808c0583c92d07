/** All tests at all sites, judged. */
import { cannot } from "braid-engine";
import type { ScoreTable } from "./scores.ts";
import { type SeedScores, type SiteScores, type TestName, testNames, testSite } from "./site-tests.ts";
import type { Comparison, StatisticsSpec } from "./spec.ts";
import { stream } from "./streams.ts";
import { type Judged, judge } from "./verdicts.ts";

/** The keys of an experiment that say what can be compared. */
interface ComparedKeys {
  readonly factors: readonly number[];
  readonly seeds: readonly number[];
  readonly sites: readonly string[];
  readonly evaluate: readonly string[];
}

interface Comparable extends Pick<ComparedKeys, "factors" | "evaluate"> {
  /** The variables that are learnt, if they are known. */
  readonly prepare?: { readonly variables: readonly string[] };
}

/** Why an experiment's keys let nothing be compared, and what would; null where they do. */
export function incomparable({ factors, evaluate, prepare }: Comparable) {
  const above = factors.filter((factor) => factor !== 0);
  if (above.length === factors.length || above.length === 0)
    return {
      ...{ compare: "factors", given: factors.join(", ") },
      cause: "the comparison is with factor 0 and needs another one",
      hint: "List both: --factors 0 1",
    };
  if (prepare?.variables.length === 1)
    return {
      ...{ compare: "factors", given: factors.join(", ") },
      cause: `${prepare.variables[0]} is the only variable, so every factor trains the same model`,
      hint: 'Name another variable of obs_file.csv under "auxiliary" in the config.',
    };
  if (!evaluate.includes("validation") && !evaluate.includes("test"))
    return {
      ...{ compare: "on partition", given: evaluate.join(", ") },
      cause: "it is what the models learnt from",
      hint: "Give the experiment other days as well: partitions.validation, partitions.test.",
    };
  return null;
}

/** The error that says so. */
export function incomparableError({
  compare,
  given,
  cause,
  hint,
}: NonNullable<ReturnType<typeof incomparable>>): Error {
  return cannot(`compare ${compare}`, given, cause, { hint });
}

/** What an experiment's keys let be compared. @throws where there is no control, no factor beside it or no partition to judge on. */
export function comparisonOf(experiment: ComparedKeys): Comparison {
  const { factors, seeds, sites, evaluate } = experiment;
  const obstacle = incomparable(experiment);
  if (obstacle !== null) throw incomparableError(obstacle);
  const [validation, test] = [evaluate.includes("validation"), evaluate.includes("test")];
  const above = factors.filter((factor) => factor !== 0);
  return { factors: above, seeds, sites, judged: test ? "test" : "validation", both: validation && test };
}

/** One test at all sites, in the order of the comparison. */
export interface TestOverSites {
  readonly test: TestName;
  readonly bySite: ReadonlyMap<string, Judged>;
}

/** Runs and judges every test. `scoresOf` gives a site's models. */
export function compare(
  scoresOf: (site: string) => SiteScores,
  comparison: Comparison,
  spec: StatisticsSpec,
): TestOverSites[] {
  const outcomes = comparison.sites.map((site) =>
    testSite(scoresOf(site), comparison, spec, (test) => stream(spec.seed, test, site)),
  );
  return testNames.map((test, t) => {
    const judged = judge(
      outcomes.map((ofSite) => ofSite[t]!),
      spec,
    );
    return { test, bySite: new Map(comparison.sites.map((site, s) => [site, judged[s]!])) };
  });
}

/** A site's models in a table of scores; a seed that lacks a factor's score is left out of its partition. */
export function siteScores(table: ScoreTable, site: string, { factors, seeds }: Comparison): SiteScores {
  const on = (partition: string): SeedScores[] =>
    seeds
      .map((seed) => ({
        seed,
        scores: [0, ...factors].map((factor) => table.of(site, partition, seed, factor)),
      }))
      .filter(({ scores }) => !scores.some(Number.isNaN));
  return { validation: on("validation"), test: on("test") };
}
