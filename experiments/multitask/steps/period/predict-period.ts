/**
 * predict_period and predict_ungauged: what trained models predict on days, or at sites, that they were not trained on; the tables
 * are those of make_predictions. Values are scaled back as each model records it, so a model must know the scales of its windows.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { loadModel } from "@braid/lstm";
import { cannot } from "braid-engine";
import { line } from "../../csv.ts";
import { siteFile } from "../../model-files.ts";
import { decodePrepared, type Prepared } from "../../sequences/prepared.ts";
import { type BatchOf, groupBy, told } from "../batch.ts";
import {
  type MadePredictions,
  makePredictions,
  type PredictJob,
  predictEach,
  written,
} from "../make-predictions.ts";
import type { ModelRecord } from "../model-record.ts";
import { readModels } from "../packed/model-store.ts";
import { predictStores } from "../packed/steps.ts";

type Jobs = BatchOf<PredictJob>;
type StoreJobs = Parameters<typeof predictStores>[0];

/** Predictions of models of one site, each into a CSV file. */
export async function predictPeriod(batch: Jobs): Promise<void> {
  const { jobs } = await withTheirScales(batch, async (file) => [await recordOf(file)]);
  if (jobs.length > 0) await makePredictions(jobs);
}

/** Predictions of the models in stores, each store into another one. */
export async function predictPeriodStores(batch: StoreJobs): Promise<void> {
  const { jobs } = await withTheirScales(batch, async (file) =>
    [...(await readModels(file)).values()].map(({ record }) => record),
  );
  if (jobs.length > 0) await predictStores(jobs);
}

/** Predictions of models of several sites: a folder with a file for each site of the windows. */
export async function predictNewSites(batch: Jobs): Promise<void> {
  const { jobs, sites } = await withTheirScales(batch, async (file) => [await recordOf(file)]);
  if (jobs.length === 0) return;
  await predictEach(jobs, {
    load: loadRecorded,
    async keep({ input, output, wildcards }, made) {
      await mkdir(output, { recursive: true });
      for (const [site, text] of tablesBySite(made, sites.get(input.prepared)!))
        await writeFile(siteFile(output, wildcards.partition, site), text);
    },
  });
}

async function loadRecorded({ input }: PredictJob) {
  const { model, metadata } = await loadModel(input.model);
  return { model, record: metadata as unknown as ModelRecord };
}

async function recordOf(file: string): Promise<ModelRecord> {
  return (await loadModel(file)).metadata as unknown as ModelRecord;
}

interface Scaled<J> {
  readonly jobs: BatchOf<J>;
  /** The sites of prepared windows, by path. */
  readonly sites: ReadonlyMap<string, readonly string[]>;
}

type Predicting = { readonly input: { readonly prepared: string; readonly model: string } };

/** The jobs whose models have learnt with the scales of their windows; the others fail. */
async function withTheirScales<J extends Predicting>(
  batch: BatchOf<J>,
  recordsIn: (model: string) => Promise<readonly ModelRecord[]>,
): Promise<Scaled<J>> {
  const sites = new Map<string, readonly string[]>();
  const good: BatchOf<J>[number][] = [];
  for (const [file, jobs] of groupBy(batch, ({ input }) => input.prepared)) {
    let prepared: Prepared;
    try {
      prepared = decodePrepared(await readFile(file), file);
      sites.set(file, prepared.sites);
    } catch (error) {
      for (const job of jobs) job.fail(told(error));
      continue;
    }
    for (const job of jobs) {
      try {
        for (const record of await recordsIn(job.input.model))
          checkScales(job.input.model, record, file, prepared);
        good.push(job);
      } catch (error) {
        job.fail(told(error));
      }
    }
  }
  Object.defineProperty(good, "stopping", { get: () => batch.stopping });
  return { jobs: good as unknown as BatchOf<J>, sites };
}

/** @throws if the windows were scaled otherwise than the model's train days: after `--touch`, or an edit of a file. */
function checkScales(
  model: string,
  { drivers, variables, scaler }: ModelRecord,
  file: string,
  windows: Prepared,
): void {
  const learnt = JSON.stringify([drivers, variables, scaler.x, scaler.y]);
  if (learnt === JSON.stringify([windows.drivers, windows.variables, windows.x, windows.y])) return;
  throw cannot("predict with", model, `it was trained with other scales or drivers than "${file}" has`, {
    hint: "The prepared data changed after the training. Train again: -R train_model",
  });
}

/** The table of each site, a line per day; empty for a variable that was not trained, or has no scale at the site. */
function tablesBySite(
  { record, partition, keys, predicted }: MadePredictions,
  sites: readonly string[],
): Map<string, string> {
  const { variables, untrained, scaler, backend } = record;
  const { sequences, steps, valid, siteIndex } = partition;
  const V = variables.length;
  const tables = new Map<string, string>();
  for (let s = 0; s < sequences; s++) {
    const site = sites[siteIndex[s]!]!;
    // A site that the model did not learn from has the scales that all sites of the unit share.
    const scales = scaler.ySites?.[record.sites?.indexOf(site) ?? -1] ?? scaler.y;
    let text = tables.get(site) ?? line(["site_id", "date", ...variables, "backend"]);
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
