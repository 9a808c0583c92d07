/**
 * What the page is told of an experiment. Plain data: it is written beside the page as scripts, and the page
 * reads nothing else.
 */
import type { PackedSeries } from "./packed.ts";

/** A site and what is known of it. */
export interface Site {
  readonly id: string;
  readonly name: string;
  /** Degrees north and east; null where it is not known. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Numbers from the list of sites, by column; null where a field is empty. */
  readonly properties: Readonly<Record<string, number | null>>;
}

/** A number of sites with its 95 % interval, null where there is none. */
export interface SiteCount {
  readonly sites: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** How many sites a test found better, not different, worse; and those it refused to judge. */
export interface TestCounts {
  readonly test: string;
  /** The test in a few words. */
  readonly title: string;
  /** How the number of sites was paid for: none, holm, benjamini_hochberg. */
  readonly adjustment: string;
  readonly better: SiteCount;
  readonly same: SiteCount;
  readonly worse: SiteCount;
  readonly refused: number;
  /** What a reader must know of the test. */
  readonly note: string;
  /** Why sites were refused; empty where none was. */
  readonly reason: string;
}

/** The statistics of the experiment. */
export interface Verdicts {
  readonly counts: readonly TestCounts[];
  /** Test -> site -> better, no difference, worse or refused. */
  readonly bySite: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What a reader must know before believing the results: a short name, and what it is about. */
export type Caveat = readonly [name: string, text: string];

/** A rule of the workflow, and how many of its jobs were done. */
export interface RuleNode {
  readonly name: string;
  readonly jobs: number;
}

/** Facts under a heading. */
export interface Facts {
  readonly heading: string;
  readonly rows: readonly (readonly [label: string, value: string])[];
}

export interface Report {
  readonly experiment: string;
  /** The data are made up: the page says so first. */
  readonly synthetic: boolean;
  readonly primary: string;
  readonly variables: readonly string[];
  /** Those that were scored, in the order of the config. */
  readonly partitions: readonly string[];
  /** Names of scores, for which there is a file for each partition and variable. */
  readonly scores: readonly string[];
  readonly sites: readonly Site[];
  readonly factors: readonly number[];
  readonly seeds: readonly number[];
  /** Models with a score line. */
  readonly models: number;
  /** There is a series file for each site. */
  readonly series: boolean;
  readonly verdicts: Verdicts | null;
  readonly caveats: readonly Caveat[];
  /** What others found, to be held against it. */
  readonly compareWith: string;
  readonly graph: {
    readonly rules: readonly RuleNode[];
    /** From what is needed to what needs it. */
    readonly edges: readonly (readonly [from: string, to: string])[];
  };
  readonly making: readonly Facts[];
}

/** Values of a score by site, factor and seed, the seed running fastest; NaN where there is none. */
export type ScoreCube = Float32Array;

/** A site's predictions of one variable on one partition at one factor, by day: quantiles over the seeds. */
export interface PredictedSeries {
  readonly low: PackedSeries;
  readonly middle: PackedSeries;
  readonly high: PackedSeries;
  /** The models with the least and the greatest squared error, for the primary alone. */
  readonly best?: { readonly seed: number; readonly values: PackedSeries };
  readonly worst?: { readonly seed: number; readonly values: PackedSeries };
}

/** Everything by day of one site. */
export interface SiteSeries {
  readonly site: string;
  readonly partitions: Readonly<
    Record<
      string,
      {
        /** Days since 1970-01-01. */
        readonly days: readonly number[];
        readonly observed: Readonly<Record<string, PackedSeries>>;
        /** Variable -> factor -> predictions; a factor at which the variable is not trained is left out. */
        readonly predicted: Readonly<Record<string, Readonly<Record<string, PredictedSeries>>>>;
      }
    >
  >;
  /** Train loss by epoch, by factor: quantiles over the seeds. */
  readonly losses: Readonly<
    Record<
      string,
      {
        readonly low: readonly number[];
        readonly middle: readonly number[];
        readonly high: readonly number[];
      }
    >
  >;
}
