/** What scores and variables are called, in which units they are, and which values of a score are good. */
import type { Report } from "../report.ts";

interface ScoreInfo {
  readonly name: string;
  /** That of the variable, another one, or none. */
  readonly unit: "variable" | "%" | "days" | "";
  readonly best: "higher" | "lower" | "closer to 0" | "closer to 1";
}

const scores: Readonly<Record<string, ScoreInfo>> = {
  nse: { name: "NSE", unit: "", best: "higher" },
  kge: { name: "KGE", unit: "", best: "higher" },
  rmse: { name: "RMSE", unit: "variable", best: "lower" },
  r: { name: "correlation", unit: "", best: "higher" },
  alpha: { name: "variability ratio α", unit: "", best: "closer to 1" },
  beta: { name: "bias ratio β", unit: "", best: "closer to 1" },
  mean_bias: { name: "mean bias", unit: "variable", best: "closer to 0" },
  rmse_top: { name: "RMSE above the 90th percentile", unit: "variable", best: "lower" },
  bias_top: { name: "bias above the 90th percentile", unit: "variable", best: "closer to 0" },
  rmse_bottom: { name: "RMSE below the 10th percentile", unit: "variable", best: "lower" },
  bias_bottom: { name: "bias below the 10th percentile", unit: "variable", best: "closer to 0" },
  fhv: { name: "high-flow bias FHV", unit: "%", best: "closer to 0" },
  flv: { name: "low-flow bias FLV", unit: "%", best: "closer to 0" },
  pbias: { name: "percent bias PBIAS", unit: "%", best: "closer to 0" },
  fms: { name: "mid-slope bias FMS", unit: "%", best: "closer to 0" },
  peak_timing: { name: "error of the timing of floods", unit: "days", best: "lower" },
  peak_mape: { name: "error of flood peaks", unit: "%", best: "lower" },
  missed_peaks: { name: "share of missed peaks", unit: "", best: "lower" },
  log_nse: { name: "NSE of log flow", unit: "", best: "higher" },
};

function infoOf(score: string): ScoreInfo {
  return scores[score] ?? { name: spaced(score), unit: "", best: "higher" };
}

/** A column as people write it. */
export function spaced(name: string): string {
  return name.replaceAll("_", " ");
}

/** Units that end the names of columns in lists of sites. */
const propertyUnits: Readonly<Record<string, string>> = {
  ...{
    km2: "km²",
    sqmi: "mi²",
    mi2: "mi²",
    ha: "ha",
    m: "m",
    km: "km",
    ft: "ft",
    mm: "mm",
    c: "°C",
    degc: "°C",
  },
  ...{ cms: "m³ s⁻¹", cfs: "ft³ s⁻¹", days: "days", pct: "%", percent: "%", perc: "%" },
};

/** `drain area (mi²)` of `drain_area_sqmi`. */
export function propertyLabel(column: string): string {
  const [, name, ending] = /^(.+)_([^_]+)$/.exec(column) ?? [];
  const unit = propertyUnits[ending?.toLowerCase() ?? ""];
  return unit === undefined ? spaced(column) : `${spaced(name!)} (${unit})`;
}

/** Units as a page shows them: m³ s⁻¹ for m3 s-1, °C for degree_Celsius. */
function shownUnit(unit: string): string {
  const raised: Readonly<Record<string, string>> = { "-": "⁻", 1: "¹", 2: "²", 3: "³" };
  if (unit === "degree_Celsius") return "°C";
  if (unit === "degree_Fahrenheit") return "°F";
  return unit.replace(/(?<=[a-z])-?[123](?= |$)/gi, (power) =>
    [...power].map((one) => raised[one]!).join(""),
  );
}

/** `discharge (m³ s⁻¹)`; a name that tells its unit at its end is shown without it. */
export function variableLabel(report: Pick<Report, "units">, variable: string): string {
  const unit = report.units[variable];
  return unit == null ? spaced(variable) : `${variableName(report, variable)} (${shownUnit(unit)})`;
}

/** ` m³ s⁻¹`; empty if the unit is not known. */
export function unitWords({ units }: Pick<Report, "units">, variable: string): string {
  const unit = units[variable];
  return unit == null ? "" : ` ${shownUnit(unit)}`;
}

/** Short names of the data format that only its readers know. */
const longNames: Readonly<Record<string, string>> = { temp: "water temperature", prcp: "precipitation" };

/** The same without its unit. */
export function variableName({ units }: Pick<Report, "units">, variable: string): string {
  if (units[variable] == null) return spaced(variable);
  const name = variable.replace(/_[^_]+$/, "");
  return longNames[name] ?? spaced(name);
}

/** `RMSE (m³ s⁻¹)` */
export function scoreLabel({ units }: Pick<Report, "units">, score: string, variable: string): string {
  const { name, unit } = infoOf(score);
  const shown = unit === "variable" ? units[variable] : unit;
  return shown == null || shown === "" ? name : `${name} (${shownUnit(shown)})`;
}

/** `higher is better` */
export function direction(score: string): string {
  return `${infoOf(score).best} is better`;
}

/** How good a value of a score is: greater is better. */
export function goodness(score: string, value: number): number {
  const { best } = infoOf(score);
  if (best === "lower") return -value;
  if (best === "closer to 0") return -Math.abs(value);
  return best === "closer to 1" ? -Math.abs(value - 1) : value;
}
