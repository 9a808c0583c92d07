/** Tests that a backend trains on the windows of several sites in minibatches as PyTorch (float64) and the reference do. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Backend, Dataset, Loss, TrainedModel, TrainingSpec } from "../interface/backend.ts";
import { openBackend } from "../open-backend.ts";
import { generator } from "../training/random.ts";
import { readDataset, type WrittenDataset } from "./samples.ts";

/** Windows of each site, and steps of the longest. */
const windows = [3, 2, 2];
const steps = 8;

/**
 * Three sites behind each other: two drivers that differ in level, and an attribute that is the site's alone. The second site never saw
 * the auxiliary; the last window of each site is shorter; the third site has a window without any observation.
 */
function datasetOfSites(): Dataset {
  const sequences = windows.reduce((sum, count) => sum + count);
  const random = generator(7, 2);
  const x = new Float32Array(sequences * steps * 3);
  const y = new Float32Array(sequences * steps * 2).fill(Number.NaN);
  const mask = new Uint8Array(sequences * steps * 2);
  const valid = new Uint8Array(sequences * steps);
  let sequence = 0;
  for (const [site, count] of windows.entries())
    for (let window = 0; window < count; window++, sequence++) {
      const length = window === count - 1 ? steps - 2 - site : steps;
      for (let t = 0; t < length; t++) {
        const step = sequence * steps + t;
        valid[step] = 1;
        x.set([random.normal() + site, random.normal(), site - 1], 3 * step);
        if (site === 2 && window === 0) continue;
        for (const v of site === 1 ? [0] : [0, 1]) {
          if (random.uniform() < 0.2) continue;
          mask[2 * step + v] = 1;
          y[2 * step + v] = 0.5 * x[3 * step + v]! - 0.3 * site;
        }
      }
    }
  return { sequences, steps, inputs: 3, outputs: 2, x, y, mask, valid };
}

const spec: Omit<TrainingSpec, "loss" | "batchSize"> = { hidden: 5, epochs: 3, learningRate: 0.02 };

async function trainOn(backend: Backend, settings: TrainingSpec): Promise<TrainedModel[]> {
  const dataset = datasetOfSites();
  const found: TrainedModel[] = [];
  const requests = [0, 1, 5].map((factor, seed) => ({ dataset, seed, lossWeights: [1, factor] }));
  await backend.train(settings, requests, (index, result) => {
    if (result instanceof Error) throw result;
    found[index] = result;
  });
  return found;
}

/** What make_torch_units.py writes. */
interface TorchUnits {
  readonly dataset: WrittenDataset;
  readonly initial: readonly number[];
  readonly spec: Omit<TrainingSpec, "loss">;
  readonly seed: number;
  readonly trainings: readonly {
    readonly loss: Loss;
    readonly factor: number;
    readonly losses: readonly number[];
    readonly parameters: readonly number[];
  }[];
}

const torch = JSON.parse(readFileSync(new URL("torch_units.json", import.meta.url), "utf8")) as TorchUnits;

/** The largest difference, relative to the largest number. */
export function apart(found: ArrayLike<number>, wanted: readonly number[]): number {
  expect(found.length).toBe(wanted.length);
  const size = Math.max(...wanted.map(Math.abs));
  return Math.max(...wanted.map((value, i) => Math.abs(found[i]! - value))) / size;
}

/** Tests an open backend. */
export function testUnits(backend: Backend): void {
  describe(`the ${backend.name} backend, on the windows of several sites`, () => {
    test.each(torch.trainings)(
      "by $loss at factor $factor, has PyTorch's losses and parameters",
      async ({ loss, factor, losses, parameters }) => {
        const request = {
          ...{ dataset: readDataset(torch.dataset), seed: torch.seed, lossWeights: [1, factor] },
          initial: Float32Array.from(torch.initial),
        };
        let model: TrainedModel | Error | undefined;
        await backend.train({ ...torch.spec, loss }, [request], (_, result) => {
          model = result;
        });
        if (model === undefined || model instanceof Error) throw model;
        // Parameters are kept in float32, by the reference too.
        const exact = backend.name === "reference";
        expect(apart(model.losses, losses)).toBeLessThanOrEqual(exact ? 1e-9 : 1e-5);
        expect(apart(model.parameters, parameters)).toBeLessThanOrEqual(exact ? 1e-6 : 1e-4);
      },
    );

    // The reference agrees with itself whatever it computes.
    if (backend.name === "reference") return;

    // 7 windows in minibatches of as many as sites: 3, 3 and 1.
    test.each([
      ["rmse", 3],
      ["nnse", 3],
      ["rmse", 5],
    ] as const)(
      "by %s in minibatches of %i, has the reference's losses and parameters",
      async (loss, batchSize) => {
        const settings = { ...spec, loss, batchSize };
        const [found, wanted] = [
          await trainOn(backend, settings),
          await trainOn(await openBackend("reference"), settings),
        ];
        for (const [m, model] of wanted.entries()) {
          model.losses.forEach((value, epoch) => {
            expect(Math.abs(found[m]!.losses[epoch]! - value)).toBeLessThanOrEqual(1e-4 * value);
          });
          const largest = model.parameters.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          model.parameters.forEach((value, i) => {
            expect(Math.abs(found[m]!.parameters[i]! - value)).toBeLessThanOrEqual(1e-3 * largest);
          });
        }
      },
    );
  });
}
