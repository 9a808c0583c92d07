/**
 * What the page is told of an experiment. Plain data: it is written beside the page as scripts, and the page
 * reads nothing else.
 */
import type { PackedSeries } from "../shared/packed.ts";

/** A site and what is known of it. */
export interface Site {
  readonly id: string;
  readonly name: string;
  /** Degrees north and east; null if it is not known. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Numbers from the list of sites, by column; null if a field is empty. */
  readonly properties: Readonly<Record<string, number | null>>;
  /** Words from the list of sites that sort them into groups, by column, as a state. */
  readonly texts: Readonly<Record<string, string>>;
}

/** A number of sites with its 95 % interval, null if there is none. */
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
  /** The multiple-comparison correction: none, holm, benjamini_hochberg. */
  readonly adjustment: string;
  readonly better: SiteCount;
  readonly same: SiteCount;
  readonly worse: SiteCount;
  readonly refused: number;
  /** What a reader must know of the test. */
  readonly note: string;
  /** Why sites were refused; empty if none was. */
  readonly reason: string;
}

/** What a test says of one site. */
export interface SiteResult {
  /** What was compared with 0; null if the test is about no single factor, or was refused before it had one. */
  readonly factor: number | null;
  /** The shift of the judged score over factor 0 and the ends of its interval; null where the test gives none. */
  readonly gain: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Adjustment -> better, no difference, worse or refused. */
  readonly verdicts: Readonly<Record<string, string>>;
  /** Why it was refused; empty if it was not. */
  readonly refused: string;
}

/** The statistics of the experiment. */
export interface Verdicts {
  /** The scores that the tests judge, over the seeds, against those of factor 0. */
  readonly judged: { readonly partition: string; readonly variable: string; readonly score: string };
  readonly counts: readonly TestCounts[];
  /** The test that the page answers with, and its results by site; null if every test was refused at every site. */
  readonly answer: {
    readonly test: string;
    readonly bySite: Readonly<Record<string, SiteResult>>;
  } | null;
}

/** What the statistics say of an auxiliary variable, against the single-task models of another experiment. */
export interface AuxiliaryVerdicts {
  readonly variable: string;
  /** The experiment whose factor 0 is the baseline. */
  readonly against: string;
  readonly counts: readonly TestCounts[];
  /** Why there is no verdict at all; empty if there is one. */
  readonly refused: string;
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
  /** The unit of each variable, as UDUNITS writes it; null if it is not known. */
  readonly units: Readonly<Record<string, string | null>>;
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
  /** The variables that are discharge: only these have a logarithmic axis. */
  readonly discharge: readonly string[];
  /** The driver that is precipitation and its unit; null if no driver is. */
  readonly rain: { readonly name: string; readonly unit: string | null } | null;
  /** The site that the page opens with. */
  readonly opensAt: string;
  /** The commit of the software, which saved figures name; null outside of a Git checkout. */
  readonly commit: string | null;
  /** Its models have validation losses. */
  readonly validated?: boolean;
  readonly verdicts: Verdicts | null;
  readonly auxiliaryVerdicts?: readonly AuxiliaryVerdicts[];
  readonly caveats: readonly Caveat[];
  /** What others found, to be compared with it. */
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
        /** Precipitation of each day, if a driver is precipitation. */
        readonly rain?: PackedSeries;
        /** Variable -> factor -> predictions; a factor at which the variable is not trained is left out. */
        readonly predicted: Readonly<Record<string, Readonly<Record<string, PredictedSeries>>>>;
      }
    >
  >;
  /** Train loss by epoch, by factor. */
  readonly losses: LossCurves;
  /** The primary's own loss on the validation partition after each epoch, by factor; absent if it was not taken. */
  readonly validation?: LossCurves;
}

/** Quantiles over the seeds by epoch, by factor; later epochs may have fewer models, where trainings stop early. */
export type LossCurves = Readonly<
  Record<
    string,
    {
      readonly low: readonly number[];
      readonly middle: readonly number[];
      readonly high: readonly number[];
    }
  >
>;
