/** Tests of training and prediction that every backend must pass. */
import { describe, expect, test } from "vitest";
import type {
  Backend,
  Dataset,
  PredictionRequest,
  TrainedModel,
  TrainingRequest,
  TrainingSpec,
} from "../interface/backend.ts";
import { parameterCount, parameterLayout } from "../interface/shape.ts";
import { initialParameters } from "../training/initial.ts";
import { randomDataset } from "./samples.ts";

const spec: TrainingSpec = { hidden: 6, epochs: 12, learningRate: 0.02, loss: "rmse", batchSize: null };

/** A dataset that can be learnt: the outputs are sums of the inputs of this step and the one before. */
function learnableDataset(T: number, seed: number): Dataset {
  const dataset = randomDataset({ sequences: 5, steps: T, inputs: 3, outputs: 2 }, seed);
  const { x, y, mask } = dataset;
  for (let row = 0; row < 5 * T; row++)
    for (let v = 0; v < 2; v++)
      if (mask[row * 2 + v] === 1)
        y[row * 2 + v] = 0.5 * x[row * 3 + v]! + (row % T > 0 ? 0.3 * x[row * 3 - 3]! : 0);
  return dataset;
}

/** Tests an open backend. */
export function testTraining(backend: Backend): void {
  const { name } = backend;
  describe(`the ${name} backend`, () => {
    // TensorFlow.js in plain JavaScript takes its time over each step of each sequence.
    const T = name === "tfjs" ? 8 : 30;
    const sizes = { sequences: 5, steps: T, inputs: 3, outputs: 2 };
    const learnable = (seed = 1) => learnableDataset(T, seed);

    async function train(requests: readonly TrainingRequest[], settings: Partial<TrainingSpec> = {}) {
      const results: (TrainedModel | Error)[] = [];
      const order: number[] = [];
      await backend.train({ ...spec, ...settings }, requests, (index, result) => {
        order.push(index);
        results[index] = result;
      });
      expect(order.toSorted((a, b) => a - b)).toEqual(requests.map((_, i) => i));
      return results;
    }
    async function trained(
      request: TrainingRequest,
      settings: Partial<TrainingSpec> = {},
    ): Promise<TrainedModel> {
      const [result] = await train([request], settings);
      if (result instanceof Error || result === undefined) throw result;
      return result;
    }
    async function predict(request: PredictionRequest): Promise<Float32Array> {
      let found: Float32Array | Error | undefined;
      await backend.predict([request], (_, result) => {
        found = result;
      });
      if (found instanceof Error || found === undefined) throw found;
      return found;
    }

    describe("trains", () => {
      test.each(["rmse", "nnse"] as const)("until it has learnt, by %s", async (loss) => {
        const model = await trained(
          { dataset: learnable(), seed: 0, lossWeights: [1, 1] },
          { loss, epochs: 150 },
        );
        expect(model.shape).toEqual({ inputs: 3, hidden: 6, outputs: 2 });
        expect(model.parameters.length).toBe(parameterCount(model.shape));
        expect(model.losses.length).toBe(150);
        expect(model.losses.at(-1)!).toBeLessThan(0.35 * model.losses[0]!);
      });

      test("the same model again, to the last bit, whatever was trained between", async () => {
        const [a, b] = [learnable(1), learnable(2)];
        const request = { dataset: a, seed: 3, lossWeights: [1, 2] };
        const first = await trained(request);
        await trained(
          { dataset: b, seed: 4, lossWeights: [1, 0] },
          { hidden: 9, batchSize: 2, loss: "nnse" },
        );
        expect(await trained(request)).toEqual(first);
      });

      test("another model for another seed; seed 0 is a seed", async () => {
        const dataset = learnable();
        const zero = await trained({ dataset, seed: 0, lossWeights: [1, 1] });
        const one = await trained({ dataset, seed: 1, lossWeights: [1, 1] });
        expect(zero.losses[0]).not.toBe(one.losses[0]);
      });

      test("from given parameters as from those of the seed", async () => {
        const dataset = learnable();
        const initial = initialParameters({ inputs: 3, hidden: 6, outputs: 2 }, 8);
        expect(await trained({ dataset, seed: 1, lossWeights: [1, 1], initial })).toEqual(
          await trained({ dataset, seed: 8, lossWeights: [1, 1] }),
        );
      });

      test("nothing from what is masked: any value there, NaN too, gives the same bits", async () => {
        const dataset = randomDataset(sizes, 2);
        const filled = { ...dataset, y: dataset.y.map((value, i) => (dataset.mask[i] === 1 ? value : 1e6)) };
        for (const loss of ["rmse", "nnse"] as const) {
          const model = await trained({ dataset, seed: 1, lossWeights: [1, 1] }, { loss });
          expect(model.parameters.every(Number.isFinite)).toBe(true);
          expect(await trained({ dataset: filled, seed: 1, lossWeights: [1, 1] }, { loss })).toEqual(model);
        }
      });

      test("nothing from sequences that are padding only", async () => {
        const { x, y, mask, valid } = learnable();
        const padded: Dataset = {
          ...sizes,
          sequences: 6,
          x: Float32Array.of(...x, ...new Float32Array(3 * T)),
          y: Float32Array.of(...y, ...new Float32Array(2 * T).fill(Number.NaN)),
          mask: Uint8Array.of(...mask, ...new Uint8Array(2 * T)),
          valid: Uint8Array.of(...valid, ...new Uint8Array(T)),
        };
        for (const loss of ["rmse", "nnse"] as const) {
          const without = await trained(
            { dataset: learnable(), seed: 1, lossWeights: [1, 1] },
            { loss, epochs: 5 },
          );
          const model = await trained({ dataset: padded, seed: 1, lossWeights: [1, 1] }, { loss, epochs: 5 });
          model.losses.forEach((value, epoch) => {
            expect(value).toBeCloseTo(without.losses[epoch]!, 5);
          });
        }
      });

      test("as if it were not there, an output that is never observed", async () => {
        const dataset = learnable();
        const unseen = { ...dataset, mask: dataset.mask.map((m, i) => (i % 2 === 1 ? 0 : m)) };
        for (const loss of ["rmse", "nnse"] as const) {
          const model = await trained({ dataset: unseen, seed: 1, lossWeights: [1, 320] }, { loss });
          const alone = await trained({ dataset: unseen, seed: 1, lossWeights: [1, 0] }, { loss });
          expect(model).toEqual(alone);
          const start = initialParameters(model.shape, 1);
          const { headKernel, headBias } = parameterLayout(model.shape);
          for (let i = headKernel.from + 1; i < headBias.to; i += 2)
            expect(model.parameters[i]).toBe(start[i]);
        }
      });

      test("by rmse an output of weight 0 not at all, by nnse its head alone", async () => {
        const dataset = learnable();
        const layout = parameterLayout({ inputs: 3, hidden: 6, outputs: 2 });
        const parts = ({ parameters }: TrainedModel) => ({
          trunk: parameters.slice(0, layout.headKernel.from),
          auxiliary: parameters.slice(layout.headKernel.from).filter((_, i) => i % 2 === 1),
        });
        const hidden = { ...dataset, mask: dataset.mask.map((m, i) => (i % 2 === 1 ? 0 : m)) };
        const request = { dataset, seed: 1, lossWeights: [1, 0] };
        const [rmse, nnse, nothing] = [
          parts(await trained(request)),
          parts(await trained(request, { loss: "nnse" })),
          parts(await trained({ ...request, dataset: hidden }, { loss: "nnse" })),
        ];
        const start = initialParameters({ inputs: 3, hidden: 6, outputs: 2 }, 1);
        expect(rmse.auxiliary).toEqual(parts({ parameters: start } as TrainedModel).auxiliary);
        expect(nnse.auxiliary).not.toEqual(nothing.auxiliary);
        expect(nnse.trunk).toEqual(nothing.trunk);
      });
    });

    describe("with minibatches", () => {
      const request = { dataset: learnable(), seed: 5, lossWeights: [1, 1] };

      test("trains the same again, and otherwise than with one batch", async () => {
        const model = await trained(request, { batchSize: 2 });
        expect(await trained(request, { batchSize: 2 })).toEqual(model);
        expect((await trained(request)).parameters).not.toEqual(model.parameters);
      });

      test("of at least all sequences trains as with one batch", async () => {
        const model = await trained(request);
        expect(await trained(request, { batchSize: 5 })).toEqual(model);
        expect(await trained(request, { batchSize: 100 })).toEqual(model);
      });

      test("learns", async () => {
        const { losses } = await trained(request, { batchSize: 2, epochs: 60 });
        expect(losses.at(-1)!).toBeLessThan(0.4 * losses[0]!);
      });

      test("shuffles by the seed alone: the same order whatever the factor", async () => {
        // With only the primary output's gradient in the trunk, equal orders give equal trunks.
        const settings = { batchSize: 2, loss: "nnse" } as const;
        const dataset = {
          ...request.dataset,
          mask: request.dataset.mask.map((m, i) => (i % 2 === 1 ? 0 : m)),
        };
        const a = await trained({ dataset, seed: 5, lossWeights: [1, 0] }, settings);
        const b = await trained({ dataset, seed: 5, lossWeights: [1, 320] }, settings);
        expect(a).toEqual(b);
      });
    });

    describe("lets no request harm another", () => {
      test("when a loss is not finite", async () => {
        const dataset = learnable();
        const good = { dataset, seed: 1, lossWeights: [1, 1] };
        const shape = { inputs: 3, hidden: 6, outputs: 2 };
        const start = initialParameters(shape, 1);
        const { recurrent } = parameterLayout(shape);
        // One NaN, deep inside the layer, must reach the loss; a gradient that overflows fails an epoch later.
        const lost = start.with(recurrent.from + 7, Number.NaN);
        const steep = start.map((value, i) =>
          i >= recurrent.from && i < recurrent.to ? value * 1e38 : value,
        );
        const results = await train([good, { ...good, initial: lost }, { ...good, initial: steep }, good]);
        expect((results[1] as Error).message).toMatch(
          /^Cannot train a model: the loss is NaN in epoch 1 of 12\n {2}Lower the learning rate/,
        );
        if (name === "wasm")
          expect((results[2] as Error).message).toContain("the loss is NaN in epoch 2 of 12");
        expect(results[0]).not.toBeInstanceOf(Error);
        expect(results[3]).toEqual(results[0]);
      });

      test("when it is wrong", async () => {
        const dataset = learnable();
        const good = { dataset, seed: 1, lossWeights: [1, 1] };
        const broken = (change: Partial<Dataset>): TrainingRequest => ({
          ...good,
          dataset: { ...dataset, ...change },
        });
        const wrong: [TrainingRequest, string][] = [
          [{ ...good, seed: -1 }, "Cannot train: the seed is -1, which is not a whole number >= 0"],
          [{ ...good, lossWeights: [1] }, "Cannot train: there are 1 loss weights for 2 outputs"],
          [
            { ...good, lossWeights: [1, -1] },
            "Cannot train: a loss weight is -1, which is not a number >= 0",
          ],
          [
            { ...good, initial: new Float32Array(3) },
            "Cannot train: there are 3 initial parameters for I=3 H=6 V=2",
          ],
          [
            broken({ sequences: 0 }),
            "Cannot train: the dataset's sequences is 0, which is not a whole number >= 1",
          ],
          [
            broken({ x: new Float32Array(1) }),
            `the dataset's x has 1 numbers where its sizes ask for ${15 * T}`,
          ],
          [
            broken({ x: dataset.x.with(3 * T + 4, Number.NaN) }),
            "Cannot train: x is NaN at sequence 1, step 1, column 1",
          ],
          [broken({ mask: dataset.mask.with(3, 2) }), "the mask is 2 at sequence 0, step 1, column 1"],
          [
            broken({ y: dataset.y.with(2, Number.NaN), mask: dataset.mask.with(2, 1) }),
            "y is NaN at sequence 0, step 1, column 0 and the mask does not hide it",
          ],
          [
            broken({
              valid: dataset.valid.with(1, 0),
              y: dataset.y.with(2, 0),
              mask: dataset.mask.with(2, 1),
            }),
            "the mask lets padding carry loss at sequence 0, step 1, column 0",
          ],
        ];
        const results = await train([...wrong.map(([request]) => request), good]);
        wrong.forEach(([, message], i) => {
          expect((results[i] as Error).message).toContain(message);
        });
        expect(results.at(-1)).not.toBeInstanceOf(Error);
      });

      test("but a wrong spec trains nothing", async () => {
        const requests = [{ dataset: learnable(), seed: 1, lossWeights: [1, 1] }];
        const wrong: [Partial<TrainingSpec>, string][] = [
          [{ hidden: 0 }, "Cannot train: hidden is 0, which is not a whole number >= 1"],
          [{ epochs: 0 }, "Cannot train: epochs is 0, which is not a whole number >= 1"],
          [{ learningRate: 0 }, "Cannot train: learningRate is 0, which is not a number > 0"],
          [{ batchSize: 0.5 }, "Cannot train: batchSize is 0.5, which is not null or a whole number >= 1"],
          [{ loss: "mae" as "rmse" }, 'Cannot train: loss is "mae", which is not "rmse", "mse" or "nnse"'],
        ];
        for (const [change, message] of wrong)
          await expect(backend.train({ ...spec, ...change }, requests, () => {})).rejects.toThrow(message);
      });
    });

    describe("predicts", () => {
      const shape = { inputs: 3, hidden: 6, outputs: 2 };
      const model: TrainedModel = {
        shape,
        parameters: initialParameters(shape, 2),
        losses: new Float64Array(0),
      };
      const { x } = learnable();

      test("from state zero: a sequence alone as among others, a start of it as all of it", async () => {
        const all = await predict({ model, x, sequences: 5, steps: T });
        expect(all.length).toBe(5 * T * 2);
        expect(all.every(Number.isFinite)).toBe(true);
        const alone = await predict({ model, x: x.subarray(9 * T, 9 * T + 18), sequences: 1, steps: 6 });
        const among = all.subarray(6 * T, 6 * T + 12);
        // tfjs-node rounds the products of few rows otherwise than those of many.
        const near = name === "tfjs" ? 1e-6 : 0;
        for (const [i, value] of alone.entries())
          expect(Math.abs(value - among[i]!)).toBeLessThanOrEqual(near);
      });

      test("and says what does not fit", async () => {
        const request = { model, x, sequences: 5, steps: T };
        await expect(predict({ ...request, steps: T + 1 })).rejects.toThrow(
          `Cannot predict: x has ${15 * T} numbers where 5 x ${T + 1} x 3 are ${15 * T + 15}`,
        );
        await expect(predict({ ...request, sequences: 0 })).rejects.toThrow(
          `there are 0 sequences of ${T} steps`,
        );
        await expect(predict({ ...request, x: x.with(7, Number.NaN) })).rejects.toThrow(
          "Cannot predict: x holds a value that is not a finite number",
        );
        const cut = { ...model, parameters: model.parameters.slice(1) };
        await expect(predict({ ...request, model: cut })).rejects.toThrow(
          "Cannot predict: the model has 253 parameters for I=3 H=6 V=2",
        );
      });
    });
  });
}
