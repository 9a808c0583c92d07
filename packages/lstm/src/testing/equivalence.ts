/** Tests that a backend computes the same as the reference and PyTorch, within its precision. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../interface/backend.ts";
import { initialParameters } from "../training/initial.ts";
import { type Probe, referenceProbe } from "./probe.ts";
import { randomDataset, torchCases } from "./samples.ts";

/** How near a backend must come (gradients to the largest of them, losses relative, parameters to the largest), and what it can bear. */
interface Kind {
  readonly title: string;
  readonly probe: Probe;
  readonly gradient: number;
  readonly loss: number;
  readonly parameters: number;
  /** How many random cases, and of which sizes. */
  readonly runs: number;
  readonly hidden: fc.Arbitrary<number>;
  readonly sequences: fc.Arbitrary<number>;
  readonly steps: fc.Arbitrary<number>;
  /** Steps of the long sequences that it predicts. */
  readonly longest: number;
}

export const upTo = (max: number) => fc.integer({ min: 1, max });

/** A backend that computes in float32. */
export const float32 = {
  ...{ gradient: 1e-5, loss: 1e-4, parameters: 1e-3, longest: 3000 },
  ...{ runs: 100, hidden: upTo(64), sequences: upTo(40), steps: fc.oneof(upTo(20), upTo(20), upTo(400)) },
};

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  return largest(Array.from(a, (value, i) => value - b[i]!));
};

const torch = torchCases();

/** Always among the random cases: one of everything, and the GPU's largest build. */
const rest = { outputs: 2 as const, loss: "rmse" as const, dropout: 0, seed: 1, factor: 1, unseen: -1 };
const ends = [
  { ...rest, sequences: 1, steps: 1, inputs: 1, hidden: 1, outputs: 1 as const },
  { ...rest, sequences: 3, steps: 5, inputs: 16, hidden: 41 },
  { ...rest, sequences: 3, steps: 5, inputs: 2, hidden: 6, dropout: 0.4, loss: "mse" as const },
];
/** The ends of the ranges together, for those that do it in a second. */
const largestOfAll = [
  { ...rest, sequences: 40, steps: 20, inputs: 16, hidden: 64 },
  { ...rest, sequences: 1, steps: 400, inputs: 16, hidden: 64 },
];

/** Tests the arithmetic of one kind of backend. */
export function testEquivalence(kind: Kind): void {
  const { title, probe } = kind;
  describe(title, () => {
    describe.skipIf(torch === undefined).each(torch ?? [])("agrees with PyTorch for $shape", (one) => {
      test.each(one.gradients)("in the loss and gradient of $loss at factor $factor", async (wanted) => {
        const { value, gradient } = await probe.gradient({
          ...one,
          ...{ loss: wanted.loss, lossWeights: [1, wanted.factor] },
        });
        expect(Math.abs(value - wanted.value)).toBeLessThanOrEqual(kind.loss * wanted.value);
        expect(apart(gradient, wanted.gradient)).toBeLessThanOrEqual(
          kind.gradient * largest(wanted.gradient),
        );
      });

      test("in its predictions", async () => {
        const { sequences, steps, x } = one.samples;
        const predictions = await probe.predict(one.shape, one.parameters, x, sequences, steps);
        expect(apart(predictions, one.predictions)).toBeLessThan(2e-6);
      });

      test("along Adam's trajectory", async () => {
        const { losses, factor, learningRate, final } = one.adam;
        const question = { ...one, loss: "rmse" as const, lossWeights: [1, factor] };
        const { values, parameters } = await probe.descend(question, learningRate, losses.length);
        expect(values).toHaveLength(losses.length);
        values.forEach((value, i) => {
          expect(Math.abs(value - losses[i]!)).toBeLessThanOrEqual(kind.loss * losses[i]!);
        });
        expect(apart(parameters, final)).toBeLessThanOrEqual(kind.parameters * largest(final));
      });
    });

    test("predicts long and many sequences as it does one short one, and trains on afterwards", async () => {
      const { longest: long } = kind;
      const shape = { inputs: 2, hidden: 5, outputs: 2 };
      const samples = randomDataset({ sequences: 7, steps: long, inputs: 2, outputs: 2 }, 1);
      const parameters = initialParameters(shape, 1);
      const question = { shape, parameters, samples, loss: "rmse" as const, lossWeights: [1, 1] };
      const before = await probe.gradient(question);
      const all = await probe.predict(shape, parameters, samples.x, 7, long);
      for (let s = 0; s < 7; s++) {
        const x = samples.x.subarray(s * long * 2, (s * long + 50) * 2);
        const alone = await probe.predict(shape, parameters, x, 1, 50);
        expect(apart(alone, all.subarray(s * long * 2, (s * long + 50) * 2))).toBeLessThan(2e-6);
      }
      expect((await probe.gradient(question)).value).toBe(before.value);
    });

    // The reference agrees with itself whatever it computes.
    if (title === "reference") return;

    test("has the reference's loss, gradient and predictions for any shape, mask, batch and length", async () => {
      const reference = referenceProbe();
      const any = fc.record({
        sequences: kind.sequences,
        steps: kind.steps,
        inputs: upTo(16),
        hidden: kind.hidden,
        outputs: fc.constantFrom(1, 2, 2, 3, 5),
        loss: fc.constantFrom("rmse" as const, "nnse" as const, "mse" as const),
        dropout: fc.constantFrom<number[]>(0, 0, 0.4),
        seed: fc.nat(),
        factor: fc.constantFrom<number[]>(0, 0.5, 1, 320),
        unseen: fc.constantFrom<number[]>(-1, -1, 0, 1),
      });
      await fc.assert(
        fc.asyncProperty(any, async ({ hidden, loss, dropout, seed, factor, unseen, ...sizes }) => {
          const shape = { inputs: sizes.inputs, hidden, outputs: sizes.outputs };
          // The cost of a case in units times rows: the largest of all sizes at once, often, would take minutes.
          fc.pre(seed === rest.seed || hidden * sizes.sequences * sizes.steps < 40_000);
          const reason = probe.supports(shape);
          if (reason !== null) {
            expect(reason).toMatch(/^H=\d+ is more than the 48 units/);
            return;
          }
          const samples = withoutOutput(randomDataset(sizes, seed), unseen);
          const lossWeights = Array.from({ length: sizes.outputs }, (_, v) => (v === 0 ? 1 : factor));
          // Large weights reach the ends of the activations, but magnify every rounding on its way through time.
          const scale = seed % 3 === 0 && sizes.steps <= 20 ? 4 : 1;
          const parameters = initialParameters(shape, seed).map((value) => value * scale);
          const question = { shape, parameters, samples, loss, lossWeights, dropout, seed };
          const [wanted, found] = [await reference.gradient(question), await probe.gradient(question)];
          // A few observations met by chance: their errors are differences of near numbers, all rounding.
          fc.pre(wanted.value === 0 || wanted.value > 0.01);
          const total = lossWeights.reduce((a, b) => a + b, 0);
          expect(Math.abs(found.value - wanted.value)).toBeLessThanOrEqual(
            1e-5 * wanted.value + 2e-6 * total,
          );
          expect(apart(found.gradient, wanted.gradient)).toBeLessThanOrEqual(
            (scale === 1 ? 5e-5 : 5e-4) * largest(wanted.gradient),
          );
          const [y, yhat] = [
            await reference.predict(shape, parameters, samples.x, sizes.sequences, sizes.steps),
            await probe.predict(shape, parameters, samples.x, sizes.sequences, sizes.steps),
          ];
          expect(apart(yhat, y)).toBeLessThanOrEqual(1e-5 * Math.max(1, largest(y)));
        }),
        {
          numRuns: kind.runs,
          examples: [...ends, ...(kind.runs === 100 ? largestOfAll : [])].map((one): [typeof one] => [one]),
        },
      );
    }, 300_000);

    test("moves the parameters along the reference's trajectory of Adam", async () => {
      const [rate, steps] = [0.01, 6];
      const shape = { inputs: 3, hidden: 6, outputs: 2 };
      const question = {
        shape,
        parameters: initialParameters(shape, 1),
        samples: randomDataset({ sequences: 4, steps: 12, inputs: 3, outputs: 2 }, 1),
        ...{ loss: "rmse" as const, lossWeights: [1, 0.5] },
      };
      const wanted = await referenceProbe().descend(question, rate, steps);
      const found = await probe.descend(question, rate, steps);
      expect(found.values).toHaveLength(steps);
      found.values.forEach((value, i) => {
        expect(Math.abs(value - wanted.values[i]!)).toBeLessThanOrEqual(kind.loss * wanted.values[i]!);
      });
      // A parameter moves by about the rate in each step, whatever the size of its gradient.
      expect(apart(found.parameters, wanted.parameters)).toBeLessThanOrEqual(0.002 * rate * steps);
    });
  });
}

/** The dataset with one output never observed; as it is when there is no such output. */
function withoutOutput(dataset: Dataset, v: number): Dataset {
  const { outputs: V, mask } = dataset;
  if (v < 0 || v >= V || V === 1) return dataset;
  return { ...dataset, mask: mask.map((m, i) => (i % V === v ? 0 : m)) };
}
