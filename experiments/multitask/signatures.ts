/** Signatures of flow, in m3/s or any other unit: numbers that describe how a river behaves, without a truth to compare with. */
import { median } from "@braid/statistics";
import { logRatio } from "./metrics.ts";
import type { Stretch } from "./peaks.ts";
import { percentile } from "./percentiles.ts";

/** A stretch shorter than this, in days, tells nothing of baseflow. */
const shortest = 30;
const filterParameter = 0.925;

/**
 * Baseflow index: the share of the flow that a digital filter takes for baseflow, in three passes (forward, backward,
 * forward), of stretches of consecutive days. Lyne & Hollick 1979; Ladson et al. 2013, Australas. J. Water Resour. 17,
 * 25-34, doi 10.7158/13241583.2013.11465417. `flows` [N] are 0 or more. Null without a stretch of 30 days, or without flow.
 */
export function baseflowIndex(flows: Float64Array, parts: readonly Stretch[]): number | null {
  let [base, total] = [0, 0];
  const passed = flows.slice();
  for (const part of parts) {
    if (part.to - part.from < shortest) continue;
    for (let i = part.from; i < part.to; i++) total += flows[i]!;
    for (const step of [1, -1, 1] as const) keepBaseflow(passed, part, step);
    for (let i = part.from; i < part.to; i++) base += passed[i]!;
  }
  return total > 0 ? base / total : null;
}

/** One pass of the filter, in place: quick = a quick' + (1 + a) / 2 (q - q'), of the day before; q - quick stays where quick > 0. */
function keepBaseflow(flows: Float64Array, { from, to }: Stretch, step: 1 | -1): void {
  const first = step === 1 ? from : to - 1;
  let quick = 0;
  let before = flows[first]!;
  for (let i = first; i >= from && i < to; i += step) {
    const flow = flows[i]!;
    quick = filterParameter * quick + ((1 + filterParameter) / 2) * (flow - before);
    before = flow;
    if (quick > 0) flows[i] = flow - quick;
  }
}

/**
 * Recession rate in 1/day: the median of ln(q today / q tomorrow) in falling limbs of at least five days, without their first
 * two. Vogel & Kroll 1992, Water Resour. Res. 28, 2451-2458, doi 10.1029/92WR01007. Null without such a limb.
 */
export function recessionRate(flows: Float64Array, parts: readonly Stretch[]): number | null {
  const rates: number[] = [];
  for (const part of parts) {
    let from = part.from;
    for (let i = from + 1; i <= part.to; i++) {
      if (i < part.to && flows[i]! < flows[i - 1]! && flows[i]! > 0) continue;
      for (let k = from + 2; i - from >= 5 && k < i - 1; k++)
        rates.push(logRatio(flows[k]!, flows[k + 1]!, 0));
      from = i;
    }
  }
  return rates.length === 0 ? null : median(rates);
}

/**
 * Slope of the flow duration curve between the flows exceeded on 33 % and on 66 % of days: (ln q33 - ln q66) / 0.33.
 * Sawicz et al. 2011, Hydrol. Earth Syst. Sci. 15, 2895-2911, doi 10.5194/hess-15-2895-2011. Null where one of them is not
 * above 0. `sorted` [N] rises.
 */
export function curveSlope(sorted: Float64Array): number | null {
  const [high, low] = [percentile(sorted, 67), percentile(sorted, 34)];
  return low > 0 ? logRatio(high, low, 0) / 0.33 : null;
}
