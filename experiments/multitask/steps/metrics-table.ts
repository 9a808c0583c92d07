/** The metrics file of one model, or of the ensemble of a factor's seeds, on one partition: a line per variable. */
import { count } from "braid-engine/quantities";
import { line } from "../csv.ts";
import {
  flowScoreNames,
  flowScores,
  noFlowScores,
  type ObservedFlow,
  whyNoFlowScore,
} from "../flow-scores.ts";
import { noScores, score, scoreNames, whyUndefined } from "../metrics.ts";
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
  ...flowScoreNames,
] as const;

/** The columns of versions before the scores of `flow-scores.ts`: their files are gathered with these empty. */
export const formerColumns = metricsColumns.slice(0, -flowScoreNames.length);

/** Whose predictions are scored. */
export interface MetricsKeys {
  readonly experiment: string;
  readonly site_id: string;
  readonly factor: string;
  readonly seed: string;
  readonly partition: string;
}

/** Counts undefined scores by model and reason. */
export interface UndefinedScores {
  add(
    keys: Pick<MetricsKeys, "site_id" | "partition">,
    variable: string,
    score: string,
    reason: string,
  ): void;
  /** One line per site, partition, variable and reason, with the undefined scores and their counts. */
  lines(): string[];
}

/** An empty count. */
export function undefinedScores(): UndefinedScores {
  const counts = new Map<string, Map<string, number>>();
  return {
    add({ site_id, partition }, variable, score, reason) {
      const key = `Site ${site_id}, ${variable} on ${partition}: ${reason}`;
      const scores = counts.get(key) ?? new Map<string, number>();
      counts.set(key, scores.set(score, (scores.get(score) ?? 0) + 1));
    },
    lines: () =>
      [...counts].map(([key, scores]) => {
        const told = [...Map.groupBy(scores, ([, times]) => times)].map(
          ([times, names]) => `${names.map(([name]) => name).join(", ")} of ${count(times, "model")}`,
        );
        return `${key}. Left empty: ${told.join("; ")}`;
      }),
  };
}

/** The text of a metrics file; `file` names the predictions in messages. */
export function metricsTable(...of: Parameters<typeof metricsRows>): string {
  return line(metricsColumns) + metricsRows(...of);
}

/** Its lines below the header; scores that are not defined are empty, and counted in `empty`. */
export function metricsRows(
  { experiment, site_id, factor, seed, partition }: MetricsKeys,
  truth: readonly Truth[],
  file: string,
  { byVariable, backend }: Predictions,
  loss: "rmse" | "nnse",
  empty: UndefinedScores,
): string {
  const keys = [experiment, site_id, factor, seed, partition];
  const scored = ({ variable, values, epsilon }: Truth, predicted: Float64Array) => {
    const scores = score(values, predicted, epsilon);
    for (const [name, reason] of whyUndefined(scores, values, predicted, epsilon))
      empty.add({ site_id, partition }, variable, name, reason);
    return scores;
  };
  const flowsScored = (flow: Truth & ObservedFlow, predicted: Float64Array) => {
    const scores = flowScores(flow, predicted);
    for (const name of flowScoreNames)
      if (scores[name] === null)
        empty.add({ site_id, partition }, flow.variable, name, whyNoFlowScore(name, flow));
    return scores;
  };
  return truth
    .map((one, v) => {
      const predicted = byVariable[one.variable]!;
      const trained = predicted === null ? "no" : isProbe(v, Number(factor), loss) ? "probe" : "yes";
      const values = predicted === null ? null : predictedOn(file, one, predicted);
      const scores = values === null ? noScores : scored(one, values);
      const flows = values === null || !isFlow(one) ? noFlowScores : flowsScored(one, values);
      return line([
        ...keys,
        one.variable,
        trained,
        backend,
        one.days.length,
        ...scoreNames.map((name) => scores[name]),
        ...flowScoreNames.map((name) => flows[name]),
      ]);
    })
    .join("");
}

function isFlow(truth: Truth): truth is Truth & ObservedFlow {
  return truth.epsilon !== null;
}

/** Whether head `v` learnt alone: with `nnse` each head follows its own gradient, but at factor 0 the trunk does not follow it. */
function isProbe(v: number, factor: number, loss: "rmse" | "nnse"): boolean {
  return v > 0 && factor === 0 && loss === "nnse";
}
