/** Whoever can be timed: backends of this package, several threads of one, and PyTorch as its peer. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import {
  type Backend,
  type BackendChoice,
  type ChooseOptions,
  type Dataset,
  openBackend,
} from "../src/index.ts";

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

/** A backend of this package, or why it cannot be had. */
export async function backendCandidate(
  choice: BackendChoice,
  options: ChooseOptions,
  dataset: Dataset,
  hidden: number,
  { models = 1, share = 1 } = {},
): Promise<Candidate | string> {
  try {
    const backend = await openBackend(choice, options);
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

/** PyTorch on one thread, one nn.LSTM or several models stacked; or why there is none. */
export async function torchCandidate(
  dataset: Dataset,
  hidden: number,
  models: number,
): Promise<Candidate | string> {
  const python = process.env.BRAID_PYTHON ?? "python3";
  const { sequences, steps, inputs } = dataset;
  const script = fileURLToPath(new URL("torch_peer.py", import.meta.url));
  const child = spawn(python, [script, ...[sequences, steps, inputs, hidden, models].map(String)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint += text;
  });
  child.on("error", (error) => {
    complaint += error.message;
  });
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: version, done } = await lines.next();
  if (done)
    return `PyTorch: ${python}: ${complaint.trim().split("\n").at(-1) ?? "it ended without a word"}; set BRAID_PYTHON to a Python that has it`;
  return {
    name: `PyTorch ${version}, ${models > 1 ? `${models} models stacked` : "nn.LSTM"}`,
    share: models > 1 ? 0.1 : 1,
    async time(epochs) {
      child.stdin.write(`${epochs}\n`);
      const { value } = await lines.next();
      return Number(value);
    },
    close: () => child.stdin.end(),
  };
}
