/**
 * Long trainings by different arithmetic end in different models. What must be the same is the distribution of
 * their scores: here of the NSE of short trainings, by the two-sample test of Kolmogorov and Smirnov.
 */
import { expect, test } from "vitest";
import type { Backend, Dataset, TrainedModel } from "../interface/backend.ts";
import { openBackend } from "../open-backend.ts";
import { randomDataset } from "./samples.ts";

const models = 40;
/** The distance that samples of 40 exceed once in a thousand times when nothing differs: 1.95 sqrt(2 / 40). */
const bound = 0.436;
const [sequences, steps] = [3, 16];

/** The output is a sum of the inputs of this step and the one before, which few epochs learn in part. */
const dataset = (() => {
  const made: Dataset = randomDataset({ sequences, steps, inputs: 2, outputs: 1 }, 1);
  made.y.forEach((_, row) => {
    const before = row % steps > 0 ? made.x[2 * row - 2]! : 0;
    if (made.mask[row] === 1) made.y[row] = made.x[2 * row]! - 0.5 * before;
  });
  return made;
})();

/** The scores of models of these many seeds from `first` on, sorted. */
async function scores(backend: Backend, first: number, learningRate = 0.01): Promise<number[]> {
  const spec = { hidden: 6, epochs: 30, learningRate, loss: "rmse", batchSize: null } as const;
  const trained: TrainedModel[] = [];
  const requests = Array.from({ length: models }, (_, i) => ({ dataset, seed: first + i, lossWeights: [1] }));
  await backend.train(spec, requests, (index, result) => {
    if (result instanceof Error) throw result;
    trained[index] = result;
  });
  const found: number[] = [];
  await backend.predict(
    trained.map((model) => ({ model, x: dataset.x, sequences, steps })),
    (index, result) => {
      if (result instanceof Error) throw result;
      found[index] = nse(result);
    },
  );
  return found.sort((a, b) => a - b);
}

/** 1 - sum (p - o)^2 / sum (o - obar)^2 over what is observed (Nash and Sutcliffe, 1970). */
function nse(predictions: Float32Array): number {
  const observed = [...dataset.mask.keys()].filter((i) => dataset.mask[i] === 1);
  const mean = observed.reduce((sum, i) => sum + dataset.y[i]!, 0) / observed.length;
  const sum = (of: (i: number) => number) => observed.reduce((all, i) => all + of(i) ** 2, 0);
  return 1 - sum((i) => predictions[i]! - dataset.y[i]!) / sum((i) => dataset.y[i]! - mean);
}

/** The largest distance between the empirical distributions of two sorted samples. */
function distance(a: readonly number[], b: readonly number[]): number {
  const share = (sample: readonly number[], at: number) =>
    sample.filter((value) => value <= at).length / sample.length;
  return Math.max(...[...a, ...b].map((at) => Math.abs(share(a, at) - share(b, at))));
}

/** Tests an open backend against wasm. */
export function testDistribution(backend: Backend): void {
  test(`short trainings on ${backend.name} score as those on wasm do`, async () => {
    const wasm = await openBackend("wasm");
    // Other seeds, so that equal starts do not hide what differs.
    const [some, own] = [await scores(backend, 1000), await scores(wasm, 0)];
    expect(distance(some, own)).toBeLessThan(bound);
    // And the test would notice: trained a little less well, they score otherwise.
    expect(distance(some, await scores(wasm, 0, 0.007))).toBeGreaterThan(bound);
  });
}
