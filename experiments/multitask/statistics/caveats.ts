/**
 * What a reader must know before believing a result: derived from the facts of the run, and what the config says
 * of its data. The summary and the report page say the same.
 */

import { namedUnscored, type Unscored } from "./unscored.ts";

export interface CaveatFacts {
  readonly synthetic: boolean;
  readonly primary: string;
  /** Sites with scores. */
  readonly sites: number;
  /** Sites without scores, which no count includes. */
  readonly unscored: readonly Unscored[];
  readonly seeds: number;
  /** Days of the train partition, and of the one that verdicts are about. */
  readonly trainDays: number;
  readonly judged: string;
  readonly judgedDays: number;
  /** Sites where single-task models are worse than the mean of the observations; null if factor 0 is missing. */
  readonly belowZero: number | null;
  /** What the test over days found; null if it was not made. */
  readonly overDays: { readonly better: number; readonly worse: number } | null;
  /** The best factor on its own scores was judged at some site; and counts have intervals over regions. */
  readonly luckCounted: boolean;
  readonly intervals: boolean;
  /** What the list of sites says of regulated flow; null if no column does. */
  readonly regulated: { readonly column: string; readonly sites: number } | null;
  /** What the config says of these data. */
  readonly own: readonly string[];
  /** The sites that share a model (`all`, or a column of sites.csv); absent if each has its own. */
  readonly trainOn?: string;
}

/** A short name, and what it is about. */
export type Caveat = readonly [name: string, text: string];

/** Days of a year, and what Sadler et al. (2022) had. */
const year = 365.25;
const paper = { sites: 101, years: 25 };

const luckCounted: Caveat = [
  "Luck counted as gain",
  "the best factor on its own scores, as papers report it, calls about one site in ten better even if no factor has an effect.",
];
const neighbours: Caveat = [
  "Neighbours",
  "sites near each other share weather, so the intervals of the counts come from resampling whole regions. With few regions they are rough.",
];

const oneSite: Caveat = [
  "One site, one model",
  "Kratzert et al. (2024) advise never to train a streamflow model on a single basin: models of many sites predict better. This experiment compares two ways to train a local model; it is not a benchmark.",
];
const sharedModels: Caveat = [
  "Sites share models",
  "a seed that trains well improves all sites of its unit at once, so their verdicts are correlated: a count of sites is less certain than the same count with a model per site. Benjamini-Hochberg holds for tests that are independent or positively dependent, Holm for all; statistics/joint.csv says how large such counts can be by chance.",
];

/** The caveats that apply, the gravest first. */
export function caveats(facts: CaveatFacts): Caveat[] {
  const { synthetic, sites, seeds, trainDays, judged, judgedDays, belowZero, overDays } = facts;
  const years = trainDays / year;
  const smaller = sites < paper.sites || years < 0.8 * paper.years;
  return [
    ...(synthetic
      ? [
          [
            "Synthetic data",
            "the stations and their records are made up: the results show that the tests work, and say nothing about rivers.",
          ] as const,
        ]
      : []),
    ...(!synthetic && smaller
      ? [
          [
            "A demonstration, not a replication",
            `Sadler et al. (2022) had ${paper.sites} sites and about ${paper.years} years of each; here it is ${counted(sites, "site")} and ${yearsText(years)} to learn from.`,
          ] as const,
        ]
      : []),
    [
      "The record",
      `the models learnt from ${trainDays.toLocaleString("en-US")} days.${belowZero === null ? "" : ` At ${belowZero} of ${counted(sites, "site")} the median single-task model is worse than the mean of the observations (NSE below 0): better there is from bad to less bad.`}`,
    ],
    [
      "Seeds are not years",
      `they measure the randomness of training, not of the weather: ${counted(seeds, "model")} of one record agree more than records of ${seeds} other years would.${overDays === null ? "" : ` The test over days asks the second question, for the mean of all seeds, within ${judgedDays} days of ${judged}; it finds ${overDays.better} better and ${overDays.worse} worse.`}`,
    ],
    ...unscoredSites(facts),
    ...regulation(facts),
    ...facts.own.map((text): Caveat => ["The data", text]),
    facts.trainOn === undefined ? oneSite : sharedModels,
    ...(facts.luckCounted ? [luckCounted] : []),
    ...(facts.intervals ? [neighbours] : []),
  ];
}

function unscoredSites({ unscored, primary, judged }: CaveatFacts): Caveat[] {
  if (unscored.length === 0) return [];
  const have = unscored.length === 1 ? "1 site has" : `${unscored.length} sites have`;
  return [
    [
      "Sites without a score",
      `${have} no NSE of ${primary} on ${judged}, and no count includes them: ${namedUnscored(unscored)}.`,
    ],
  ];
}

function regulation({ synthetic, sites, regulated }: CaveatFacts): Caveat[] {
  if (synthetic) return [];
  const told =
    regulated === null
      ? "sites.csv does not say where flow is regulated."
      : `${regulated.sites} of ${counted(sites, "site")}, by the column ${regulated.column} of sites.csv.`;
  return [
    [
      "Regulated rivers",
      `${told} Below dams and lakes, flow follows their operation, not the weather: what helps there may not help elsewhere.`,
    ],
  ];
}

interface PaperQuestion {
  readonly isFlow: boolean;
  readonly shared: boolean;
}

/** What the paper found, to be compared with the counts. `isFlow`: the primary is discharge; `shared`: here sites share models. */
export function paperFound(primary: string, { isFlow, shared }: PaperQuestion): string {
  const own = `Sadler et al. (2022, abstract), ${paper.sites} sites, about ${paper.years} years: with streamflow as primary and a model per site, the best multi-task model was significantly better at 56, not significantly different at 43; a naive factor was significantly worse at 3 of 101. With water temperature as primary a naive factor was worse at 47 of 53. Compare the best factor of the abstract with "best factor on its own scores", which has the same bias.`;
  const together = shared
    ? ` With one model trained on all ${paper.sites} sites, the best multi-task model was better at 17 only.`
    : "";
  return `${own}${together}${isFlow ? "" : ` Here the primary is ${primary}.`}`;
}

function counted(n: number, noun: string): string {
  return `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
}

function yearsText(years: number): string {
  return years < 20 ? `${years.toFixed(1)} years` : `${Math.round(years)} years`;
}
