/** The backends that can be timed: its backends, and several threads of one. */
import { Worker } from "node:worker_threads";
import { type Backend, type BackendChoice, type ChooseOptions, type Dataset, openBackend } from "@braid/lstm";
import { packages } from "@braid/multitask/backends";

export interface Candidate {
  readonly name: string;
  /** Epochs of one turn are this share of those of the others, at least 1: for those who would take all day. */
  readonly share: number;
  /** Milliseconds per model-epoch over some epochs. */
  time(epochs: number): Promise<number>;
  close(): void;
}

/** Milliseconds per model-epoch of `models` models trained in one call. */
export async function timeTraining(
  backend: Backend,
  dataset: Dataset,
  hidden: number,
  models: number,
  epochs: number,
): Promise<number> {
  const spec = { hidden, epochs, learningRate: 1e-3, loss: "rmse", batchSize: null } as const;
  const requests = Array.from({ length: models }, (_, seed) => ({ dataset, seed, lossWeights: [1, 0.5] }));
  const start = performance.now();
  await backend.train(spec, requests, (_, result) => {
    if (result instanceof Error) throw result;
  });
  return (performance.now() - start) / epochs / models;
}

/** A backend, or why it cannot be had. */
export async function backendCandidate(
  choice: BackendChoice,
  options: ChooseOptions,
  dataset: Dataset,
  hidden: number,
  { models = 1, share = 1 } = {},
): Promise<Candidate | string> {
  try {
    const backend = await openBackend(choice, { ...options, packages, gpu: { ...options.gpu, hidden } });
    return {
      name: `${backend.device}${models > 1 ? `, ${models} models` : ""}`,
      share,
      time: (epochs) => timeTraining(backend, dataset, hidden, models, epochs),
      close: () => backend.dispose(),
    };
  } catch (error) {
    return `${choice}: ${(error as Error).message
      .split("\n")
      .slice(0, 3)
      .map((line) => line.trim())
      .join("; ")}`;
  }
}

/** wasm on several threads, each with models of its own. */
export async function threadsCandidate(
  threads: number,
  dataset: Dataset,
  hidden: number,
): Promise<Candidate> {
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL("train-worker.ts", import.meta.url), { workerData: { dataset, hidden } }),
  );
  return {
    name: `wasm, ${threads} threads`,
    share: 1,
    async time(epochs) {
      const start = performance.now();
      await Promise.all(
        workers.map((worker) => {
          worker.postMessage(epochs);
          return new Promise((resolve) => worker.once("message", resolve));
        }),
      );
      return (performance.now() - start) / epochs / threads;
    },
    close: () => {
      for (const worker of workers) worker.terminate();
    },
  };
}
