/** Finished experiments side by side: two tables, a text and a page. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { comparisonPage } from "braid-pages/comparison";
import { countCells } from "../statistics/answer-tables.ts";
import { writeTable } from "../statistics/tables.ts";
import { adjustmentWords, aligned, countWords, figure, testWords } from "../statistics/words.ts";
import { syntheticNote } from "../synthetic.ts";
import type { FinishedExperiment } from "./experiments.ts";
import { type Pair, pairsOf } from "./pairs.ts";
import { type PaperCounts, paperCounts } from "./paper.ts";

/** The columns of counts.csv: a line per experiment, test and multiple-comparison correction. */
const countColumns = [
  "experiment",
  "primary",
  "train_on",
  "test",
  "adjustment",
  "sites",
  "better",
  "no_difference",
  "worse",
  "refused",
  "paper_better",
  "paper_no_difference",
  "paper_worse",
  "paper_sites",
] as const;

/** Writes counts.csv, gains.csv, comparison.txt and index.html into `out`; returns the text. */
export async function compareExperiments(
  experiments: readonly FinishedExperiment[],
  out: string,
): Promise<string> {
  await mkdir(out, { recursive: true });
  await writeTable(join(out, "counts.csv"), countColumns, countRows(experiments));
  const gains = gainTable(experiments);
  await writeTable(join(out, "gains.csv"), gains.columns, gains.rows);
  const text = comparisonText(experiments);
  await writeFile(join(out, "comparison.txt"), text);
  await writeFile(join(out, "index.html"), comparisonPage(pageOf(experiments)));
  return text;
}

function countRows(experiments: readonly FinishedExperiment[]) {
  return experiments.flatMap((experiment) =>
    experiment.counts.map((row) => {
      const paper = paperCounts(experiment, row.test!);
      return {
        experiment: experiment.name,
        primary: experiment.primary,
        train_on: experiment.trainOn ?? "each",
        test: row.test!,
        adjustment: row.adjustment!,
        sites: row.sites!,
        better: row.better!,
        no_difference: row.no_difference!,
        worse: row.worse!,
        refused: row.refused!,
        paper_better: paper?.better ?? null,
        paper_no_difference: paper?.same ?? null,
        paper_worse: paper?.worse ?? null,
        paper_sites: paper?.sites ?? null,
      };
    }),
  );
}

/** A line per site: for each experiment the NSE at factor 0, the site's factor, its gain and verdict. */
function gainTable(experiments: readonly FinishedExperiment[]) {
  const sites = [...new Set(experiments.flatMap((one) => [...one.sites.keys()]))].sort();
  const parts = ["nse_factor_0", "factor", "gain", "verdict"] as const;
  const columns = ["site_id", ...experiments.flatMap(({ name }) => parts.map((part) => `${name}_${part}`))];
  const rows = sites.map((site) => {
    const values = experiments.flatMap(({ name, sites: known }) => {
      const one = known.get(site);
      const [single, factor, gain, verdict] = parts.map((part) => `${name}_${part}`);
      return [
        [single, one?.single ?? null],
        [factor, one?.factor ?? null],
        [gain, one?.gain ?? null],
        [verdict, one?.verdict ?? null],
      ];
    });
    return { site_id: site, ...Object.fromEntries(values) } as Record<string, string | number | null>;
  });
  return { columns, rows };
}

/** What an experiment asks: `discharge_cms, a model per site`. */
export function questionOf({ primary, trainOn, attributes }: FinishedExperiment): string {
  const models =
    trainOn === undefined
      ? "a model per site"
      : trainOn === "all"
        ? "one model of all sites"
        : `a model of each ${trainOn}`;
  return `${primary}, ${models}${attributes.length === 0 ? "" : `, attributes ${attributes.join(", ")}`}`;
}

/** The text of comparison.txt. */
export function comparisonText(experiments: readonly FinishedExperiment[]): string {
  const blocks = experiments.map((experiment) => {
    const { name, judged, sites } = experiment;
    return [
      `${name}: ${questionOf(experiment)}; ${sites.size} sites, judged on ${judged}`,
      ...countLines(experiment),
    ].join("\n");
  });
  return [
    ...(experiments.some(({ synthetic }) => synthetic) ? [syntheticNote] : []),
    "Sites better / no difference / worse than factor 0. Each site alone / under Benjamini-Hochberg.",
    ...blocks,
    ...pairsOf(experiments).map(pairText),
    paperNote,
    "",
  ].join("\n\n");
}

const paperNote =
  'Paper: Sadler et al. (2022), abstract. Compare its best factor with the line "best factor on its own scores", and its naive factor with the line "fixed in advance". Only the letter A comes from the paper; B, C and D come from this project.';

function countLines(experiment: FinishedExperiment): string[] {
  const tests = [...Map.groupBy(experiment.counts, (row) => row.test!)];
  const rows = tests.map(([test, lines]) => [
    `  ${testWords(test, experiment.naiveFactor)}`,
    ...countCells(lines),
    paperText(paperCounts(experiment, test)),
  ]);
  return aligned([["  test", "better", "no difference", "worse", "paper"], ...rows]);
}

/** `56 / 43 / 2 of 101`, with a dash where the abstract gives no number. */
export function paperText(counts: PaperCounts | null): string {
  if (counts === null) return "";
  const { better, same, worse, sites } = counts;
  return `${[better, same, worse].map((one) => one ?? "-").join(" / ")} of ${sites}`;
}

function pairText({ first, second, unpaired, numbers }: Pair): string {
  const head = `${first} and ${second}: ${unpaired === "" ? "paired by seed" : unpaired}.`;
  if (numbers === null) return head;
  const { sites, single, gain, larger } = numbers;
  return [
    head,
    `  Over ${sites} sites, medians: NSE at factor 0 ${figure(single[0])} and ${figure(single[1])}; gain over 0 ${figure(gain[0], 3, true)} and ${figure(gain[1], 3, true)}; the gain is larger in ${second} at ${larger} of ${sites} sites.`,
  ].join("\n");
}

function pageOf(experiments: readonly FinishedExperiment[]): Parameters<typeof comparisonPage>[0] {
  return {
    synthetic: experiments.some(({ synthetic }) => synthetic) ? syntheticNote : null,
    experiments: experiments.map((experiment) => ({
      name: experiment.name,
      question: questionOf(experiment),
      judged: experiment.judged,
      tests: experiment.counts.map((row) => ({
        title: testWords(row.test!, experiment.naiveFactor),
        adjustment: adjustmentWords(row.adjustment!),
        better: countWords(row, "better"),
        same: countWords(row, "no_difference"),
        worse: countWords(row, "worse"),
        paper: row.adjustment === "none" ? paperText(paperCounts(experiment, row.test!)) : "",
      })),
      gains: [...experiment.sites].flatMap(([site, { gain, factor, verdict }]) =>
        gain === null ? [] : [{ site, gain, factor, verdict }],
      ),
    })),
    pairs: pairsOf(experiments).map(pairText),
    paper: paperNote,
  };
}
