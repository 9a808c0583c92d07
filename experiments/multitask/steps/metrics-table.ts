/** The metrics file of one model, or of the ensemble of a factor's seeds, on one partition: a line per variable. */
import { line } from "../csv.ts";
import { noScores, score, scoreNames } from "../metrics.ts";
import type { Predictions } from "./predictions.ts";
import { predictedOn, type Truth } from "./truth.ts";

/** The columns of a metrics file. */
export const metricsColumns = [
  "experiment",
  "site_id",
  "factor",
  "seed",
  "partition",
  "variable",
  /** yes; no: the head saw no gradient, and its scores are empty; probe: it did, on a trunk of the primary alone. */
  "trained",
  "backend",
  "n_obs",
  ...scoreNames,
] as const;

/** Whose predictions are scored. */
export interface MetricsKeys {
  readonly experiment: string;
  readonly site_id: string;
  readonly factor: string;
  readonly seed: string;
  readonly partition: string;
}

/** The text of a metrics file; `file` names the predictions in messages. */
export function metricsTable(...of: Parameters<typeof metricsRows>): string {
  return line(metricsColumns) + metricsRows(...of);
}

/** Its lines below the header. */
export function metricsRows(
  { experiment, site_id, factor, seed, partition }: MetricsKeys,
  truth: readonly Truth[],
  file: string,
  { byVariable, backend }: Predictions,
  loss: "rmse" | "nnse",
): string {
  const keys = [experiment, site_id, factor, seed, partition];
  return truth
    .map((one, v) => {
      const predicted = byVariable[one.variable]!;
      const trained = predicted === null ? "no" : isProbe(v, Number(factor), loss) ? "probe" : "yes";
      const scores =
        predicted === null ? noScores : score(one.values, predictedOn(file, one, predicted), one.epsilon);
      return line([
        ...keys,
        one.variable,
        trained,
        backend,
        one.days.length,
        ...scoreNames.map((name) => scores[name]),
      ]);
    })
    .join("");
}

/** Whether head `v` learnt alone: with `nnse` each head follows its own gradient, but at factor 0 the trunk does not follow it. */
function isProbe(v: number, factor: number, loss: "rmse" | "nnse"): boolean {
  return v > 0 && factor === 0 && loss === "nnse";
}
