import { expect, test } from "vitest";
import { trainingNotes } from "./training-notes.ts";

const shape = { inputs: 1, hidden: 1, outputs: 2 };
const training = { hidden: 1, epochs: 4, learningRate: 0.01, loss: "rmse", batchSize: null } as const;
const model = (losses: number[], primary?: number[]) => ({
  shape,
  parameters: new Float32Array(0),
  losses: Float64Array.from(losses),
  ...(primary === undefined
    ? {}
    : { validation: { losses: Float64Array.from(primary.flatMap((loss) => [loss, 1])), epoch: 4 } }),
});
const told = (...of: Parameters<typeof trainingNotes>) => trainingNotes(...of).map(({ text }) => text);

test("a train loss that fell by less than a tenth has hardly begun to fall", () => {
  expect(told(model([1, 0.99, 0.95, 0.92]), training)).toEqual([
    "training has hardly begun: after 4 epochs the train loss is 92 % of what it was. Train for more epochs, or with a higher learning rate (training.epochs, training.learningRate)",
  ]);
  expect(told(model([1, 0.8, 0.7, 0.89]), training)).toEqual([]);
  expect(told(model([0, 0, 0, 0]), training)).toEqual([]);
});

test("a validation loss that ends at 1.2 times its minimum tells of overfitting, unless the best epoch is kept", () => {
  const overfitted = model([1, 0.5, 0.3, 0.2], [1, 0.5, 0.55, 0.6]);
  expect(told(overfitted, training)).toEqual([
    "training has overfitted: the validation loss of the primary ends at 1.20 times its minimum, which it had after epoch 2 of 4. Train for fewer epochs, or keep the best one (training.epochs, training.select: best)",
  ]);
  expect(told(overfitted, { ...training, select: "best" })).toEqual([]);
  expect(told(model([1, 0.5, 0.3, 0.2], [1, 0.5, 0.55, 0.59]), training)).toEqual([]);
});
