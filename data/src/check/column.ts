/** The values of one column at one site: what they are, and what about each, or all of them, is wrong. */
import { parseNumber } from "../tables/number.ts";
import { isConstant } from "./constant.ts";
import { type Extremes, extremes } from "./extremes.ts";
import type { Level } from "./finding.ts";
import { missingCode } from "./missing-codes.ts";
import { type Plausible, plausible } from "./plausible.ts";
import { oddMean } from "./units-of.ts";

/** Observations may miss values and days; drivers may not. */
export type Kind = "observations" | "drivers";

/** How many values there are, and of which size; infinite limits where there are none. */
export interface ColumnSummary {
  seen: number;
  missing: number;
  sum: number;
  least: number;
  most: number;
  /** Mean of the values, and the sum of their squared deviations from it. */
  mean: number;
  squares: number;
}

/** True if there is at most one value, as a run decides it. */
export function isOneValue({ seen, mean, squares }: ColumnSummary): boolean {
  return seen === 0 || isConstant(mean, Math.sqrt(squares / seen));
}

/** A column on its way through a file. */
export interface Column extends ColumnSummary {
  readonly name: string;
  readonly limits: Plausible | undefined;
  readonly extremes: Extremes;
  /** The value before, and how often it has come in a row. */
  before: number;
  run: number;
  /** How many values are that of the day before and not 0. */
  repeated: number;
}

/** Takes what is wrong with a value or a column, in words that follow its name. */
export type Report = (level: Level, what: string, example?: string) => void;

/** A column before its first value. */
export function startColumn(name: string): Column {
  return {
    name,
    limits: plausible(name),
    seen: 0,
    missing: 0,
    sum: 0,
    least: Number.POSITIVE_INFINITY,
    most: Number.NEGATIVE_INFINITY,
    mean: 0,
    squares: 0,
    extremes: extremes(),
    before: Number.NaN,
    run: 0,
    repeated: 0,
  };
}

/** The number of a field: NaN where it is empty, null where it is wrong. Counts it in and reports what is odd. */
export function checkField(column: Column, text: string, report: Report): number | null {
  const value = parseNumber(text);
  if (value === null) {
    report(
      "error",
      /^[+-]?\d*,\d+$/.test(text) ? "has a comma: write decimals with a point" : "is not a number",
    );
    return null;
  }
  if (Number.isNaN(value)) {
    column.missing += 1;
    return value;
  }
  const { limits } = column;
  const code = missingCode(value, text, limits?.most);
  if (code !== null) {
    report("error", code);
    return null;
  }
  column.seen += 1;
  // Welford 1962, Technometrics 4, 419-420: in one pass, without large sums
  const from = value - column.mean;
  column.mean += from / column.seen;
  column.squares += from * (value - column.mean);
  column.extremes.add(value);
  column.sum += value;
  column.least = Math.min(column.least, value);
  column.most = Math.max(column.most, value);
  if (limits === undefined) return value;
  if (value < limits.least)
    report("warning", limits.least === 0 ? "is negative" : `is below ${limits.least}`);
  if (value > limits.most) report("warning", `is above ${limits.most}`);
  column.run = value === column.before ? column.run + 1 : 1;
  column.before = value;
  if (column.run > 1 && value !== 0) column.repeated += 1;
  if (column.run === limits.stuckDays && value !== 0)
    report("warning", `is the same for ${limits.stuckDays} days or more`);
  return value;
}

/** A mean over fewer values may be that of one season. */
const enoughForMean = 300;

/** Of weekly values written for each day six of seven repeat the day before. */
const mostRepeated = 0.75;

/** Reports what only all values together show. */
export function checkColumn(column: Column, report: Report): void {
  const { name, seen, sum, limits, extremes, repeated } = column;
  for (const { value, times, apart } of extremes.odd())
    report(
      "warning",
      `${times > 1 ? "repeats" : "has"} one ${value < 0 ? "low" : "high"} value far from all others: is it a code for "missing"?`,
      `${value}, ${times} times; the next value is ${apart}`,
    );
  if (seen < enoughForMean) return;
  if (repeated > mostRepeated * seen && !isOneValue(column))
    report(
      "warning",
      "repeats the value of the day before on most days: are these weekly or monthly values?",
      `${repeated} of ${seen} days`,
    );
  const mean = sum / seen;
  if (limits?.mean === undefined) {
    const odd = oddMean(name, mean);
    if (odd !== null) report("warning", odd, `mean ${mean.toPrecision(4)}`);
    return;
  }
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, perhaps } = limits.mean;
  if (mean < least || mean > most)
    report("warning", `has an unlikely mean: is its unit ${perhaps}?`, `mean ${mean.toPrecision(4)}`);
}
