/** One test text for every backend: each must do what the reference and PyTorch do, within its precision. */

import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dataset } from "./backend.ts";
import { openGpu } from "./backends/gpu/open.ts";
import { gpuStack } from "./backends/gpu/stack.ts";
import { nativeLibrary } from "./backends/native/compile.ts";
import { nativeKernel } from "./backends/native/kernel.ts";
import { referenceKernel } from "./backends/reference/kernel.ts";
import { loadTensorFlow } from "./backends/tfjs/load.ts";
import { tfjsStack } from "./backends/tfjs/stack.ts";
import { type Binary, chooseBinary } from "./backends/wasm/binaries.ts";
import { wasmKernel } from "./backends/wasm/kernel.ts";
import { initialParameters } from "./initial.ts";
import type { Kernel } from "./kernel.ts";
import { minibatch } from "./minibatch.ts";
import { parameterLayout } from "./shape.ts";
import { compileForTests } from "./testing/compile-for-tests.ts";
import { kernelProbe, type Probe, stackProbe } from "./testing/probe.ts";
import { randomDataset, torchCases } from "./testing/samples.ts";

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
}

const upTo = (max: number) => fc.integer({ min: 1, max });
const float32 = {
  ...{ gradient: 1e-5, loss: 1e-4, parameters: 1e-3 },
  ...{ runs: 100, hidden: upTo(64), sequences: upTo(40), steps: fc.oneof(upTo(20), upTo(20), upTo(400)) },
};

async function wasm(binary: Binary): Promise<Kind[]> {
  try {
    const kernel = await wasmKernel((await chooseBinary(binary)).bytes, binary);
    return [{ ...float32, title: `wasm ${binary}`, probe: kernelProbe(kernel) }];
  } catch (error) {
    if (binary === "baseline") throw error;
    console.warn(`Skipped the tests of wasm ${binary}: ${error}`);
    return [];
  }
}

async function native(): Promise<Kind[]> {
  const library = await compileForTests();
  return library === null
    ? []
    : [{ ...float32, title: "native", probe: kernelProbe(await nativeKernel(library)) }];
}

/** An OpenCL driver compiles each build and each size of workgroup anew, a second or so each: two builds, few cases. */
async function gpu(): Promise<Kind[]> {
  try {
    const { driver } = await openGpu({ processors: true });
    const hidden = fc.oneof(fc.integer({ min: 17, max: 20 }), upTo(8), fc.constant(64));
    const probe = stackProbe(gpuStack(driver));
    return [{ ...float32, title: `gpu (${driver.device})`, probe, runs: 25, hidden }];
  } catch (error) {
    if (process.env.CI !== undefined) throw error;
    console.warn(`Skipped the tests of gpu: ${(error as Error).message}`);
    return [];
  }
}

async function tfjs(): Promise<Kind> {
  const loaded = await loadTensorFlow();
  const probe = stackProbe(tfjsStack(loaded));
  const small = { runs: 12, hidden: upTo(12), sequences: upTo(6), steps: upTo(8) };
  return { ...float32, ...small, title: `tfjs (${loaded.device})`, probe };
}

const kinds: Kind[] = [
  {
    ...{ ...float32, title: "reference", probe: kernelProbe(referenceKernel()) },
    ...{ gradient: 1e-9, loss: 1e-9, parameters: 1e-9, runs: 5 },
  },
  ...(await wasm("baseline")),
  ...(await wasm("relaxed")),
  ...(await native()),
  ...(await gpu()),
  await tfjs(),
];

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  return largest(Array.from(a, (value, i) => value - b[i]!));
};

const torch = torchCases();

/** Always among the random cases: one of everything, and the GPU's largest build. */
const rest = { outputs: 2 as const, loss: "rmse" as const, seed: 1, factor: 1, unseen: -1 };
const ends = [
  { ...rest, sequences: 1, steps: 1, inputs: 1, hidden: 1, outputs: 1 as const },
  { ...rest, sequences: 3, steps: 5, inputs: 16, hidden: 41 },
];
/** The ends of the ranges together, for those that do it in a second. */
const largestOfAll = [
  { ...rest, sequences: 40, steps: 20, inputs: 16, hidden: 64 },
  { ...rest, sequences: 1, steps: 400, inputs: 16, hidden: 64 },
];

describe.each(kinds)("$title", (kind) => {
  const { probe } = kind;

  describe.skipIf(torch === undefined).each(torch ?? [])("agrees with PyTorch for $shape", (one) => {
    test.each(one.gradients)("in the loss and gradient of $loss at factor $factor", async (wanted) => {
      const { value, gradient } = await probe.gradient({
        ...one,
        ...{ loss: wanted.loss, lossWeights: [1, wanted.factor] },
      });
      expect(Math.abs(value - wanted.value)).toBeLessThanOrEqual(kind.loss * wanted.value);
      expect(apart(gradient, wanted.gradient)).toBeLessThanOrEqual(kind.gradient * largest(wanted.gradient));
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
      values.forEach((value, i) => {
        expect(Math.abs(value - losses[i]!)).toBeLessThanOrEqual(kind.loss * losses[i]!);
      });
      expect(apart(parameters, final)).toBeLessThanOrEqual(kind.parameters * largest(final));
    });
  });

  test("has the reference's loss, gradient and predictions for any shape, mask, batch and length", async () => {
    const reference = kernelProbe(referenceKernel());
    const any = fc.record({
      sequences: kind.sequences,
      steps: kind.steps,
      inputs: upTo(16),
      hidden: kind.hidden,
      outputs: fc.constantFrom(1, 2, 2, 3, 5),
      loss: fc.constantFrom("rmse" as const, "nnse" as const),
      seed: fc.nat(),
      factor: fc.constantFrom<number[]>(0, 0.5, 1, 320),
      unseen: fc.constantFrom<number[]>(-1, -1, 0, 1),
    });
    await fc.assert(
      fc.asyncProperty(any, async ({ hidden, loss, seed, factor, unseen, ...sizes }) => {
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
        const question = { shape, parameters, samples, loss, lossWeights };
        const [wanted, found] = [await reference.gradient(question), await probe.gradient(question)];
        // A few observations met by chance: their errors are differences of near numbers, all rounding.
        fc.pre(wanted.value === 0 || wanted.value > 0.01);
        const total = lossWeights.reduce((a, b) => a + b, 0);
        expect(Math.abs(found.value - wanted.value)).toBeLessThanOrEqual(1e-5 * wanted.value + 2e-6 * total);
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
  }, 120_000);

  test("predicts long and many sequences as it does one short one, and trains on afterwards", async () => {
    const long = kind.title.startsWith("tfjs") ? 60 : 3000;
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
});

/** The dataset with one output never observed; as it is when there is no such output. */
function withoutOutput(dataset: Dataset, v: number): Dataset {
  const { outputs: V, mask } = dataset;
  if (v < 0 || v >= V || V === 1) return dataset;
  return { ...dataset, mask: mask.map((m, i) => (i % V === v ? 0 : m)) };
}

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

describe("what a kernel's memory cannot hold is an error, and the next model is taken up:", () => {
  const small = { inputs: 1, hidden: 4, outputs: 1 };
  const library = nativeLibrary();
  const compiled = [
    { name: "wasm", most: "4 GB", open: async () => wasmKernel((await chooseBinary("baseline")).bytes, "") },
    ...(existsSync(library) ? [{ name: "native", most: "64 GB", open: () => nativeKernel(library) }] : []),
  ];
  const takesUp = (kernel: Kernel) => {
    kernel.begin(small, initialParameters(small, 0));
    expect(kernel.parameters()).toEqual(initialParameters(small, 0));
    expect(kernel.predict(Float32Array.of(1, 2), 1, 2).every(Number.isFinite)).toBe(true);
  };

  test.each(compiled)("$name, units", async ({ name, most, open }) => {
    const kernel = await open();
    for (const hidden of [name === "wasm" ? 8_000 : 70_000, 1_000_000, 2 ** 31 - 2]) {
      expect(() => kernel.begin({ ...small, hidden }, [])).toThrow(
        `Cannot use the backend "${name}": its memory, ${most} at the most, cannot hold I=1 H=${hidden} V=1\n  Fewer units need less; another backend may hold more.`,
      );
      takesUp(kernel);
    }
    kernel.dispose();
  });

  test.each(compiled)("$name, sequences", async ({ name, most, open }) => {
    const kernel = await open();
    const nothing = { x: new Float32Array(0), y: new Float32Array(0), weights: new Float64Array(0) };
    // batchSize is of no help where one sequence is too much already.
    for (const [sequences, steps, hint] of [
      [1e8, 10, "Set batchSize to fewer sequences at a time."],
      [2e9, 2e9, "Fewer steps or units need less; another backend may hold more."],
      [1, 2e9, "Fewer steps or units need less; another backend may hold more."],
    ] as const) {
      takesUp(kernel);
      const batch = { ...nothing, sequences, steps, inputs: 1, outputs: 1 };
      expect(() => kernel.gradient(batch, "rmse", [1])).toThrow(
        `Cannot use the backend "${name}": its memory, ${most} at the most, cannot hold I=1 H=4 V=1, ` +
          `${sequences} sequences of ${steps} steps\n  ${hint}`,
      );
      takesUp(kernel);
    }
    kernel.dispose();
  });
});
