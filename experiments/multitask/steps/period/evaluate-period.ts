/**
 * evaluate_period: scores of predictions on the days of a period, a line per site, model and variable, as evaluate_predictions
 * has them. The constant of `log_nse`, 1 % of the mean train flow, is that of the experiment for its sites; for others it rests on
 * the train days in the new observations, or if there are none, on the days that are scored.
 */
import { readdir, writeFile } from "node:fs/promises";
import { indexSites } from "@braid/data/records";
import { line } from "../../csv.ts";
import { siteFile } from "../../model-files.ts";
import type { DateRange } from "../../sequences/partitions.ts";
import { type BatchOf, told } from "../batch.ts";
import { metricsColumns, metricsRows, type UndefinedScores, undefinedScores } from "../metrics-table.ts";
import { readPredictionStore } from "../packed/prediction-store.ts";
import { type Predictions, readPredictions } from "../predictions.ts";
import { type Truth, truthOf } from "../truth.ts";

interface EvaluatePeriodParams {
  readonly experiment: string;
  /** The primary first. */
  readonly variables: readonly string[];
  /** Those that the observations of the period have a column of. */
  readonly observed: readonly string[];
  readonly discharge: readonly string[];
  readonly mask: readonly string[];
  readonly loss: "rmse" | "nnse";
  readonly period: readonly DateRange[];
  readonly train: readonly DateRange[];
  /** Sites of the experiment. */
  readonly known: readonly string[];
  /** Windows may have been left out for gaps in the drivers: their days are not scored. */
  readonly gaps: boolean;
}

interface EvaluateJob {
  readonly input: {
    /** Those of the period, and those of the experiment. */
    readonly observations: string;
    readonly trained: string;
    /** One CSV file, store (.npz), or folder with a file for each site. */
    readonly predictions: string | readonly string[];
  };
  readonly output: string;
  readonly wildcards: {
    readonly site_id?: string;
    readonly factor: string;
    readonly seed?: string;
  };
  readonly params: EvaluatePeriodParams;
}

type Job = BatchOf<EvaluateJob>[number];

/** The name of the partition that predicted days make. */
const partition = "period";

/** Predictions of one model at one site. */
interface Predicted extends Predictions {
  readonly file: string;
  readonly site: string;
  readonly seed: string;
}

/** Scores the predictions of a batch; what was observed at a site is laid out once. */
export async function evaluatePeriod(batch: BatchOf<EvaluateJob>): Promise<void> {
  const truths = new Map<string, Promise<readonly Truth[]>>();
  const truthAt = (site: string, job: Job) => {
    const truth = truths.get(site) ?? observedAt(site, job);
    truths.set(site, truth);
    return truth;
  };
  for (const job of batch) {
    try {
      const empty = undefinedScores();
      const rows: string[] = [];
      for (const one of await predictionsOf(job))
        rows.push(rowsOf(one, await truthAt(one.site, job), job, empty));
      await writeFile(job.output, line(metricsColumns) + rows.join(""));
      for (const text of empty.lines()) job.log(text);
      job.done();
    } catch (error) {
      job.fail(told(error));
    }
  }
}

async function predictionsOf({ input, wildcards, params }: Job): Promise<readonly Predicted[]> {
  const [predictions = ""] = [input.predictions].flat();
  const { site_id: site, seed = "" } = wildcards;
  if (site === undefined) {
    const start = `${partition}_preds_`;
    const names = (await readdir(predictions)).filter((name) => name.startsWith(start)).sort();
    const sites = names.map((name) => name.slice(start.length, -".csv".length));
    return Promise.all(
      sites.map(async (one) => {
        const file = siteFile(predictions, partition, one);
        return { file, site: one, seed, ...(await readPredictions(file, params.variables)) };
      }),
    );
  }
  if (!predictions.endsWith(".npz"))
    return [{ file: predictions, site, seed, ...(await readPredictions(predictions, params.variables)) }];
  const stored = await readPredictionStore(predictions, params.variables);
  return stored.map((one) => ({
    ...one,
    file: `${predictions} (seed ${one.seed})`,
    site,
    seed: String(one.seed),
  }));
}

function rowsOf(
  one: Predicted,
  truth: readonly Truth[],
  { wildcards, params }: Job,
  empty: UndefinedScores,
): string {
  const { file, site, seed, ...predictions } = one;
  const { experiment, loss, gaps } = params;
  const keys = { experiment, site_id: site, factor: wildcards.factor, seed, partition };
  const scored = gaps ? truth.map((series) => onPredictedDays(series, predictions)) : truth;
  return metricsRows(keys, scored, file, predictions, loss, empty);
}

/** The observed days that were predicted. */
function onPredictedDays(truth: Truth, { byVariable }: Predictions): Truth {
  const predicted = byVariable[truth.variable];
  if (predicted === null || predicted === undefined) return truth;
  const kept = [...truth.days.keys()].filter((i) => predicted.has(truth.days[i]!));
  return {
    ...truth,
    days: kept.map((i) => truth.days[i]!),
    values: Float64Array.from(kept, (i) => truth.values[i]!),
  };
}

/** What was observed at a site in the period, a series per variable; without days where the observations have none. */
async function observedAt(site: string, { input, params }: Job): Promise<readonly Truth[]> {
  const { variables, observed, discharge, known, period, train } = params;
  const asked = { ...params, partitions: { train, period } };
  const { spans } = await indexSites(input.observations);
  const there = spans.has(site)
    ? await truthOf(input.observations, site, partition, { ...asked, variables: observed })
    : [];
  const seen = variables.map(
    (variable): Truth =>
      there.find((one) => one.variable === variable) ?? {
        ...{ variable, days: [], values: new Float64Array(0) },
        epsilon: discharge.includes(variable) ? Number.NaN : null,
      },
  );
  const trained = known.includes(site) ? await truthOf(input.trained, site, partition, asked) : seen;
  return seen.map((one, v) =>
    one.epsilon === null ? one : { ...one, epsilon: constantOf(trained[v]!.epsilon!, one) },
  );
}

/** 1 % of the mean train flow, or of the scored days if no train day was observed. */
function constantOf(epsilon: number, { values }: Truth): number {
  if (Number.isFinite(epsilon)) return epsilon;
  return (0.01 * values.reduce((sum, value) => sum + value, 0)) / values.length;
}
