/** The summary of the statistics as Markdown: what was asked, what came out, and what it does not say. */
import { type CaveatFacts, caveats, paperFound } from "./caveats.ts";
import type { Findings } from "./findings.ts";
import type { StatisticsSpec } from "./spec.ts";
import { adjustmentWords, countWords, figure, testWords } from "./words.ts";

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
    `${findings.sites} sites, one model per site, factor and seed; ${seeds.length} seeds, paired. Judged on **${findings.partition}** by the NSE of ${primary}. "Better" and "worse" are against factor 0 (single-task) and need a median difference of at least ${statistics.minimumEffect} as well as a p-value below ${statistics.level} (two-sided) or ${statistics.level / 2} (one-sided).`,
    "## Sites that are better, the same, worse",
    countTable(findings, statistics),
    ...refusals(findings, statistics),
    `${hasIntervals(findings) ? "In brackets: the 95 % interval of a bootstrap that draws whole regions (HUC2). " : ""}Columns and tests are explained in docs/results.md.`,
    "## By factor",
    factorTable(findings),
    "## Where the gain lies",
    ...gainText(findings),
    "## To compare with",
    paperFound(primary),
    "## What this does not say",
    caveats(factsOf(source, findings))
      .map(([name, text]) => `- **${name}**: ${text}`)
      .join("\n"),
  ].join("\n\n")}\n`;
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

function countTable({ counts }: Findings, { naiveFactor }: StatisticsSpec): string {
  return table(
    ["test", "number of sites paid for by", "better", "no difference", "worse", "refused"],
    counts.map((line) => [
      testWords(line.test!, naiveFactor),
      line.adjustment === "none" ? "nothing: each site alone" : adjustmentWords(line.adjustment!),
      countWords(line, "better"),
      countWords(line, "no_difference"),
      countWords(line, "worse"),
      line.refused!,
    ]),
  );
}

/** Why tests were refused, a line per reason with all that it stopped, and why counts have no interval. */
function refusals({ counts }: Findings, { naiveFactor }: StatisticsSpec): string[] {
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

function factorTable({ factors }: Findings): string {
  return table(
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

function gainText({ gainsOf, months, highMonths, otherMonths, largerInHigh, highDays }: Findings): string[] {
  const whose = gainsOf === "chosen" ? "the factor chosen at each site" : `factor ${gainsOf} at every site`;
  const [larger, of] = largerInHigh;
  return [
    `Reduction of RMSE against factor 0, median over sites, with ${whose}:`,
    table(
      ["month", "reduction, %", "sites with a reduction"],
      months.map(({ month, sites, reductionPercent, sitesBetter }) => [
        String(month),
        figure(reductionPercent, 1, true),
        `${sitesBetter} of ${sites}`,
      ]),
    ),
    `In months whose flow is above the site's median month: ${figure(highMonths, 1, true)} %; in the others ${figure(otherMonths, 1, true)} %; larger in the former at ${larger} of ${of} sites. On the days above the 90th percentile of flow: ${figure(highDays, 1, true)} %.`,
  ];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const text = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [text(header), text(header.map(() => "---")), ...rows.map(text)].join("\n");
}
