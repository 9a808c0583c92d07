/** Tests that a backend trains with every option as PyTorch does in float64, and that it refuses wrong values. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Backend, Dataset, TrainedModel, TrainingRequest, TrainingSpec } from "../interface/backend.ts";
import { lossesOver } from "../training/course.ts";
import { readDataset, type WrittenDataset } from "./samples.ts";
import { apart } from "./units.ts";

/** What make_torch_protocol.py writes. */
interface Protocol {
  readonly train: WrittenDataset;
  readonly validation: WrittenDataset;
  readonly initial: readonly number[];
  readonly trainings: readonly {
    readonly title: string;
    readonly spec: TrainingSpec;
    readonly factor: number;
    readonly seed: number;
    readonly losses: readonly number[];
    readonly validation: readonly (readonly number[])[];
    readonly epoch: number;
    readonly parameters: readonly number[];
  }[];
}

const file = JSON.parse(readFileSync(new URL("torch_protocol.json", import.meta.url), "utf8")) as Protocol;
const dataset = readDataset(file.train);
const validation = readDataset(file.validation);
const initial = Float32Array.from(file.initial);

/** How near to PyTorch a backend must come: its losses, relative, and its parameters, which are kept in float32. */
export interface Nearness {
  readonly losses: number;
  readonly parameters: number;
}

/** Tests an open backend. */
export function testProtocol(backend: Backend, near: Nearness): void {
  async function trained(settings: TrainingSpec, requests: readonly TrainingRequest[]) {
    const results: (TrainedModel | Error)[] = [];
    await backend.train(settings, requests, (index, result) => {
      results[index] = result;
    });
    return results;
  }
  const model = (result: TrainedModel | Error | undefined): TrainedModel => {
    if (result instanceof Error || result === undefined) throw result;
    return result;
  };
  const spec: TrainingSpec = { hidden: 5, epochs: 4, learningRate: 0.02, loss: "rmse", batchSize: null };
  const request = { dataset, seed: 1, lossWeights: [1, 1] };

  describe(`${backend.name} trains as PyTorch does in float64`, () => {
    test.each(file.trainings)(
      "with $title",
      async (wanted) => {
        const { factor, seed } = wanted;
        const asked = { dataset, validation, seed, lossWeights: [1, factor], initial };
        // Beside models of other seeds and weights, as a device takes them.
        const others = { ...asked, seed: seed + 1, lossWeights: [1, 3] };
        const found = model((await trained(wanted.spec, [others, asked, others]))[1]);
        expect(apart(found.losses, wanted.losses)).toBeLessThanOrEqual(near.losses);
        expect(apart(found.validation!.losses, wanted.validation.flat())).toBeLessThanOrEqual(near.losses);
        expect(found.validation!.epoch).toBe(wanted.epoch);
        expect(apart(found.parameters, wanted.parameters)).toBeLessThanOrEqual(near.parameters);
      },
      60_000,
    );
  });

  describe(`${backend.name} validates`, () => {
    test("without a part in the training", async () => {
      const [alone, watched] = await trained(spec, [request, { ...request, validation }]);
      expect(model(watched).parameters).toEqual(model(alone).parameters);
      expect(model(watched).losses).toEqual(model(alone).losses);
      expect(model(alone).validation).toBeUndefined();
    });

    test("and keeps the parameters that had the best loss of the first output, whatever the weights", async () => {
      const long = { ...spec, epochs: 15, learningRate: 0.15, select: "best" } as const;
      for (const factor of [0, 1, 50]) {
        const found = model((await trained(long, [{ ...request, lossWeights: [1, factor], validation }]))[0]);
        const { losses, epoch } = found.validation!;
        const primary = losses.filter((_, i) => i % 2 === 0);
        expect(primary[epoch - 1]).toBe(Math.min(...primary));
        let predictions: Float32Array | Error = new Error("nothing");
        const { x, sequences, steps } = validation;
        await backend.predict([{ model: found, x, sequences, steps }], (_, result) => {
          predictions = result;
        });
        const again = lossesOver(validation, "rmse", predictions as unknown as Float32Array)[0]!;
        expect(Math.abs(again - primary[epoch - 1]!)).toBeLessThan(1e-5);
      }
    }, 60_000);

    test("models that stop at different epochs, each by itself", async () => {
      const long = { ...spec, epochs: 40, learningRate: 0.15, patience: 4, select: "best" } as const;
      const requests = [1, 2, 3, 4].map((seed) => ({ ...request, seed, validation }));
      const together = (await trained(long, requests)).map(model);
      expect(new Set(together.map(({ losses }) => losses.length)).size).toBeGreaterThan(1);
      for (const [i, one] of requests.entries()) {
        const alone = model((await trained(long, [one]))[0]);
        expect(alone.validation!.epoch).toBe(together[i]!.validation!.epoch);
        expect(alone.losses.length).toBe(together[i]!.losses.length);
        expect(together[i]!.losses.length).toBe(Math.min(40, together[i]!.validation!.epoch + 4));
      }
    }, 60_000);
  });

  describe(`${backend.name} with an option that changes nothing trains the same model, to the last bit`, () => {
    test.each([
      { dropout: 0 },
      { forgetBias: 1 },
      { clipNorm: 1e6 },
      { schedule: {} },
      { schedule: { 4: 1 } },
      { select: "last" },
    ] satisfies Partial<TrainingSpec>[])("%o", async (option) => {
      const [plain] = await trained(spec, [request]);
      const [same] = await trained({ ...spec, ...option }, [request]);
      expect(model(same)).toEqual(model(plain));
    });
  });

  test(`${backend.name} starts forget gates with another bias`, async () => {
    const still = { ...spec, epochs: 1, learningRate: 1e-12 };
    const one = model((await trained(still, [request]))[0]);
    const other = model((await trained({ ...still, forgetBias: 3 }, [request]))[0]);
    const differences = other.parameters.map((value, i) => value - one.parameters[i]!);
    expect(differences.filter((value) => Math.abs(value - 2) < 1e-6).length).toBe(5);
    expect(differences.filter((value) => Math.abs(value) < 1e-6).length).toBe(differences.length - 5);
  });

  describe(`${backend.name} refuses`, () => {
    const wrong: [Partial<TrainingSpec>, string][] = [
      [{ dropout: 1 }, "Cannot train: dropout is 1, which is not a number in [0, 1)"],
      [{ dropout: -0.1 }, "Cannot train: dropout is -0.1, which is not a number in [0, 1)"],
      [{ clipNorm: -1 }, "Cannot train: clipNorm is -1, which is not a number > 0"],
      [{ clipNorm: 0 }, "Cannot train: clipNorm is 0, which is not a number > 0"],
      [{ forgetBias: Number.NaN }, "Cannot train: forgetBias is NaN, which is not a number"],
      [{ patience: 0 }, "Cannot train: patience is 0, which is not a whole number >= 1"],
      [{ select: "first" as "last" }, 'Cannot train: select is "first", which is not "last" or "best"'],
      [
        { schedule: { ten: 0.1 } },
        'Cannot train: schedule has the epoch "ten", which is not a whole number >= 1',
      ],
      [
        { schedule: { 10: 0 } },
        "Cannot train: schedule has the rate 0 after epoch 10, which is not a number > 0",
      ],
    ];
    test.each(wrong)("%o", async (change, message) => {
      await expect(backend.train({ ...spec, ...change }, [request], () => {})).rejects.toThrow(message);
    });

    test("a choice of epochs without the data to choose by", async () => {
      const unseen = { ...validation, mask: validation.mask.map((m, i) => (i % 2 === 0 ? 0 : m)) };
      const cases: [Partial<TrainingSpec>, Dataset | undefined, string][] = [
        [
          { select: "best" },
          undefined,
          "Cannot train: select: best needs validation data, and there are none",
        ],
        [{ patience: 3 }, undefined, "Cannot train: patience needs validation data, and there are none"],
        [{}, unseen, "Cannot train: the first output is never observed in the validation data"],
        [
          {},
          { ...validation, inputs: 1, x: validation.x.slice(0, validation.x.length / 3) },
          "Cannot train: the validation data have 1 inputs for 3",
        ],
      ];
      for (const [change, given, message] of cases) {
        const [failure] = await trained({ ...spec, ...change }, [
          given === undefined ? request : { ...request, validation: given },
        ]);
        expect((failure as Error).message).toContain(message);
      }
    });
  });
}
