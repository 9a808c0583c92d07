/** The scores by factor that a table of metrics has by itself, before anything is tested. */
import { median, quantile } from "@braid/statistics";
import { cannot } from "braid-engine";
import { valuesInTable } from "../missing-sites.ts";
import { sharingSites } from "../units.ts";
import type { FactorLine } from "./answer-tables.ts";
import { comparisonOf, siteScores } from "./compare.ts";
import { type Members, sameModels } from "./same-models.ts";
import { readScores, type ScoreTable } from "./scores.ts";
import { gains } from "./site-tests.ts";
import type { StatisticsSpec } from "./spec.ts";
import { type Unscored, whyUnscored } from "./unscored.ts";

/** What the answer is about. */
export interface AnswerSource {
  readonly name: string;
  /** The experiment whose prepared data it uses, where they are not its own. */
  readonly preparedBy?: string;
  readonly synthetic: boolean;
  readonly primary: string;
  /** All variables that are learnt, the primary first. */
  readonly prepare: { readonly variables: readonly string[] };
  readonly factors: readonly number[];
  readonly seeds: readonly number[];
  readonly sites: readonly string[];
  /** Sites that the config leaves out. */
  readonly excluded: readonly string[];
  readonly evaluate: readonly string[];
  /** The partitions that the statistics score: those of `evaluate` at least. */
  readonly judges: readonly string[];
  readonly statistics: StatisticsSpec;
  /** The variables that are discharge. */
  readonly discharge: readonly string[];
  /** `heldOut`: the sites of each unit that it did not learn from. */
  readonly units?: {
    readonly trainOn: string;
    readonly members: Members;
    readonly heldOut?: Members;
  };
}

/** The partition that is shown: of those scored the one kept longest from the models. */
export function partitionOf({ evaluate }: AnswerSource): string {
  return ["test", "validation"].find((partition) => evaluate.includes(partition)) ?? evaluate[0]!;
}

/** What the gathered scores say by themselves, and of how many sites and seeds. */
export interface Seen {
  readonly factors: readonly FactorLine[];
  readonly sites: number;
  readonly seeds: number;
  readonly unscored: readonly Unscored[];
}

/** Medians over sites of each site's median over seeds, from the metrics alone. */
export async function linesOf(source: AnswerSource, file: string): Promise<Seen> {
  const comparison = comparisonOf(source);
  const table = await readScores(file, source.primary, "nse");
  const all = comparison.sites.map((site) => siteScores(table, site, comparison)[comparison.judged]);
  const bySite = all.filter((rows) => rows.length > 0);
  const sameAt = sameModels(table, comparison, source.units && sharingSites(source.units));
  const unscored = unscoredAmong(
    table,
    comparison.sites.filter((_, s) => all[s]!.length === 0),
    source,
    comparison.judged,
  );
  if (bySite.length === 0) return noneScored(source, file, unscored);
  const factors = [0, ...comparison.factors].map((factor, k) => {
    const medians = bySite.map((rows) => median(rows.map(({ scores }) => scores[k]!)));
    return {
      factor,
      q25: quantile(medians, 0.25),
      median: median(medians),
      q75: quantile(medians, 0.75),
      difference: median(
        comparison.sites.flatMap((site, s) =>
          all[s]!.length === 0 || sameAt(site).has(k) ? [] : [median(gains(all[s]!, k))],
        ),
      ),
    };
  });
  return { factors, sites: bySite.length, seeds: Math.max(...bySite.map((rows) => rows.length)), unscored };
}

/** The same where nothing is compared: each factor by itself, no seed paired with another. */
export async function linesAlone(source: AnswerSource, file: string): Promise<Seen> {
  const { factors, seeds, sites, primary } = source;
  const partition = partitionOf(source);
  const table = await readScores(file, primary, "nse");
  const all = sites.map((site) =>
    factors.map((factor) =>
      seeds.map((seed) => table.of(site, partition, seed, factor)).filter((nse) => !Number.isNaN(nse)),
    ),
  );
  const isScored = (byFactor: readonly number[][]) => byFactor.some((scores) => scores.length > 0);
  const scored = all.filter(isScored);
  const unscored = unscoredAmong(
    table,
    sites.filter((_, s) => !isScored(all[s]!)),
    source,
    partition,
  );
  if (scored.length === 0) return noneScored(source, file, unscored);
  const lines = factors.map((factor, k) => {
    const medians = scored.flatMap((byFactor) => (byFactor[k]!.length === 0 ? [] : [median(byFactor[k]!)]));
    const at = (q: number) => (medians.length === 0 ? Number.NaN : quantile(medians, q));
    return { factor, q25: at(0.25), median: at(0.5), q75: at(0.75), difference: null };
  });
  return {
    factors: lines,
    sites: scored.length,
    seeds: Math.max(...scored.flat().map((scores) => scores.length)),
    unscored,
  };
}

/** The sites of the table without a score to compare, with their reasons. */
function unscoredAmong(
  table: ScoreTable,
  sites: readonly string[],
  { factors, seeds }: AnswerSource,
  partition: string,
): Unscored[] {
  return sites.flatMap((site) => {
    const observed = table.observed(site, partition);
    if (Number.isNaN(observed)) return [];
    const isScored = (factor: number) =>
      seeds.some((seed) => !Number.isNaN(table.of(site, partition, seed, factor)));
    const scored = factors.filter(isScored);
    if (scored.length === 0) return [{ site, reason: whyUnscored(observed, partition) }];
    return [{ site, reason: `no seed has an NSE of every factor; factors with one: ${scored.join(", ")}` }];
  });
}

/** @throws if the table has no site of the config. */
function noneScored(source: AnswerSource, file: string, unscored: readonly Unscored[]): Seen {
  if (unscored.length === 0) throw noneOfThese(source, file);
  return { factors: [], sites: 0, seeds: 0, unscored };
}

/** The error of a table that has nothing of what the config asks for. */
export function noneOfThese({ name }: AnswerSource, file: string): Error {
  const there = (column: string) => {
    const values = [...valuesInTable(file, column)].slice(0, 10);
    return [`${column}s there`, values.join(", ")] as const;
  };
  return cannot(
    "print results of",
    name,
    "its table has none of the sites, factors, seeds or partitions asked for",
    {
      facts: [["table", file], there("factor"), there("seed"), there("partition")],
      hint: "Give the options of the run whose results these are (--sites, --factors, --seeds, --configfile), or run the experiment with these.",
    },
  );
}
