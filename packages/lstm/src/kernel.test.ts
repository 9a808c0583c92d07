/** One test text for every kernel: each must do what the reference and PyTorch do, within its precision. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { referenceKernel } from "./backends/reference/kernel.ts";
import { type Binary, chooseBinary } from "./backends/wasm/binaries.ts";
import { wasmKernel } from "./backends/wasm/kernel.ts";
import { initialParameters } from "./initial.ts";
import type { Kernel } from "./kernel.ts";
import { minibatch } from "./minibatch.ts";
import { parameterLayout } from "./shape.ts";
import { randomDataset, torchCases } from "./testing/samples.ts";

/** How near a kernel must come: gradients to the largest of them, losses relative, parameters to the largest. */
interface Kind {
  readonly title: string;
  readonly kernel: Kernel | null;
  readonly gradient: number;
  readonly loss: number;
  readonly parameters: number;
}

async function wasm(binary: Binary): Promise<Kind> {
  const bounds = { title: `wasm ${binary}`, gradient: 1e-5, loss: 1e-4, parameters: 1e-3 };
  try {
    return { ...bounds, kernel: await wasmKernel((await chooseBinary(binary)).bytes, binary) };
  } catch (error) {
    if (binary === "baseline") throw error;
    console.warn(`Skipped the tests of wasm ${binary}: ${error}`);
    return { ...bounds, kernel: null };
  }
}

const kinds: Kind[] = [
  { title: "reference", kernel: referenceKernel(), gradient: 1e-9, loss: 1e-9, parameters: 1e-9 },
  await wasm("baseline"),
  await wasm("relaxed"),
];

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  return largest(Array.from(a, (value, i) => value - b[i]!));
};

const torch = torchCases();

describe.each(kinds.filter((kind) => kind.kernel !== null))("the $title kernel", (kind) => {
  const kernel = kind.kernel!;

  describe.skipIf(torch === undefined).each(torch ?? [])("agrees with PyTorch for $shape", (one) => {
    test.each(one.gradients)("in the loss and gradient of $loss at factor $factor", (wanted) => {
      kernel.begin(one.shape, one.parameters);
      const value = kernel.gradient(minibatch(one.samples, wanted.loss), wanted.loss, [1, wanted.factor]);
      expect(Math.abs(value - wanted.value)).toBeLessThanOrEqual(kind.loss * wanted.value);
      expect(apart(kernel.gradients(), wanted.gradient)).toBeLessThanOrEqual(
        kind.gradient * largest(wanted.gradient),
      );
    });

    test("in its predictions", () => {
      kernel.begin(one.shape, one.parameters);
      const { sequences, steps, x } = one.samples;
      const predictions = kernel.predict(Float32Array.from(x), sequences, steps);
      expect(apart(predictions, one.predictions)).toBeLessThan(2e-6);
    });

    test("along Adam's trajectory", () => {
      kernel.begin(one.shape, one.parameters);
      const batch = minibatch(one.samples, "rmse");
      for (const wanted of one.adam.losses) {
        const value = kernel.gradient(batch, "rmse", [1, one.adam.factor]);
        expect(Math.abs(value - wanted)).toBeLessThanOrEqual(kind.loss * wanted);
        kernel.step(one.adam.learningRate);
      }
      expect(apart(kernel.parameters(), one.adam.final)).toBeLessThanOrEqual(
        kind.parameters * largest(one.adam.final),
      );
    });
  });

  test("has the reference's loss, gradient and predictions for any shape, mask, batch and length", () => {
    const reference = referenceKernel();
    const any = fc.record({
      sequences: fc.integer({ min: 1, max: 9 }),
      steps: fc.integer({ min: 1, max: 20 }),
      inputs: fc.integer({ min: 1, max: 9 }),
      hidden: fc.integer({ min: 1, max: 45 }),
      outputs: fc.integer({ min: 1, max: 3 }),
      loss: fc.constantFrom("rmse" as const, "nnse" as const),
      seed: fc.nat(),
      factor: fc.constantFrom<number[]>(0, 0.5, 1, 320),
    });
    fc.assert(
      fc.property(any, ({ hidden, loss, seed, factor, ...sizes }) => {
        const shape = { inputs: sizes.inputs, hidden, outputs: sizes.outputs };
        const dataset = randomDataset(sizes, seed);
        const batch = minibatch(dataset, loss);
        const lossWeights = Array.from({ length: sizes.outputs }, (_, v) => (v === 0 ? 1 : factor));
        // Large weights reach the ends of the activations, but magnify every rounding on its way through time.
        const scale = seed % 3 === 0 ? 4 : 1;
        const parameters = initialParameters(shape, seed).map((value) => value * scale);
        for (const one of [reference, kernel]) one.begin(shape, parameters);
        const [wanted, value] = [reference, kernel].map((one) => one.gradient(batch, loss, lossWeights));
        // A few observations met by chance: their errors are differences of near numbers, all rounding.
        fc.pre(wanted === 0 || wanted! > 0.01);
        const total = lossWeights.reduce((a, b) => a + b, 0);
        expect(Math.abs(value! - wanted!)).toBeLessThanOrEqual(1e-5 * wanted! + 2e-6 * total);
        const [right, found] = [reference.gradients(), kernel.gradients()];
        expect(apart(found, right)).toBeLessThanOrEqual((scale === 1 ? 5e-5 : 5e-4) * largest(right));
        const [y, yhat] = [reference, kernel].map((one) =>
          one.predict(dataset.x, sizes.sequences, sizes.steps),
        );
        expect(apart(yhat!, y!)).toBeLessThanOrEqual(1e-5 * Math.max(1, largest(y!)));
      }),
      { numRuns: 150 },
    );
  });

  test("predicts long and many sequences as it does one short one, and trains on afterwards", () => {
    const shape = { inputs: 2, hidden: 5, outputs: 2 };
    const dataset = randomDataset({ sequences: 7, steps: 3000, inputs: 2, outputs: 2 }, 1);
    const batch = minibatch(dataset, "rmse");
    const parameters = initialParameters(shape, 1);
    kernel.begin(shape, parameters);
    const before = kernel.gradient(batch, "rmse", [1, 1]);
    const all = kernel.predict(dataset.x, 7, 3000);
    for (let s = 0; s < 7; s++) {
      const x = dataset.x.subarray(s * 3000 * 2, (s * 3000 + 50) * 2);
      expect(apart(kernel.predict(x, 1, 50), all.subarray(s * 6000, s * 6000 + 100))).toBeLessThan(2e-6);
    }
    expect(kernel.gradient(batch, "rmse", [1, 1])).toBe(before);
  });
});

describe("the reference kernel", () => {
  const kernel = referenceKernel();
  const shape = { inputs: 3, hidden: 4, outputs: 2 };
  const samples = randomDataset({ sequences: 3, steps: 9, inputs: 3, outputs: 2 }, 11);
  const parameters = Float64Array.from(initialParameters(shape, 11));

  test("has the gradient that finite differences of an rmse loss have", () => {
    const batch = minibatch(samples, "rmse");
    kernel.begin(shape, parameters);
    kernel.gradient(batch, "rmse", [1, 3]);
    const gradient = kernel.gradients();
    parameters.forEach((_, i) => {
      const slope = difference((moved) => {
        kernel.begin(shape, moved);
        return kernel.gradient(batch, "rmse", [1, 3]);
      }, i);
      expect(gradient[i]).toBeCloseTo(slope, 7);
    });
  });

  // Trunk: lossWeight_v times dL_v, summed. Head v: dL_v alone, which no other output has a part in.
  test("has the gradient that finite differences of each nnse loss have", () => {
    const batch = minibatch(samples, "nnse");
    kernel.begin(shape, parameters);
    kernel.gradient(batch, "nnse", [1, 3]);
    const gradient = kernel.gradients();
    const { headKernel } = parameterLayout(shape);
    const slopes = [0, 1].map((v) =>
      Array.from(parameters, (_, i) =>
        difference((moved) => {
          kernel.begin(shape, moved);
          return kernel.gradient(batch, "nnse", v === 0 ? [1, 0] : [0, 1]);
        }, i),
      ),
    );
    parameters.forEach((_, i) => {
      const wanted = slopes[0]![i]! + (i < headKernel.from ? 3 : 1) * slopes[1]![i]!;
      expect(gradient[i]).toBeCloseTo(wanted, 7);
    });
  });

  function difference(loss: (moved: Float64Array) => number, i: number): number {
    const at = (step: number) => loss(parameters.with(i, parameters[i]! + step));
    const step = 1e-5;
    return (at(step) - at(-step)) / (2 * step);
  }
});

test.each([8_000, 20_000, 1_000_000])(
  "a wasm model of %i units is an error, and the next one is taken up",
  async (hidden) => {
    const kernel = await wasmKernel((await chooseBinary("baseline")).bytes, "baseline");
    expect(() => kernel.begin({ inputs: 1, hidden, outputs: 1 }, [])).toThrow(
      `Cannot use the backend "wasm": its memory, 4 GB at the most, cannot hold I=1 H=${hidden} V=1\n  Set batchSize`,
    );
    const small = { inputs: 1, hidden: 4, outputs: 1 };
    kernel.begin(small, initialParameters(small, 0));
    expect(kernel.parameters()).toEqual(initialParameters(small, 0));
  },
);
