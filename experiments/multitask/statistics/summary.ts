/** The summary of the statistics as Markdown: what was asked, what came out, and what it does not say. */
import { type CaveatFacts, caveats, paperFound } from "./caveats.ts";
import type { Findings } from "./findings.ts";
import type { StatisticsSpec } from "./spec.ts";
import { numberIn, type Row } from "./tables.ts";
import { adjustmentWords, countWords, figure, markdownTable, testWords } from "./words.ts";

export interface SummarySource {
  readonly name: string;
  readonly synthetic: boolean;
  readonly primary: string;
  readonly auxiliary: readonly string[];
  readonly seeds: readonly number[];
  readonly trainDays: number;
  readonly judgedDays: number;
  readonly regulated: CaveatFacts["regulated"];
  /** What the config says of the data. */
  readonly own: readonly string[];
  readonly statistics: StatisticsSpec;
  /** The sites that share a model; absent if each has its own. */
  readonly trainOn?: string;
  /** The lines of auxiliary_counts.csv. */
  readonly auxiliaryCounts: readonly Row[];
  /** The lines of joint.csv, if sites share models. */
  readonly joint?: readonly Row[];
  /** The variable that classes months and days by flow: absent if it is the primary, null if the experiment has none. */
  readonly flow?: string | null;
}

/** The text of summary.md. */
export function summaryText(source: SummarySource, findings: Findings): string {
  const { name, primary, auxiliary, seeds, statistics } = source;
  return `${[
    `# ${name}: does learning ${auxiliary.join(", ") || "nothing"} as well help to predict ${primary}?`,
    ...(source.synthetic
      ? [
          "**Synthetic data.** The stations do not exist: this shows that the tests work, and says nothing about rivers.",
        ]
      : []),
    `${findings.sites} sites, ${modelsOf(source)}; ${seeds.length} seeds, paired. Judged on **${findings.partition}** by the NSE of ${primary}. "Better" and "worse" are against factor 0 (single-task) and need a median difference of at least ${statistics.minimumEffect} as well as a p-value below ${statistics.level} (two-sided) or ${statistics.level / 2} (one-sided).`,
    "## Sites that are better, not different or worse",
    countTable(findings, statistics),
    ...refusals(findings, statistics),
    `${hasIntervals(findings) ? "In brackets: the 95 % interval of a bootstrap that draws whole regions (HUC2). " : ""}Columns and tests are explained in docs/results.md.`,
    ...jointText(source),
    ...auxiliaryText(source),
    "## By factor",
    factorTable(findings),
    "## Where the gain lies",
    ...gainText(findings, source),
    "## For comparison",
    paperFound(primary, { isFlow: source.flow === undefined, shared: source.trainOn !== undefined }),
    "## Caveats",
    caveats(factsOf(source, findings))
      .map(([name, text]) => `- **${name}**: ${text}`)
      .join("\n"),
  ].join("\n\n")}\n`;
}

/** `one model per site, factor and seed`. */
function modelsOf({ trainOn }: SummarySource): string {
  const sharing = trainOn === "all" ? "all sites" : `each ${trainOn}`;
  return trainOn === undefined
    ? "one model per site, factor and seed"
    : `one model of ${sharing} per factor and seed`;
}

function factsOf(
  source: SummarySource,
  { partition, counts, belowZero, sites, unscored }: Findings,
): CaveatFacts {
  const overDays = counts.find((line) => line.test === "chosen_factor_days" && line.sites !== "0");
  return {
    ...source,
    sites,
    unscored,
    seeds: source.seeds.length,
    judged: partition,
    belowZero,
    luckCounted: counts.some((line) => line.test === "naive_best" && line.sites !== "0"),
    intervals: hasIntervals({ counts }),
    overDays:
      overDays === undefined ? null : { better: Number(overDays.better), worse: Number(overDays.worse) },
  };
}

function hasIntervals({ counts }: Pick<Findings, "counts">): boolean {
  return counts.some((line) => line.better_low !== "");
}

/** A section on each auxiliary variable. */
function auxiliaryText({ name, auxiliaryCounts, statistics }: SummarySource): string[] {
  return [...Map.groupBy(auxiliaryCounts, (line) => line.variable!)].flatMap(([variable, counts]) => {
    const experiment = counts[0]!.single_task!;
    const isRefused = counts.every((line) => line.sites === "0");
    return [
      `## The auxiliary variable ${variable}`,
      isRefused
        ? `No verdict: ${[...new Set(counts.map((line) => line.reason!))].join("; ")}.`
        : `Does a model that learns both predict ${variable} better than one of ${variable} alone? Factor 0 of ${name} does not train it: "better" and "worse" are against factor 0 of ${experiment}, which has it as the primary, by NSE, paired by seed.`,
      ...(isRefused ? [] : [countTable({ counts }, statistics), ...refusals({ counts }, statistics)]),
    ];
  });
}

function countTable({ counts }: Pick<Findings, "counts">, { naiveFactor }: StatisticsSpec): string {
  return markdownTable(
    ["test", "correction", "better", "no difference", "worse", "refused"],
    counts.map((line) => [
      testWords(line.test!, naiveFactor),
      line.adjustment === "none" ? "none: each site alone" : adjustmentWords(line.adjustment!),
      countWords(line, "better"),
      countWords(line, "no_difference"),
      countWords(line, "worse"),
      line.refused!,
    ]),
  );
}

/** Why tests were refused, a line per reason with all that it stopped, and why counts have no interval. */
function refusals({ counts }: Pick<Findings, "counts">, { naiveFactor }: StatisticsSpec): string[] {
  const refused = counts.filter((line) => line.reason !== "");
  const lines = [...Map.groupBy(refused, (line) => line.reason!)].map(([reason, stopped]) => {
    const tests = [...Map.groupBy(stopped, (line) => line.test!)].map(([test, ofTest]) => {
      const all = ofTest.length === counts.filter((line) => line.test === test).length;
      const ways = ofTest.map((line) => adjustmentWords(line.adjustment!)).join(", ");
      return `${testWords(test, naiveFactor)}${all ? "" : ` (${ways})`}`;
    });
    return `- ${reason}: ${tests.join("; ")}`;
  });
  const [noInterval = ""] = counts.map((line) => line.no_interval!);
  if (noInterval !== "") lines.push(`- ${noInterval}: intervals of the counts`);
  return lines.length === 0 ? [] : [`Refused or left out, and why:\n\n${lines.join("\n")}`];
}

/** What counts of sites that share models are worth. */
function jointText({ joint, statistics }: SummarySource): string[] {
  if (joint === undefined) return [];
  const number = (text: string | undefined, digits: number, sign = false) =>
    figure(numberIn(text) ?? Number.NaN, digits, sign);
  return [
    "## Counts of sites that share models",
    `Each site alone, by its own seeds. "By chance up to": if the factor has no effect, only one in a hundred experiments calls more sites better, or more sites worse. (Each seed's signs are flipped at all sites of a unit together.) p is the probability of a count as large as the one found (${statistics.permutations.toLocaleString("en-US")} flips). "Any dependence" corrects for the number of sites by Benjamini and Yekutieli. The interval of the mean gain draws seeds and regions.`,
    markdownTable(
      [
        "factor",
        "better",
        "worse",
        "by chance up to",
        "p better",
        "p worse",
        "any dependence: better",
        "worse",
        "mean gain in NSE",
      ],
      joint.map((row) => [
        row.factor!,
        row.better!,
        row.worse!,
        number(row.null_high, 0),
        number(row.p_better, 4),
        number(row.p_worse, 4),
        row.better_yekutieli!,
        row.worse_yekutieli!,
        `${number(row.mean_gain, 3, true)} (${number(row.low, 3, true)} to ${number(row.high, 3, true)})`,
      ]),
    ),
  ];
}

function factorTable({ factors }: Findings): string {
  return markdownTable(
    [
      "factor",
      "median NSE",
      "middle half of sites",
      "median gain over 0",
      "NSE of the seeds' mean",
      "chosen by sites",
    ],
    factors.map(({ factor, median, q25, q75, difference, ensemble, chosenBy }) => [
      String(factor),
      figure(median),
      `${figure(q25)} to ${figure(q75)}`,
      factor === 0 ? "" : figure(difference, 3, true),
      figure(ensemble),
      factor === 0 ? "" : String(chosenBy),
    ]),
  );
}

function gainText(findings: Findings, { flow }: SummarySource): string[] {
  const { gainsOf, months } = findings;
  const whose = gainsOf === "chosen" ? "the factor chosen at each site" : `factor ${gainsOf} at every site`;
  return [
    `Reduction of RMSE against factor 0, median over sites, with ${whose}:`,
    markdownTable(
      ["month", "reduction, %", "sites with a reduction"],
      months.map(({ month, sites, reductionPercent, sitesBetter }) => [
        String(month),
        figure(reductionPercent, 1, true),
        `${sitesBetter} of ${sites}`,
      ]),
    ),
    // Where no discharge is predicted, no month has a flow.
    ...(flow === null ? [] : [flowText(findings, flow)]),
  ];
}

function flowText(findings: Findings, flow: string | undefined): string {
  const { highMonths, otherMonths, largerInHigh, highDays } = findings;
  const [larger, of] = largerInHigh;
  const by = flow === undefined ? "flow" : `flow (${flow})`;
  return `In months whose ${by} is above the site's median month: ${figure(highMonths, 1, true)} %; in the others ${figure(otherMonths, 1, true)} %; larger in the former at ${larger} of ${of} sites. On the days above the 90th percentile of flow: ${figure(highDays, 1, true)} %.`;
}
