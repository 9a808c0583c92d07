/**
 * Scores and signatures of discharge alone, which need its days or its flow duration curve. Null where not defined: fewer than
 * 11 observations, or as each says.
 */
import { fewestObservations, finite, isRounding, logRatio } from "./metrics.ts";
import {
  type Flood,
  floods,
  highPeaks,
  missedPeaks,
  peakError,
  peakTiming,
  type Stretch,
  stretches,
} from "./peaks.ts";
import { leastFrom } from "./percentiles.ts";
import { baseflowIndex, curveSlope, recessionRate } from "./signatures.ts";
import { sumOf } from "./sums.ts";

/** Names of the scores, then of the signatures, in the order of the file's columns. */
export const flowScoreNames = [
  "pbias",
  "fms",
  "peak_timing",
  "peak_mape",
  "missed_peaks",
  "bfi_observed",
  "bfi_predicted",
  "recession_observed",
  "recession_predicted",
  "fdc_slope_observed",
  "fdc_slope_predicted",
] as const;

export type FlowScores = Readonly<Record<(typeof flowScoreNames)[number], number | null>>;

export const noFlowScores = Object.fromEntries(flowScoreNames.map((name) => [name, null])) as FlowScores;

/** Observed discharge: values [N] on `days` [N], which rise; `epsilon` as in `score`, in the same unit. */
export interface ObservedFlow {
  readonly days: readonly number[];
  readonly values: Float64Array;
  readonly epsilon: number;
}

/** What the scores need of the observations alone. */
interface Observed {
  readonly parts: readonly Stretch[];
  readonly floods: readonly Flood[];
  readonly peaks: readonly number[];
  readonly midSlope: number;
  readonly signatures: Signatures;
}

interface Signatures {
  readonly bfi: number | null;
  readonly recession: number | null;
  readonly slope: number | null;
}

/** Found once: all models of a site and partition are scored on the same object. */
const known = new WeakMap<ObservedFlow, Observed>();

/** Scores of predictions `p` [N] for observed discharge, in its unit. Negative flows count as 0, but not in `pbias`. */
export function flowScores(flow: ObservedFlow, p: Float64Array): FlowScores {
  const { values: o, epsilon } = flow;
  if (o.length < fewestObservations) return noFlowScores;
  const observed = known.get(flow) ?? observe(flow);
  known.set(flow, observed);
  const { parts } = observed;
  const clipped = fromZero(p);
  const sorted = clipped.toSorted();
  const predicted = signaturesOf(clipped, sorted, parts);
  return {
    pbias: percentBias(o, p),
    fms: slopeBias(observed.midSlope, midSlope(sorted, epsilon)),
    peak_timing: peakTiming(observed.floods, clipped),
    peak_mape: peakError(observed.floods, o, clipped),
    missed_peaks: missedPeaks(observed.peaks, highPeaks(clipped, parts, leastFrom(sorted, 80))),
    bfi_observed: observed.signatures.bfi,
    bfi_predicted: predicted.bfi,
    recession_observed: observed.signatures.recession,
    recession_predicted: predicted.recession,
    fdc_slope_observed: observed.signatures.slope,
    fdc_slope_predicted: predicted.slope,
  };
}

function observe({ days, values, epsilon }: ObservedFlow): Observed {
  const parts = stretches(days);
  const sorted = values.toSorted();
  return {
    parts,
    floods: floods(values, parts),
    peaks: highPeaks(values, parts, leastFrom(sorted, 80)),
    midSlope: midSlope(sorted, epsilon),
    signatures: signaturesOf(fromZero(values), sorted, parts),
  };
}

function signaturesOf(flows: Float64Array, sorted: Float64Array, parts: readonly Stretch[]): Signatures {
  return {
    bfi: baseflowIndex(flows, parts),
    recession: recessionRate(flows, parts),
    slope: curveSlope(sorted),
  };
}

function fromZero(flows: Float64Array): Float64Array {
  return flows.map((flow) => Math.max(0, flow));
}

/** PBIAS: 100 sum (p - o) / sum o, in percent; null where the observed flows add up to 0. */
export function percentBias(o: Float64Array, p: Float64Array): number | null {
  const total = sumOf(o);
  return isRounding(total, o) ? null : finite((100 * sumOf(o, (value, i) => p[i]! - value)) / total);
}

/**
 * FMS, bias of the slope of the flow duration curve between the flows exceeded on 20 % and on 70 % of days, in percent:
 * 100 (P - O) / O with O = ln(q20 + epsilon) - ln(q70 + epsilon) of the observations, and P likewise. These flows are at places
 * round(0.2 N) and round(0.7 N) of the falling flows, counted from 0. Null where both are observed as equal, or have no
 * logarithm, or epsilon is not above 0.
 * Yilmaz, Gupta & Wagener 2008, Water Resour. Res. 44, W09417, doi 10.1029/2007WR006716.
 */
export function slopeBias(observed: number, predicted: number): number | null {
  return observed > 0 ? finite((100 * (predicted - observed)) / observed) : null;
}

/** O or P of FMS; NaN where it is not defined. `sorted` [N] rises. */
export function midSlope(sorted: Float64Array, epsilon: number): number {
  if (!(epsilon > 0)) return Number.NaN;
  // Multiply before dividing: 0.7 x 365 is below 255.5 in binary numbers.
  const exceededOn = (tenths: number) =>
    sorted[sorted.length - 1 - Math.round((tenths * sorted.length) / 10)]!;
  return logRatio(exceededOn(2), exceededOn(7), epsilon);
}

/** Why a score is null. */
export function whyNoFlowScore(name: string, { values, epsilon }: ObservedFlow): string {
  if (values.length === 0) return "nothing was observed";
  if (values.length < fewestObservations)
    return `${values.length} observed days, and a score needs ${fewestObservations}`;
  if (name === "pbias") return "the observations add up to 0";
  if (name === "fms" && !(epsilon > 0)) return "the mean of the train observations is not above 0";
  if (name === "fms") return "the middle of the flow duration curve is level, or has no logarithm";
  if (name.startsWith("bfi")) return "no 30 days in a row with flow";
  if (name.startsWith("recession")) return "no flow that falls for five days";
  if (name.startsWith("fdc_slope")) return "the flow exceeded on 66 % of days is not above 0";
  return name === "missed_peaks" ? "no peak was observed" : "no flood was observed";
}
