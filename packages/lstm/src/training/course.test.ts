import { describe, expect, test } from "vitest";
import type { Dataset } from "../interface/backend.ts";
import { course, learningRateOf, lossesOver } from "./course.ts";

/** Three sequences of two steps and two outputs; the second output of the last one is never observed. */
const dataset: Dataset = {
  ...{ sequences: 3, steps: 2, inputs: 1, outputs: 2 },
  x: new Float32Array(6),
  y: new Float32Array(12),
  mask: Uint8Array.of(1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 0),
  valid: new Uint8Array(6).fill(1),
};
const predictions = [1, 2, 1, 2, 3, 4, 100, 4, 6, 100, 8, 100];

describe("the losses over a dataset", () => {
  test("are each output's own, over all its observed values", () => {
    const [first, second] = lossesOver(dataset, "mse", predictions);
    expect(first).toBeCloseTo((1 + 1 + 9 + 36 + 64) / 5, 12);
    expect(second).toBeCloseTo((4 + 4 + 16 + 16) / 4, 12);
    expect(lossesOver(dataset, "rmse", predictions)[0]).toBeCloseTo(Math.sqrt(111 / 5), 12);
  });

  test("of several groups are the mean of the groups' own, of those that observe the output", () => {
    const groups = Int32Array.of(7, 7, 3);
    const found = lossesOver({ ...dataset, groups }, "rmse", predictions);
    expect(found[0]).toBeCloseTo((Math.sqrt(11 / 3) + Math.sqrt(50)) / 2, 12);
    expect(found[1]).toBeCloseTo(Math.sqrt(10), 12);
    const unseen = { ...dataset, mask: dataset.mask.map((m, i) => (i % 2 === 1 ? 0 : m)) };
    expect(lossesOver(unseen, "nnse", predictions)[1]).toBe(0);
  });
});

test("the learning rate is that of the last entry of the schedule that has come", () => {
  const spec = { hidden: 1, epochs: 50, learningRate: 1, loss: "rmse", batchSize: null } as const;
  const rate = learningRateOf({ ...spec, schedule: { 20: 0.2, 3: 0.3 } });
  expect([0, 2, 3, 19, 20, 49].map(rate)).toEqual([1, 1, 0.3, 0.3, 0.2, 0.2]);
  expect(learningRateOf(spec)(7)).toBe(1);
});

describe("a course", () => {
  const spec = { hidden: 1, epochs: 10, learningRate: 1, loss: "mse", batchSize: null } as const;
  const shape = { inputs: 1, hidden: 1, outputs: 2 };
  const request = { dataset, validation: dataset, seed: 0, lossWeights: [1, 9] };
  /** The epoch kept and the epochs trained where the primary's error takes these values and the auxiliary's others. */
  function run(settings: object, errors: readonly number[]) {
    const own = course({ ...spec, ...settings }, request);
    errors.forEach((error, i) => {
      if (own.stopped) return;
      own.trained(1);
      const outputs = predictions.map((_, at) => (at % 2 === 0 ? error : 10 - error));
      if (own.validated(outputs)) own.keep(Float32Array.of(i + 1));
    });
    const model = own.model(shape, () => Float32Array.of(errors.length));
    return [model.validation!.epoch, model.losses.length, model.parameters[0]];
  }

  test("keeps the first of the best epochs, or the last", () => {
    expect(run({ select: "best" }, [5, 3, 4, 3, 6])).toEqual([2, 5, 2]);
    expect(run({ select: "last" }, [5, 3, 4, 3, 6])).toEqual([5, 5, 5]);
    expect(run({}, [5, 3, 4, 3, 6])).toEqual([5, 5, 5]);
  });

  test("stops after as many epochs without a better one as its patience, and keeps the last or the best", () => {
    expect(run({ patience: 2 }, [5, 3, 4, 4, 1, 1])).toEqual([4, 4, 4]);
    expect(run({ patience: 2, select: "best" }, [5, 3, 4, 4, 1, 1])).toEqual([2, 4, 2]);
    expect(run({ patience: 3, select: "best" }, [5, 3, 4, 4, 1, 1])).toEqual([5, 6, 5]);
  });

  test("fails where a loss is not finite, by the epoch", () => {
    const own = course(spec, request);
    own.trained(1);
    expect(() => own.trained(Number.NaN)).toThrow("the loss is NaN in epoch 2 of 10");
    expect(() => own.validated(Array(12).fill(Number.NaN))).toThrow(
      "Cannot train a model: the loss is NaN in epoch 1 of 10",
    );
  });
});
