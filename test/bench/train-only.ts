/** A thread of `bench:pipeline`: trains its share of the models from prepared data, and keeps none. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { type BackendChoice, openBackend, type TrainingRequest } from "@braid/lstm";
import { packages } from "@braid/multitask/backends";
import { decodePrepared, partitionOf } from "@braid/multitask/prepared";

/** What to train: seeds 0..n-1 of nine factors for each site below the working folder. */
export interface TrainOnly {
  readonly folder: string;
  readonly sites: readonly string[];
  readonly seeds: number;
  readonly epochs: number;
  readonly threads: number;
  readonly thread: number;
  readonly backend: string;
}

const { folder, sites, seeds, epochs, threads, thread, backend: name } = workerData as TrainOnly;
const factors = [0, 1, 5, 10, 20, 40, 80, 160, 320];

const requests: TrainingRequest[] = sites.flatMap((site) => {
  const file = join(folder, `expA/site_id_${site}/prepped_data.npz`);
  const prepared = decodePrepared(readFileSync(file), file);
  const { sequences, steps, x, y, mask, valid } = partitionOf(prepared, "train", file);
  const [inputs, outputs] = [prepared.drivers.length, prepared.variables.length];
  const dataset = { sequences, steps, inputs, outputs, x, y, mask, valid };
  return factors.flatMap((factor) =>
    Array.from({ length: seeds }, (_, seed) => ({ dataset, seed, lossWeights: [1, factor] })),
  );
});
const mine = requests.filter((_, i) => i % threads === thread);
const backend = await openBackend(name as BackendChoice, { packages });
parentPort!.on("message", async () => {
  const spec = { hidden: 20, epochs, learningRate: 0.01, loss: "rmse" as const, batchSize: null };
  await backend.train(spec, mine, (_, result) => {
    if (result instanceof Error) throw result;
  });
  parentPort!.postMessage("over");
});
parentPort!.postMessage("ready");
