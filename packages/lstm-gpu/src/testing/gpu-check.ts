/**
 * Is the gpu backend right and fast on this machine? Through CUDA and OpenCL in turn: against PyTorch's numbers
 * and the reference, twice the same, in chunks as in one, and timed. scripts/gpu-check.sh runs it on bare machines.
 */
import { parseArgs } from "node:util";
import {
  type Backend,
  initialParameters,
  LstmError,
  openBackend,
  type TrainedModel,
  type TrainingSpec,
} from "@braid/lstm";
import { stackedBackend } from "@braid/lstm/backend-kit";
import { experiment, operations, someDataset, span } from "@braid/lstm/bench";
import { type Probe, randomDataset, referenceProbe, stackProbe, torchCases } from "@braid/lstm/testing";
import { builds } from "../layout.ts";
import { openGpu } from "../open.ts";
import { gpuStack } from "../stack.ts";

const options = (() => {
  try {
    return parseArgs({
      options: {
        processors: { type: "boolean", default: false },
        seconds: { type: "string", default: "180" },
        models: { type: "string", default: "32768" },
      },
    }).values;
  } catch (error) {
    console.error(`Cannot check the GPU: ${(error as Error).message}`);
    process.exit(2);
  }
})();

let failures = 0;
function verdict(good: boolean, text: string): void {
  if (!good) failures++;
  console.log(`  ${good ? "ok    " : "WRONG "} ${text}`);
}

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length === b.length ? largest(Array.from(a, (value, i) => value - b[i]!)) : Number.NaN;

/** Gradients, predictions and Adam against PyTorch in float64. */
async function againstTorch(probe: Probe): Promise<void> {
  for (const one of torchCases() ?? []) {
    let gradient = 0;
    for (const wanted of one.gradients) {
      const found = await probe.gradient({ ...one, loss: wanted.loss, lossWeights: [1, wanted.factor] });
      gradient = Math.max(gradient, apart(found.gradient, wanted.gradient) / largest(wanted.gradient));
    }
    const { losses, factor, learningRate, final } = one.adam;
    const question = { ...one, loss: "rmse" as const, lossWeights: [1, factor] };
    const { values, parameters } = await probe.descend(question, learningRate, losses.length);
    const loss = Math.max(...values.map((value, i) => Math.abs(value / losses[i]! - 1)));
    const moved = apart(parameters, final) / largest(final);
    const { x, sequences, steps } = one.samples;
    const predicted = apart(
      await probe.predict(one.shape, one.parameters, x, sequences, steps),
      one.predictions,
    );
    verdict(
      gradient < 1e-5 && loss < 1e-4 && moved < 1e-3 && predicted < 2e-6,
      `PyTorch H=${one.shape.hidden}: gradient ${gradient.toExponential(1)}, Adam's losses ${loss.toExponential(1)}, ` +
        `parameters ${moved.toExponential(1)}, predictions ${predicted.toExponential(1)}`,
    );
  }
}

/** A training with dropout, clipping and validation on the device. */
async function protocolAgainstReference(backend: Backend): Promise<void> {
  const spec: TrainingSpec = {
    ...{ hidden: 20, epochs: 6, learningRate: 0.01, loss: "mse", batchSize: 2 },
    ...{ dropout: 0.3, clipNorm: 0.5, select: "best" },
  };
  const data = { dataset: someDataset(5, 40, 7), validation: someDataset(3, 30, 7) };
  const found: TrainedModel[] = [];
  for (const one of [backend, await openBackend("reference")])
    await one.train(spec, [{ ...data, seed: 3, lossWeights: [1, 2] }], (_, result) => {
      if (result instanceof Error) throw result;
      found.push(result);
    });
  const [own, wanted] = found as [TrainedModel, TrainedModel];
  const trained = apart(own.losses, wanted.losses) / largest(wanted.losses);
  const validated =
    apart(own.validation!.losses, wanted.validation!.losses) / largest(wanted.validation!.losses);
  verdict(
    trained < 1e-4 && validated < 1e-4 && own.validation!.epoch === wanted.validation!.epoch,
    `reference with dropout, clipping and validation: losses ${trained.toExponential(1)}, validated ${validated.toExponential(1)}`,
  );
}

/** Every build of the kernel, few sequences and many. */
async function againstReference(probe: Probe, until: number): Promise<void> {
  const reference = referenceProbe();
  for (const hidden of builds)
    for (const sequences of [3, 20, 70]) {
      if (performance.now() > until) return console.log("         (no time left for more shapes)");
      const shape = { inputs: 7, hidden: hidden - (sequences === 3 ? 1 : 0), outputs: 2 };
      const samples = randomDataset({ sequences, steps: 60, inputs: 7, outputs: 2 }, hidden);
      const parameters = initialParameters(shape, hidden);
      const [loss, dropout] = [
        sequences === 20 ? ("mse" as const) : ("nnse" as const),
        sequences === 70 ? 0.4 : 0,
      ];
      const question = { shape, parameters, samples, loss, lossWeights: [1, 5], dropout, seed: hidden };
      const [wanted, found] = [await reference.gradient(question), await probe.gradient(question)];
      const difference = apart(found.gradient, wanted.gradient) / largest(wanted.gradient);
      verdict(
        difference < 5e-5 && Math.abs(found.value / wanted.value - 1) < 1e-5,
        `reference H=${shape.hidden} B=${sequences}${dropout > 0 ? " with dropout" : ""}: gradient ${difference.toExponential(1)}`,
      );
    }
}

async function check(name: "cuda" | "opencl", seconds: number): Promise<boolean> {
  const until = performance.now() + 1000 * seconds;
  console.log(`\n${name === "cuda" ? "CUDA" : "OpenCL"}`);
  const began = performance.now();
  const opened = await openGpu({ driver: name, processors: options.processors }).catch(
    (error: Error) => error,
  );
  if (opened instanceof Error) {
    console.log(`  ${opened.message.split("\n").slice(0, 2).join("\n  ")}`);
    return false;
  }
  const { driver } = opened;
  const { total, buffer } = driver.memory();
  console.log(
    `  ${driver.device}; opened in ${span((performance.now() - began) / 1000)}; ` +
      `${(total / 1e9).toFixed(1)} GB to use, ${(buffer / 1e9).toFixed(1)} GB in one buffer`,
  );
  const probe = stackProbe(gpuStack(driver));
  await againstTorch(probe);
  await againstReference(probe, performance.now() + 300 * seconds);

  const backend = stackedBackend(gpuStack(driver), []);
  async function train(by: typeof backend, models: number, sequences: number, epochs: number) {
    const dataset = someDataset(sequences, 365, 7);
    const results: (TrainedModel | Error)[] = [];
    const spec = { hidden: 20, epochs, learningRate: 1e-3, loss: "rmse", batchSize: null } as const;
    const requests = Array.from({ length: models }, (_, seed) => ({ dataset, seed, lossWeights: [1, 0.5] }));
    const start = performance.now();
    await by.train(spec, requests, (index, result) => {
      if (result instanceof Error) throw result;
      results[index] = result;
    });
    return { results: results as TrainedModel[], seconds: (performance.now() - start) / 1000 };
  }
  const same = (a: readonly TrainedModel[], b: readonly TrainedModel[]) =>
    a.every(({ parameters }, m) => apart(parameters, b[m]!.parameters) === 0);
  await protocolAgainstReference(backend);
  const first = (await train(backend, 5, 3, 3)).results;
  verdict(same(first, (await train(backend, 5, 3, 3)).results), "the same training gives the same bits");
  const little = { ...driver, memory: () => ({ total: 2.5e6, buffer: 2.5e6 }) };
  const inChunks = await train(stackedBackend(gpuStack(little), []), 5, 3, 3);
  verdict(same(first, inChunks.results), "in chunks of what 2.5 MB hold, too");

  for (const sequences of [20, 3])
    for (let models = 1; models <= Number(options.models); models *= 4) {
      await train(backend, Math.min(models, 4), sequences, 1);
      const epochs = 4;
      const { seconds: took } = await train(backend, models, sequences, epochs);
      const each = took / (models * epochs);
      const gigaflops = operations(someDataset(sequences, 365, 7), 20) / each / 1e9;
      console.log(
        `  B=${sequences} ${String(models).padStart(6)} models: ${(1000 * each).toFixed(4)} ms per model-epoch, ` +
          `${gigaflops.toFixed(0)} GFLOP/s; ${experiment.models} x ${experiment.epochs} in ${span(each * experiment.models * experiment.epochs)}`,
      );
      if (took > 20 || performance.now() > until) break;
    }
  backend.dispose();
  return true;
}

/** As `check`; what one driver cannot do must not keep the other from being tried. */
async function checked(name: "cuda" | "opencl"): Promise<boolean> {
  return check(name, Number(options.seconds)).catch((error: Error) => {
    verdict(
      false,
      (error instanceof LstmError ? error.message : error.stack!).replaceAll("\n", "\n         "),
    );
    return true;
  });
}

const served = [await checked("cuda"), await checked("opencl")];
const count = served.filter(Boolean).length;
console.log(
  `\n${count === 0 ? "No GPU answered." : failures === 0 ? "All is right." : `${failures} ${failures === 1 ? "check is" : "checks are"} WRONG.`}`,
);
process.exitCode = count === 0 ? 3 : failures === 0 ? 0 : 1;
