/** How the costs of single jobs are spread, rule by rule: counts over equal steps of a logarithmic axis, and quantiles. */
import { type MadeJob, secondsOf } from "braid-engine/inspect";
import { quantile } from "../shared/quantile.ts";

export interface Distribution {
  /** The axis from the least to the greatest value of all rules, both above 0; whole powers of ten, or 2 and 5 times one. */
  readonly low: number;
  readonly high: number;
  readonly rules: readonly RuleDistribution[];
}

export interface RuleDistribution {
  readonly rule: string;
  readonly jobs: number;
  /** Jobs in each of `bins` steps of the axis. */
  readonly counts: readonly number[];
  readonly p5: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p95: number;
  readonly min: number;
  readonly max: number;
  readonly total: number;
  /** Jobs whose cost is a share of their batch's. */
  readonly shared: number;
}

export interface Distributions {
  /** Seconds. */
  readonly time: Distribution | null;
  /** Seconds of CPU. */
  readonly cpu: Distribution | null;
  /** Bytes. */
  readonly memory: Distribution | null;
}

export const bins = 60;

/** Times are recorded in whole milliseconds, so shorter ones count as 1 ms on the axis. */
const shortest = 0.001;

/** A measure that no job has a record of is null. Rules are in the order of `rules`. */
export function distributions(made: readonly MadeJob[], rules: readonly string[]): Distributions {
  const byRule = Map.groupBy(made, ({ rule }) => rule);
  const of = (value: (job: MadeJob) => number | undefined, least: number) =>
    distribution(
      rules.flatMap((rule) => {
        const jobs = (byRule.get(rule) ?? []).filter((job) => value(job) !== undefined);
        if (jobs.length === 0) return [];
        const values = Float64Array.from(jobs, (job) => value(job)!).sort();
        return [{ rule, values, shared: jobs.filter(({ share }) => share !== undefined).length }];
      }),
      least,
    );
  return {
    time: of(secondsOf, shortest),
    cpu: of(({ cpu }) => (cpu === undefined ? undefined : cpu / 1_000), shortest),
    memory: of(({ memory }) => memory, 1_000),
  };
}

interface Values {
  readonly rule: string;
  /** In ascending order. */
  readonly values: Float64Array;
  readonly shared: number;
}

function distribution(rules: readonly Values[], least: number): Distribution | null {
  if (rules.length === 0) return null;
  const above = (value: number) => Math.max(least, value);
  const low = roundDown(above(Math.min(...rules.map(({ values }) => values[0]!))));
  const greatest = Math.max(...rules.map(({ values }) => values.at(-1)!));
  // At least one mark above the lowest.
  const high = Math.max(roundUp(1.5 * low), roundUp(above(greatest)));
  return {
    low,
    high,
    rules: rules.map(({ rule, values, shared }) => {
      const counts = new Array<number>(bins).fill(0);
      for (const value of values)
        counts[Math.min(bins - 1, Math.floor(bins * placeOn(low, high, above(value))))]!++;
      const [p5, p25, median, p75, p95] = [0.05, 0.25, 0.5, 0.75, 0.95].map((q) => quantile(values, q));
      return {
        ...{ rule, jobs: values.length, counts, shared },
        ...{ p5: p5!, p25: p25!, median: median!, p75: p75!, p95: p95! },
        ...{ min: values[0]!, max: values.at(-1)!, total: values.reduce((sum, value) => sum + value, 0) },
      };
    }),
  };
}

/** Where a value lies on the axis, from 0 to 1; values beyond an end lie there. */
export function placeOn(low: number, high: number, value: number): number {
  if (value <= low) return 0;
  return Math.min(1, Math.log(value / low) / Math.log(high / low));
}

/** The marks of the axis: powers of ten, and 3 times them, or 2 and 5 times them, if the axis is short. */
export function axisValues(low: number, high: number): number[] {
  const decades = Math.log10(high / low);
  const steps = decades > 4 ? [1] : decades > 2 ? [1, 3] : [1, 2, 5];
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high * (1 + 1e-9); power++)
    for (const step of steps) {
      const value = step * 10 ** power;
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) values.push(value);
    }
  return values;
}

/** 0.5 is for a value just below a power of ten: its logarithm can round up to the power. */
const niceSteps = [0.5, 1, 2, 5, 10];

function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * niceSteps.findLast((step) => step * power <= value)!;
}

function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * niceSteps.find((step) => step * power >= value)!;
}
