/**
 * The steps of models of several sites: the same bodies as for models of one, and what splits their predictions and scores
 * by site. From combine_metrics on, nothing knows of units.
 */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { loadModel, saveModel } from "@braid/lstm";
import { line } from "../../csv.ts";
import { siteFile } from "../../model-files.ts";
import type { Partitions } from "../../sequences/partitions.ts";
import { type BatchOf, groupBy, told } from "../batch.ts";
import type { EvaluateParams } from "../evaluate-predictions.ts";
import { type MadePredictions, type PredictJob, predictEach, written } from "../make-predictions.ts";
import { metricsColumns, metricsRows, undefinedScores } from "../metrics-table.ts";
import type { ModelRecord } from "../model-record.ts";
import { readPredictions } from "../predictions.ts";
import { type TrainJob, trainEach } from "../train-model.ts";
import { truthOf } from "../truth.ts";

/** train_model: units differ in their minibatches, so each is trained by itself. */
export async function trainUnits(batch: BatchOf<TrainJob>): Promise<void> {
  for (const jobs of groupBy(batch, ({ input }) => input).values()) {
    if (batch.stopping) return;
    const own = Object.defineProperty(jobs, "stopping", { get: () => batch.stopping });
    await trainEach(own as unknown as typeof batch, ({ output }, model, record) =>
      saveModel(output, model, { ...record }),
    );
  }
}

/** make_predictions: a folder of predictions with a file per site. */
export function predictUnits(batch: BatchOf<PredictJob>): Promise<void> {
  return predictEach(batch, {
    async load({ input }) {
      const { model, metadata } = await loadModel(input.model);
      return { model, record: metadata as unknown as ModelRecord };
    },
    async keep({ output, wildcards }, made) {
      await mkdir(output);
      for (const [site, text] of predictionTables(made))
        await writeFile(siteFile(output, wildcards.partition, site), text);
    },
  });
}

/** The table of each site, a line per day; empty for a variable that was not trained, or has no scale at the site. */
function predictionTables({ record, partition, keys, predicted }: MadePredictions): Map<string, string> {
  const { variables, untrained, scaler, backend, sites = [] } = record;
  const { sequences, steps, valid, siteIndex } = partition;
  const V = variables.length;
  const header = line(["site_id", "date", ...variables, "backend"]);
  const tables = new Map<string, string>();
  for (let s = 0; s < sequences; s++) {
    const site = sites[siteIndex[s]!]!;
    const scales = scaler.ySites?.[siteIndex[s]!] ?? scaler.y;
    let text = tables.get(site) ?? header;
    for (let step = s * steps; step < (s + 1) * steps; step++) {
      if (valid[step] === 0) continue;
      const values = variables.map((variable, v) =>
        untrained.includes(variable) || scales[v]!.std === 0
          ? ""
          : written(predicted[step * V + v]!, scales[v]!),
      );
      text += `${keys[step]}${values.join(",")},${backend}\n`;
    }
    tables.set(site, text);
  }
  return tables;
}

interface EvaluateUnitJob {
  readonly input: { readonly observations: string; readonly predictions: string };
  readonly output: string;
  readonly wildcards: {
    readonly unit: string;
    readonly factor: string;
    readonly seed: string;
    readonly partition: string;
  };
  /** `kept`: the days of sites that lost windows to gaps in their drivers. */
  readonly params: EvaluateParams & { readonly kept?: Readonly<Record<string, Partitions>> };
}

/** evaluate_predictions: the scores of every site of the unit; the observations of a site are laid out once a batch. */
export async function evaluateUnits(batch: BatchOf<EvaluateUnitJob>): Promise<void> {
  for (const jobs of groupBy(batch, ({ wildcards }) => `${wildcards.unit}/${wildcards.partition}`).values()) {
    const empty = undefinedScores();
    const scores = new Map(jobs.map((job) => [job, line(metricsColumns)]));
    try {
      for (const site of await sitesIn(jobs[0]!)) await scoreSite(site, scores, empty);
    } catch (error) {
      for (const job of jobs) job.fail(told(error));
      continue;
    }
    for (const text of empty.lines()) jobs[0]!.log(text);
    for (const [job, text] of scores) {
      await writeFile(job.output, text);
      job.done();
    }
  }
}

type Scores = Map<BatchOf<EvaluateUnitJob>[number], string>;

/** Adds the lines of one site to the table of each job; a job whose predictions are wrong fails and leaves the map. */
async function scoreSite(
  site: string,
  scores: Scores,
  empty: ReturnType<typeof undefinedScores>,
): Promise<void> {
  const [first] = scores.keys();
  if (first === undefined) return;
  const { partition } = first.wildcards;
  const { kept, ...params } = first.params;
  const partitions = kept?.[site] ?? params.partitions;
  const truth = await truthOf(first.input.observations, site, partition, { ...params, partitions });
  for (const [job, text] of scores) {
    const { experiment, variables, loss } = job.params;
    const { factor, seed } = job.wildcards;
    const file = siteFile(job.input.predictions, partition, site);
    try {
      const predictions = await readPredictions(file, variables);
      const keys = { experiment, site_id: site, factor, seed, partition };
      scores.set(job, text + metricsRows(keys, truth, file, predictions, loss, empty));
    } catch (error) {
      job.fail(told(error));
      scores.delete(job);
    }
  }
}

/** The sites that a folder of predictions has files of. */
async function sitesIn({ input, wildcards }: BatchOf<EvaluateUnitJob>[number]): Promise<string[]> {
  const start = `${wildcards.partition}_preds_`;
  return (await readdir(input.predictions))
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length, -".csv".length))
    .sort();
}
