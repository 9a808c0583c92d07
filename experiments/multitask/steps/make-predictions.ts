/**
 * make_predictions: a model's predictions on the days of one partition, in physical units, as CSV:
 * site_id,date,<variables>,backend. The column of a head that was never trained is empty.
 */
import { readFile, writeFile } from "node:fs/promises";
import { formatDay } from "@braid/data/tables";
import { type Backend, loadModel, type TrainedModel } from "@braid/lstm";
import { compact, field, line } from "../csv.ts";
import { decodePrepared, type PreparedPartition, partitionOf } from "../sequences/prepared.ts";
import { unscaled } from "../sequences/scaling.ts";
import { type BackendSpec, refuseMixing, withBackend } from "./backend.ts";
import { type BatchOf, groupBy, told } from "./batch.ts";
import type { ModelRecord } from "./model-record.ts";

export interface PredictParams extends BackendSpec {
  readonly mixBackends: boolean;
}

interface PredictJob {
  readonly input: { readonly prepared: string; readonly model: string };
  readonly output: string;
  readonly wildcards: { readonly partition: string };
  readonly params: PredictParams;
}

type Jobs = BatchOf<PredictJob>;

interface Task {
  readonly job: Jobs[number];
  readonly model: TrainedModel;
  readonly record: ModelRecord;
  readonly partition: PreparedPartition;
  /** [S x T]: `site,date,` of each day of the partition, empty elsewhere; shared by the models of a site. */
  readonly keys: readonly string[];
}

/** Runs the models of a batch over their partitions; prepared data are read once for all models of a site. */
export async function makePredictions(batch: Jobs): Promise<void> {
  const { params } = batch[0]!;
  const tasks: Task[] = [];
  for (const [file, sharing] of groupBy(batch, (job) => job.input.prepared)) {
    try {
      const prepared = decodePrepared(await readFile(file), file);
      for (const [name, jobs] of groupBy(sharing, (job) => job.wildcards.partition)) {
        const partition = partitionOf(prepared, name, file);
        const keys = rowKeys(prepared.sites, partition);
        tasks.push(
          ...(await Promise.all(jobs.map((job) => load(job, partition, keys)))).filter(
            (task) => task !== null,
          ),
        );
      }
    } catch (error) {
      for (const job of sharing) job.fail(told(error));
    }
  }
  if (tasks.length === 0) return;
  const device = batch[0]!.resources.gpu[0];
  await withBackend({ ...params, device }, tasks[0]!.model.shape, batch[0]!.log, (backend) =>
    predictAll(tasks, backend),
  );
}

async function load(
  job: Jobs[number],
  partition: PreparedPartition,
  keys: readonly string[],
): Promise<Task | null> {
  try {
    const { model, metadata } = await loadModel(job.input.model);
    return { job, model, record: metadata as unknown as ModelRecord, partition, keys };
  } catch (error) {
    job.fail(told(error));
    return null;
  }
}

async function predictAll(tasks: readonly Task[], backend: Backend): Promise<void> {
  const requests = tasks.map(({ model, partition: { x, sequences, steps } }) => ({
    model,
    x,
    sequences,
    steps,
  }));
  const writes: Promise<void>[] = [];
  await backend.predict(requests, (i, result) => {
    writes.push(write(tasks[i]!, result, backend.name));
  });
  await Promise.all(writes);
}

async function write(
  { job, record, partition, keys }: Task,
  result: Float32Array | Error,
  backend: string,
): Promise<void> {
  try {
    if (result instanceof Error) throw result;
    refuseMixing("predict with", job.input.model, record.backend, backend, job.params.mixBackends);
    await writeFile(job.output, predictionTable(record, partition, keys, result));
    job.done();
  } catch (error) {
    job.fail(told(error));
  }
}

/** One line per day of the partition; `predicted` [S, T, V] is in the model's units. */
function predictionTable(
  { variables, untrained, scaler, backend }: ModelRecord,
  { valid }: PreparedPartition,
  keys: readonly string[],
  predicted: Float32Array,
): string {
  const V = variables.length;
  let text = line(["site_id", "date", ...variables, "backend"]);
  for (let step = 0; step < valid.length; step++) {
    if (valid[step] === 0) continue;
    text += keys[step];
    for (let v = 0; v < V; v++) {
      if (!untrained.includes(variables[v]!))
        text += compact(unscaled(predicted[step * V + v]!, scaler.y[v]!));
      text += ",";
    }
    text += `${backend}\n`;
  }
  return text;
}

function rowKeys(sites: readonly string[], { steps, valid, dates, siteIndex }: PreparedPartition): string[] {
  return Array.from(valid, (isDay, step) =>
    isDay === 0 ? "" : `${field(sites[siteIndex[Math.floor(step / steps)]!]!)},${formatDay(dates[step]!)},`,
  );
}
