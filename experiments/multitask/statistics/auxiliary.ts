/** Verdicts on an auxiliary variable: its models at each factor against the single-task models of another experiment, paired by seed. */
import { readHistory, realFiles } from "braid-engine";
import { commandOf } from "../command-name.ts";
import { compare, siteScores, type TestOverSites } from "./compare.ts";
import { recordedProtocol } from "./recorded-protocol.ts";
import { readScores, type ScoreTable } from "./scores.ts";
import type { Comparison, StatisticsSpec } from "./spec.ts";

/** An auxiliary variable and where its single-task models are; `tables` are paths of scores that exist. */
export interface AuxiliarySource {
  readonly variable: string;
  readonly experiment: string | null;
  readonly tables: readonly string[];
}

export interface AuxiliaryQuestion {
  /** The experiment whose auxiliary is judged. */
  readonly name: string;
  readonly trainOn: string;
  /** Its table of scores. */
  readonly metrics: string;
  readonly comparison: Comparison;
  readonly statistics: StatisticsSpec;
  /** The working folder, whose journal says how models were made. */
  readonly folder: string;
}

/** All tests of an auxiliary at all sites; where a baseline is missing they are refused with the reason and the command that makes it. */
export async function auxiliaryTests(
  source: AuxiliarySource,
  question: AuxiliaryQuestion,
): Promise<TestOverSites[]> {
  const { comparison, statistics, metrics } = question;
  const baseline = await baselineOf(source, question);
  if (typeof baseline === "string") return refuseAll(question, () => baseline);
  const own = await readScores(metrics, source.variable, "nse");
  const table: ScoreTable = {
    ...own,
    of: (site, partition, seed, factor) => (factor === 0 ? baseline : own).of(site, partition, seed, factor),
  };
  const scoresOf = (site: string) => siteScores(table, site, comparison);
  const isIn = (scores: ScoreTable, site: string, factors: readonly number[]) =>
    comparison.seeds.some((seed) =>
      factors.some((factor) => !Number.isNaN(scores.of(site, comparison.judged, seed, factor))),
    );
  const { variable, experiment } = source;
  return replaceReasons(compare(scoresOf, comparison, statistics), (site) => {
    if (scoresOf(site)[comparison.judged].length > 0) return null;
    if (!isIn(own, site, comparison.factors)) return `${variable} has no score on ${comparison.judged} here`;
    return isIn(baseline, site, [0])
      ? `no seed has a score of ${variable} in both ${question.name} and ${experiment}`
      : `${experiment} has no score of ${variable} on ${comparison.judged} here`;
  });
}

/** The scores of the single-task models, or why they cannot be used. */
async function baselineOf(
  { variable, experiment, tables }: AuxiliarySource,
  { name, trainOn, comparison, folder }: AuxiliaryQuestion,
): Promise<ScoreTable | string> {
  if (experiment === null)
    return `no experiment of the config has it as its primary. Add one (trainOn: ${trainOn}), and run its factor 0`;
  const { judged, both, sites, seeds } = comparison;
  const needed = both ? ["validation", "test"] : [judged];
  const make = `With the same options: ${commandOf(experiment.split("/")[0]!)} --factors 0 --evaluate ${needed.join(" ")}`;
  if (tables.length === 0) return `${experiment}, whose factor 0 trains it alone, was not run here. ${make}`;
  // A table without the variable was made by another config: it has no scores to use.
  const read = await Promise.all(tables.map((table) => readScores(table, variable, "nse").catch(() => null)));
  const all = read.filter((table) => table !== null);
  const isThere = (table: ScoreTable, partition: string) =>
    sites.some((site) => seeds.some((seed) => !Number.isNaN(table.of(site, partition, seed, 0))));
  // The table of the default target is as new as the models: if it has all, an older one does not matter.
  const [newest] = read;
  const isWhole = newest && needed.every((partition) => isThere(newest, partition));
  const scores = isWhole ? [newest] : all;
  const other = differing(scores, comparison);
  if (other !== null)
    return `the tables of ${experiment} are of different models (site ${other}). Make them again: ${commandOf(experiment.split("/")[0]!)} statistics`;
  if (!needed.every((partition) => scores.some((table) => isThere(table, partition))))
    return `${experiment}, whose factor 0 trains it alone, is not scored on ${needed.join(" and ")}. ${make}`;
  const history = readHistory(realFiles(folder));
  const [own, theirs] = [name, experiment].map((one) =>
    recordedProtocol(history, { experiment: one, sites, seeds }),
  ) as [ReadonlySet<string>, ReadonlySet<string>];
  if (theirs.size === 0) return `the journal of this folder does not say how ${experiment} was trained`;
  if (own.size !== theirs.size || [...own].some((way) => !theirs.has(way)))
    return `${experiment} was trained with other settings or on other data. ${make}`;
  const [first] = scores;
  return {
    ...first!,
    of: (...keys) =>
      scores.map((table) => table.of(...keys)).find((score) => !Number.isNaN(score)) ?? Number.NaN,
  };
}

/** A site at which two tables have different scores of one model; null if there is none. */
function differing(scores: readonly ScoreTable[], { sites, seeds }: Comparison): string | null {
  const isOther = (site: string, partition: string, seed: number) => {
    const found = scores
      .map((table) => table.of(site, partition, seed, 0))
      .filter((one) => !Number.isNaN(one));
    return new Set(found).size > 1;
  };
  const partitions = ["validation", "test"];
  return (
    sites.find((site) =>
      partitions.some((partition) => seeds.some((seed) => isOther(site, partition, seed))),
    ) ?? null
  );
}

function refuseAll({ comparison, statistics }: AuxiliaryQuestion, reason: (site: string) => string) {
  const none = { validation: [], test: [] };
  return replaceReasons(
    compare(() => none, comparison, statistics),
    reason,
  );
}

function replaceReasons(
  tests: readonly TestOverSites[],
  reasonOf: (site: string) => string | null,
): TestOverSites[] {
  return tests.map(({ test, bySite }) => ({
    test,
    bySite: new Map(
      [...bySite].map(([site, judged]) => [site, { ...judged, refused: reasonOf(site) ?? judged.refused }]),
    ),
  }));
}
