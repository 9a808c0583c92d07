/**
 * train_model: one model per factor and seed from the train partition of a site's prepared data.
 *
 * All jobs of a call go to the backend together, and those of one site share one dataset, read once.
 * The saved model carries what is needed to use it: scales, columns, factor, seed, backend.
 */
import { readFile } from "node:fs/promises";
import { type Backend, type Dataset, saveModel, type TrainedModel } from "@braid/lstm";
import type { PartitionName } from "../config.ts";
import { type Training, validates } from "../protocol.ts";
import { decodePrepared, type Prepared, partitionOf } from "../sequences/prepared.ts";
import { type BackendSpec, withBackend } from "./backend.ts";
import { type BatchOf, groupBy, told } from "./batch.ts";
import type { ModelRecord } from "./model-record.ts";
import { trainingNotes } from "./training-notes.ts";

export interface TrainParams extends BackendSpec {
  readonly experiment: string;
  readonly training: Training;
}

/** The site that a model learns from, or the unit of several. */
type TrainedOn =
  | { readonly site_id: string; readonly unit?: undefined }
  | { readonly unit: string; readonly site_id?: undefined };

export interface TrainJob {
  readonly input: string;
  readonly output: string;
  readonly wildcards: TrainedOn & { readonly factor: string; readonly seed: string };
  readonly params: TrainParams;
}

type Jobs = BatchOf<TrainJob>;

interface Task {
  readonly job: Jobs[number];
  readonly prepared: Prepared;
  readonly dataset: Dataset;
  /** Where the validation loss is asked for. */
  readonly validation?: Dataset;
}

/** Models handed over at once, at least, by backends that train one after another: what a stop has to wait for. */
const modelsPerCall = 16;

/** What becomes of a trained model. */
export type KeepModel = (job: Jobs[number], model: TrainedModel, record: ModelRecord) => Promise<void>;

/** Trains the models of a batch, each into a folder of its own; one that diverges fails alone. */
export function trainModels(batch: Jobs): Promise<void> {
  return trainEach(batch, ({ output }, model, record) => saveModel(output, model, { ...record }));
}

/** Trains the models of a batch and gives each to `keep`. */
export async function trainEach(batch: Jobs, keep: KeepModel): Promise<void> {
  const { params } = batch[0]!;
  const tasks: Task[] = [];
  for (const [file, jobs] of groupBy(batch, (job) => job.input)) {
    try {
      const prepared = decodePrepared(await readFile(file), file);
      const data = {
        dataset: datasetOf(prepared, "train", file),
        ...(validates(params.training) ? { validation: datasetOf(prepared, "validation", file) } : {}),
      };
      tasks.push(...jobs.map((job) => ({ job, prepared, ...data })));
    } catch (error) {
      for (const job of jobs) job.fail(told(error));
    }
  }
  if (tasks.length === 0) return;
  const { inputs, outputs } = tasks[0]!.dataset;
  const shape = { inputs, hidden: params.training.hidden, outputs };
  const device = batch[0]!.resources.gpu[0];
  const noted = new Set<string>();
  await withBackend({ ...params, device }, shape, batch[0]!.log, async (backend) => {
    const atOnce = backend.name === "gpu" || backend.name === "tfjs";
    for (const some of shares(tasks, atOnce ? tasks.length : modelsPerCall)) {
      if (batch.stopping) return;
      // Models that are trained at once share their time.
      await trainSome(
        some,
        params,
        backend,
        keepWithNotes(keep, noted),
        atOnce ? () => {} : ({ job }) => job.begin(),
      );
    }
  });
}

/** Keeps models, and tells what their losses say: a warning for the first of a kind, the others in their logs. */
function keepWithNotes(keep: KeepModel, noted: Set<string>): KeepModel {
  return async (job, model, record) => {
    for (const { kind, text } of trainingNotes(model, record.training)) {
      const { site, unit, factor, seed } = record;
      const line = `${unit === undefined ? `site ${site}` : `unit ${unit}`}, factor ${factor}, seed ${seed}: ${text}`;
      if (noted.has(kind)) job.log(line);
      else job.warn(line);
      noted.add(kind);
    }
    await keep(job, model, record);
  };
}

/** The tasks in shares of at least `size`; models that go into one output are never parted. */
function shares(tasks: readonly Task[], size: number): Task[][] {
  const made: Task[][] = [];
  for (const together of groupBy(tasks, ({ job }) => job.output).values()) {
    const last = made.at(-1);
    if (last === undefined || last.length >= size) made.push([...together]);
    else last.push(...together);
  }
  return made;
}

async function trainSome(
  tasks: readonly Task[],
  { training, experiment }: TrainParams,
  backend: Backend,
  keep: KeepModel,
  begin: (task: Task) => void,
): Promise<void> {
  const requests = tasks.map(({ job, dataset, validation }) => ({
    dataset,
    ...(validation === undefined ? {} : { validation }),
    seed: Number(job.wildcards.seed),
    lossWeights: lossWeights(Number(job.wildcards.factor), dataset.outputs),
  }));
  const saves: Promise<void>[] = [];
  begin(tasks[0]!);
  await backend.train(training, requests, (i, result) => {
    saves.push(save(tasks[i]!, result, { training, experiment }, backend, keep));
    if (i + 1 < tasks.length) begin(tasks[i + 1]!);
  });
  await Promise.all(saves);
}

async function save(
  { job, prepared }: Task,
  result: TrainedModel | Error,
  { training, experiment }: Pick<TrainParams, "training" | "experiment">,
  backend: Backend,
  keep: KeepModel,
): Promise<void> {
  try {
    if (result instanceof Error) throw result;
    const { site_id, unit, factor, seed } = job.wildcards;
    const record: ModelRecord = {
      experiment,
      ...(unit === undefined ? { site: site_id } : { unit, sites: prepared.sites }),
      factor: Number(factor),
      seed: Number(seed),
      drivers: prepared.drivers,
      variables: prepared.variables,
      untrained: untrainedHeads(prepared, Number(factor), training),
      scaler: {
        x: prepared.x,
        y: prepared.y,
        ...(prepared.ySites === undefined ? {} : { ySites: prepared.ySites }),
      },
      training,
      backend: backend.name,
      device: backend.device,
    };
    await keep(job, result, record);
    job.done();
  } catch (error) {
    job.fail(told(error));
  }
}

/** A partition as the trainer takes it. */
function datasetOf(prepared: Prepared, partition: PartitionName, file: string): Dataset {
  const { sequences, steps, x, y, mask, valid, siteIndex } = partitionOf(prepared, partition, file);
  const [inputs, outputs] = [prepared.drivers.length, prepared.variables.length];
  // Every site counts the same where epochs are chosen, however many days it has.
  const groups = partition === "validation" && prepared.sites.length > 1 ? { groups: siteIndex } : {};
  return { sequences, steps, inputs, outputs, x, y, mask, valid, ...groups };
}

/** The loss weights [V]: 1 for the primary, lambda for every auxiliary. */
export function lossWeights(factor: number, outputs: number): number[] {
  return Array.from({ length: outputs }, (_, v) => (v === 0 ? 1 : factor));
}

/** Heads that saw no gradient, whose outputs mean nothing: never observed, or weighed 0 by a loss that scales the head's own gradient. */
function untrainedHeads({ variables, y }: Prepared, factor: number, { loss }: Training): string[] {
  return variables.filter((_, v) => y[v]!.std === 0 || (v > 0 && factor === 0 && loss !== "nnse"));
}
