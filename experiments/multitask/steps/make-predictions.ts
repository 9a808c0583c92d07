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

export interface PredictJob {
  readonly input: { readonly prepared: string; readonly model: string };
  readonly output: string;
  readonly wildcards: { readonly partition: string };
  readonly params: PredictParams;
}

type Jobs = BatchOf<PredictJob>;

/** A model of a job, and what is to be kept of what it predicts. */
export interface Places<J> {
  load(job: J): Promise<{ readonly model: TrainedModel; readonly record: ModelRecord }>;
  keep(job: J, made: MadePredictions): Promise<void>;
}

/** What a model predicted: [S, T, V] in its own units, and what that means. */
export interface MadePredictions {
  readonly record: ModelRecord;
  readonly partition: PreparedPartition;
  readonly predicted: Float32Array;
  /** [S x T]: `site,date,` of each day of the partition, empty elsewhere. */
  readonly keys: readonly string[];
}

interface Task {
  readonly job: Jobs[number];
  readonly model: TrainedModel;
  readonly record: ModelRecord;
  readonly partition: PreparedPartition;
  /** [S x T]: `site,date,` of each day of the partition, empty elsewhere; shared by the models of a site. */
  readonly keys: readonly string[];
}

/** Runs the models of a batch over their partitions, each into a CSV file. */
export function makePredictions(batch: Jobs): Promise<void> {
  return predictEach(batch, {
    async load({ input }) {
      const { model, metadata } = await loadModel(input.model);
      return { model, record: metadata as unknown as ModelRecord };
    },
    keep: ({ output }, made) => writeFile(output, predictionTable(made)),
  });
}

/** Runs the models of a batch; prepared data are read once for all models of a site. */
export async function predictEach(batch: Jobs, places: Places<Jobs[number]>): Promise<void> {
  const { params } = batch[0]!;
  const tasks: Task[] = [];
  for (const [file, sharing] of groupBy(batch, (job) => job.input.prepared)) {
    try {
      const prepared = decodePrepared(await readFile(file), file);
      for (const [name, jobs] of groupBy(sharing, (job) => job.wildcards.partition)) {
        const partition = partitionOf(prepared, name, file);
        const keys = rowKeys(prepared.sites, partition);
        tasks.push(
          ...(await Promise.all(jobs.map((job) => load(job, partition, keys, places)))).filter(
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
    predictAll(tasks, backend, places),
  );
}

async function load(
  job: Jobs[number],
  partition: PreparedPartition,
  keys: readonly string[],
  places: Places<Jobs[number]>,
): Promise<Task | null> {
  try {
    return { job, ...(await places.load(job)), partition, keys };
  } catch (error) {
    job.fail(told(error));
    return null;
  }
}

async function predictAll(
  tasks: readonly Task[],
  backend: Backend,
  places: Places<Jobs[number]>,
): Promise<void> {
  const requests = tasks.map(({ model, partition: { x, sequences, steps } }) => ({
    model,
    x,
    sequences,
    steps,
  }));
  const writes: Promise<void>[] = [];
  await backend.predict(requests, (i, result) => {
    writes.push(keep(tasks[i]!, result, backend.name, places));
  });
  await Promise.all(writes);
}

async function keep(
  { job, record, partition, keys }: Task,
  result: Float32Array | Error,
  backend: string,
  places: Places<Jobs[number]>,
): Promise<void> {
  try {
    if (result instanceof Error) throw result;
    refuseMixing("predict with", job.input.model, record.backend, backend, job.params.mixBackends);
    await places.keep(job, { record, partition, keys, predicted: result });
    job.done();
  } catch (error) {
    job.fail(told(error));
  }
}

/** A predicted value in physical units, as it is written. */
export function written(value: number, scale: Parameters<typeof unscaled>[1]): string {
  return compact(unscaled(value, scale));
}

/** One line per day of the partition. */
function predictionTable({ record, partition: { valid }, keys, predicted }: MadePredictions): string {
  const { variables, untrained, scaler, backend } = record;
  const V = variables.length;
  let text = line(["site_id", "date", ...variables, "backend"]);
  for (let step = 0; step < valid.length; step++) {
    if (valid[step] === 0) continue;
    text += keys[step];
    for (let v = 0; v < V; v++) {
      if (!untrained.includes(variables[v]!)) text += written(predicted[step * V + v]!, scaler.y[v]!);
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
