/** The short answer on the terminal: NSE by factor, and under each test how many sites are better or worse. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { median, quantile } from "@braid/statistics";
import { cannot } from "braid-engine";
import { count } from "braid-engine/quantities";
import { leftOutOf, namedLeftOut, sitesInTable } from "../missing-sites.ts";
import { comparisonOf, incomparable, siteScores } from "./compare.ts";
import { type FactorFinding, type Findings, isFresh, madeFindings, tablePaths } from "./findings.ts";
import { readScores, type ScoreTable } from "./scores.ts";
import { gains } from "./site-tests.ts";
import type { StatisticsSpec } from "./spec.ts";
import type { Row } from "./tables.ts";
import { namedUnscored, type Unscored, whyUnscored } from "./unscored.ts";
import { aligned, type Counted, countWords, figure, testWords } from "./words.ts";

/** What the answer is about. */
export interface AnswerSource {
  readonly name: string;
  readonly synthetic: boolean;
  readonly primary: string;
  readonly factors: readonly number[];
  readonly seeds: readonly number[];
  readonly sites: readonly string[];
  /** Sites that the config leaves out. */
  readonly excluded: readonly string[];
  readonly evaluate: readonly string[];
  readonly statistics: StatisticsSpec;
}

/** The difference is null where there is no factor 0 to differ from. */
type FactorLine = Pick<FactorFinding, "factor" | "q25" | "median" | "q75"> & {
  readonly difference: number | null;
};

/** The text, from the results below `folder`; `drawn` allows more than plain letters. */
export async function answer(source: AnswerSource, folder: string, drawn: boolean): Promise<string> {
  const { name, primary, statistics } = source;
  const metrics = join(folder, name, "overall_metrics.csv");
  const page = `${name}/report/index.html`;
  if (!existsSync(metrics))
    throw cannot("print results of", name, "its metrics are not gathered yet", {
      hint: "Run the experiment first: without a command, it is made.",
    });
  const obstacle = incomparable(source);
  const judged = partitionOf(source);
  const made = obstacle === null ? await madeFindings(folder, name, statistics.naiveFactor) : null;
  const { counts } = tablePaths(name);
  const isNewer = made !== null && isFresh(join(folder, counts), metrics);
  const isWhole = isNewer && areOf(source, judged, made);
  const present = isWhole ? source.sites : sitesInTable(source.sites, metrics);
  const of = { ...source, sites: present };
  const asked = made !== null && areOf(of, judged, made) ? made : null;
  const alone = async () => (obstacle === null ? linesOf : linesAlone)(of, metrics);
  // Metrics that were gathered again may be the same: then the tables stand, whatever the times say.
  const findings = asked !== null && (isNewer || tellTheSame(asked, await alone())) ? asked : null;
  const seen = findings ?? (await alone());
  if (seen.sites === 0) return noAnswer(source, judged, seen.unscored, withoutSites(folder, source, present));
  const { factors, sites, seeds, unscored } = seen;
  return [
    `${name}: NSE of ${primary} on ${judged}, ${count(sites, "site")}, ${count(seeds, "seed")}${source.synthetic ? " (SYNTHETIC data: these scores say nothing about rivers)" : ""}`,
    ...withoutSites(folder, source, present),
    ...(unscored.length === 0 ? [] : [`Not counted: ${namedUnscored(unscored)}`]),
    "",
    ...factorTable(factors, drawn),
    "",
    ...(obstacle !== null
      ? [`Nothing is compared (${obstacle.compare} ${obstacle.given}): ${obstacle.cause}. ${obstacle.hint}`]
      : findings === null
        ? ["Is any of this more than luck? The target `statistics` tests it."]
        : [...verdictTable(findings, statistics.naiveFactor), "", `More: ${name}/statistics/summary.md`]),
    ...(isFresh(join(folder, page), findings === null ? metrics : join(folder, counts))
      ? [`Page: ${page}`]
      : []),
  ].join("\n");
}

/** The answer if no model of any site has a score. */
function noAnswer(
  { name, primary, evaluate }: AnswerSource,
  judged: string,
  unscored: readonly Unscored[],
  without: readonly string[],
): string {
  const others = evaluate.filter((partition) => partition !== judged);
  return [
    `${name}: no answer, since no site has an NSE of ${primary} on ${judged}`,
    ...without,
    `Not counted: ${namedUnscored(unscored)}`,
    `Choose other days for ${judged} (partitions.${judged}), or sites that have observations there.`,
    ...(others.length === 0 ? [] : [`Scores on ${others.join(", ")}: ${name}/overall_metrics.csv`]),
  ].join("\n");
}

/** Names the requested sites that are not in the table, with the reasons, if any. */
function withoutSites(
  folder: string,
  { name, sites, excluded }: AnswerSource,
  present: readonly string[],
): string[] {
  const missing = leftOutOf(folder, name, sites, present);
  const more = missing.length > mostSites ? ` and ${missing.length - mostSites} more` : "";
  const named = namedLeftOut(missing.slice(0, mostSites));
  return [
    ...(missing.length === 0
      ? []
      : [`${sites.length - missing.length} of ${count(sites.length, "site")}. Left out: ${named}${more}`]),
    ...(excluded.length === 0 ? [] : [`Excluded by the config: ${excluded.join(", ")}`]),
  ];
}

/** At most this many sites are named. */
const mostSites = 10;

/** The partition that is shown: of those scored the one kept longest from the models. */
function partitionOf({ evaluate }: AnswerSource): string {
  return ["test", "validation"].find((partition) => evaluate.includes(partition)) ?? evaluate[0]!;
}

/** Whether the tables are of this config: those of other sites or factors would answer another question. */
function areOf({ sites, factors, seeds }: AnswerSource, judged: string, made: Findings): boolean {
  const known = new Set(made.factors.map(({ factor }) => factor));
  return (
    made.partition === judged &&
    made.siteIds.size === sites.length &&
    sites.every((site) => made.siteIds.has(site)) &&
    made.seeds <= seeds.length &&
    known.size === factors.length &&
    factors.every((factor) => known.has(factor))
  );
}

/** Whether the scores by factor are those of the tables, which have seven digits. */
function tellTheSame(made: Findings, seen: Seen): boolean {
  if (seen.factors.length !== made.factors.length) return false;
  const same = (a: number | null, b: number | null) =>
    Math.abs((a ?? 0) - (b ?? 0)) <= 1e-6 * Math.max(1, Math.abs(a ?? 0));
  return (
    made.sites === seen.sites &&
    made.seeds === seen.seeds &&
    seen.factors.every((line, k) =>
      (["factor", "q25", "median", "q75", "difference"] as const).every((key) =>
        same(line[key], made.factors[k]![key]),
      ),
    )
  );
}

/** What the gathered scores say by themselves, and of how many sites and seeds. */
interface Seen {
  readonly factors: readonly FactorLine[];
  readonly sites: number;
  readonly seeds: number;
  readonly unscored: readonly Unscored[];
}

/** Medians over sites of each site's median over seeds, from the metrics alone. */
async function linesOf(source: AnswerSource, file: string): Promise<Seen> {
  const comparison = comparisonOf(source);
  const table = await readScores(file, source.primary, "nse");
  const all = comparison.sites.map((site) => siteScores(table, site, comparison)[comparison.judged]);
  const bySite = all.filter((rows) => rows.length > 0);
  const unscored = unscoredAmong(
    table,
    comparison.sites.filter((_, s) => all[s]!.length === 0),
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
      difference: median(bySite.map((rows) => median(gains(rows, k)))),
    };
  });
  return { factors, sites: bySite.length, seeds: Math.max(...bySite.map((rows) => rows.length)), unscored };
}

/** The same where nothing is compared: each factor by itself, no seed paired with another. */
async function linesAlone(source: AnswerSource, file: string): Promise<Seen> {
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

/** The sites of the table without a score, with their reasons. */
function unscoredAmong(table: ScoreTable, sites: readonly string[], partition: string): Unscored[] {
  return sites.flatMap((site) => {
    const observed = table.observed(site, partition);
    return Number.isNaN(observed) ? [] : [{ site, reason: whyUnscored(observed, partition) }];
  });
}

/** @throws if the table has no site of the config. */
function noneScored(source: AnswerSource, file: string, unscored: readonly Unscored[]): Seen {
  if (unscored.length === 0) throw noneOfThese(source, file);
  return { factors: [], sites: 0, seeds: 0, unscored };
}

function noneOfThese({ name }: AnswerSource, file: string): Error {
  return cannot("print results of", name, "its table has none of the sites, factors and seeds asked for", {
    facts: [["table", file]],
    hint: "Give the options of the run whose results these are (--sites, --factors, --seeds, --configfile).",
  });
}

function factorTable(factors: readonly FactorLine[], drawn: boolean): string[] {
  const compared = factors.some(({ difference }) => difference !== null);
  const lines = aligned([
    ["factor", "median NSE", "middle half of sites", ...(compared ? ["gain over 0"] : [])],
    ...factors.map(({ factor, median, q25, q75, difference }) => [
      String(factor),
      figure(median),
      `${figure(q25)} to ${figure(q75)}`,
      ...(difference === null ? [] : [factor === 0 ? "" : figure(difference, 3, true)]),
    ]),
  ]);
  if (!drawn || factors.length === 1) return lines;
  return [...lines, "", `${sparkline(factors.map(({ median }) => median))}  median NSE, factor by factor`];
}

/** A line per test: counts of each site alone, and with the number of sites paid for; the rest is in the summary. */
function verdictTable({ counts, sites }: Findings, naiveFactor: number): string[] {
  const tests = [...Map.groupBy(counts, (line) => line.test!)];
  const of = (lines: readonly Row[], what: Counted) => {
    const words = ["none", "benjamini_hochberg"].flatMap((adjustment) => {
      const line = lines.find((one) => one.adjustment === adjustment);
      return line === undefined ? [] : [countWords(line, what, false)];
    });
    return [...new Set(words)].length === 1 && !/\d/.test(words[0]!) ? words[0]! : words.join(" / ");
  };
  const rows = tests.map(([test, lines]) => [
    testWords(test, naiveFactor),
    of(lines, "better"),
    of(lines, "no_difference"),
    of(lines, "worse"),
  ]);
  const refused = counts.filter((line) => line.sites === "0" && line.adjustment !== "holm");
  return [
    ...aligned([
      [`against factor 0, of ${count(sites, "site")}`, "better", "no difference", "worse"],
      ...rows,
    ]),
    "Each site alone / under Benjamini-Hochberg; Holm and intervals: in the summary.",
    ...[...new Set(refused.map((line) => line.reason!))].map((reason) => `Refused: ${reason}`),
  ];
}

/** One block per value, the lowest and the highest of them spanning the eight heights. */
export function sparkline(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return values
    .map((value) => {
      if (!Number.isFinite(value)) return " ";
      return "▁▂▃▄▅▆▇█"[high === low ? 3 : Math.round((7 * (value - low)) / (high - low))]!;
    })
    .join("");
}
