/**
 * A stack is the arithmetic of many models of one shape at once on a device; `stackedBackend` makes a backend
 * of it: it groups requests that can be stacked, cuts the groups to what the memory holds and tells failures
 * apart. kernel.ts is the same for processors that take one model at a time.
 */
import type {
  Backend,
  BackendName,
  Dataset,
  Loss,
  PredictionRequest,
  TrainedModel,
  TrainingRequest,
  TrainingSpec,
} from "../interface/backend.ts";
import { cannot, DeviceMemoryError } from "../interface/errors.ts";
import type { ModelShape } from "../interface/shape.ts";
import { checkPrediction, checkRequest, checkSpec } from "./check.ts";
import { checkTrained, epochsOf, lossDiverged } from "./epochs.ts";
import { initialParameters } from "./initial.ts";
import { sequenceWeights } from "./minibatch.ts";

/** What the models of a stack have in common. */
export interface StackTask {
  readonly shape: ModelShape;
  readonly loss: Loss;
  /** B: the most sequences of a minibatch. */
  readonly sequences: number;
  /** T. */
  readonly steps: number;
  /** How many calls of `step` will follow. */
  readonly records: number;
}

/** One model of a stack, before its first step. */
export interface StackModel {
  /** Flat (shape.ts). */
  readonly parameters: Float32Array;
  readonly dataset: Dataset;
  readonly lossWeights: readonly number[];
}

/** One model's minibatch: sequences of its dataset, at most B, and w of loss.ts of each [sequences, V]. */
export interface StackBatch {
  readonly rows: readonly number[];
  readonly weights: Float64Array;
}

/** Holds the models of one task after `begin`. Throws DeviceMemoryError where fewer models might fit. */
export interface Stack {
  readonly name: BackendName;
  readonly device: string;
  supports(shape: ModelShape): string | null;
  /** How many models, those of the first datasets, fit at once; 0 is taken as 1. Models may share a dataset. */
  fit(task: StackTask, datasets: readonly Dataset[]): number;
  /** Takes up models; Adam's moments and step count become 0. */
  begin(task: StackTask, models: readonly StackModel[]): Promise<void>;
  /**
   * The gradient of every model over its minibatch and, unless the rate is null, one step of Adam along it.
   * May return before the device has done it. The same `batches` again need not be looked at again.
   */
  step(batches: readonly StackBatch[], learningRate: number | null): void;
  /** Waits until the device has done what was asked of it. */
  settle(): Promise<void>;
  /** [models, steps taken]: the losses, each before its step. */
  losses(): Promise<Float32Array[]>;
  /** Flat, per model. */
  parameters(): Promise<Float32Array[]>;
  /** Those of the last step, flat, per model. */
  gradients(): Promise<Float32Array[]>;
  /** The outputs [S, T, V] of each request; all requests are of one shape and number of steps. */
  predict(requests: readonly PredictionRequest[]): Promise<Float32Array[]>;
  dispose(): void;
}

/** The device works on this many steps before the process looks up. */
const stepsAtOnce = 8;

/** The backend that trains and predicts with a stack. */
export function stackedBackend(stack: Stack, notes: readonly string[]): Backend {
  return {
    name: stack.name,
    device: stack.device,
    notes,
    supports: (shape) => stack.supports(shape),
    async train(spec, requests, onDone) {
      checkSpec(spec);
      const groups = grouped(requests, onDone, (request) => {
        const shape = checkRequest(spec, request);
        refuse(stack, shape);
        const { steps, sequences } = request.dataset;
        return JSON.stringify([shape, steps, batchesOf(spec, sequences)]);
      });
      for (const group of groups) await trainGroup(stack, spec, requests, group, onDone);
    },
    async predict(requests, onDone) {
      const groups = grouped(requests, onDone, (request) => {
        checkPrediction(request);
        refuse(stack, request.model.shape);
        return JSON.stringify([request.model.shape, request.steps]);
      });
      for (const group of groups) {
        const results = await stack
          .predict(group.map((index) => requests[index]!))
          .catch((error) => withHint(error, "Fewer steps or units"));
        group.forEach((index, i) => {
          onDone(index, results instanceof Error ? results : results[i]!);
        });
      }
    },
    dispose: () => stack.dispose(),
  };
}

/** Indices of the requests with the same key, in order; those whose key cannot be had are reported. */
function grouped<Request>(
  requests: readonly Request[],
  onDone: (index: number, result: Error) => void,
  keyOf: (request: Request) => string,
): number[][] {
  const groups = new Map<string, number[]>();
  requests.forEach((request, index) => {
    try {
      const key = keyOf(request);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [index]);
      else group.push(index);
    } catch (error) {
      onDone(index, asError(error));
    }
  });
  return [...groups.values()];
}

function refuse(stack: Stack, shape: ModelShape): void {
  const reason = stack.supports(shape);
  if (reason !== null) throw cannot(`use the backend "${stack.name}"`, reason);
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** B, and how many minibatches an epoch has. */
function batchesOf({ batchSize }: TrainingSpec, sequences: number): { most: number; count: number } {
  const most = Math.min(batchSize ?? sequences, sequences);
  return { most, count: Math.ceil(sequences / most) };
}

/** Trains requests that can be stacked, as many at a time as fit, fewer where the device says that they do not. */
async function trainGroup(
  stack: Stack,
  spec: TrainingSpec,
  requests: readonly TrainingRequest[],
  group: readonly number[],
  onDone: (index: number, result: TrainedModel | Error) => void,
): Promise<void> {
  const { dataset } = requests[group[0]!]!;
  const { most, count } = batchesOf(spec, dataset.sequences);
  const shape = { inputs: dataset.inputs, hidden: spec.hidden, outputs: dataset.outputs };
  const task: StackTask = {
    shape,
    loss: spec.loss,
    sequences: most,
    steps: dataset.steps,
    records: spec.epochs * count,
  };
  let limit = group.length;
  for (let from = 0; from < group.length; ) {
    const indices = group.slice(from, from + limit);
    let results: readonly (TrainedModel | Error)[];
    try {
      const fitting = stack.fit(
        task,
        indices.map((index) => requests[index]!.dataset),
      );
      indices.splice(Math.max(1, fitting));
      const chunk = indices.map((index) => requests[index]!);
      results = await trainChunk(stack, spec, task, chunk);
    } catch (error) {
      if (error instanceof DeviceMemoryError && indices.length > 1) {
        limit = Math.ceil(indices.length / 2);
        continue;
      }
      const failed = withHint(error, remedyFor(stack, task, requests[indices[0]!]!.dataset));
      results = indices.map(() => failed);
    }
    indices.forEach((index, i) => {
      onDone(index, results[i]!);
    });
    from += indices.length;
  }
}

/** What would make room for one model: smaller minibatches only where one of one sequence would fit. */
function remedyFor(stack: Stack, task: StackTask, dataset: Dataset): string {
  try {
    if (task.sequences > 1 && stack.fit({ ...task, sequences: 1 }, [dataset]) > 0)
      return "A smaller batchSize";
  } catch {
    // A device that no longer answers does not say.
  }
  return "Fewer sequences, steps or units";
}

function withHint(error: unknown, remedy: string): Error {
  if (!(error instanceof DeviceMemoryError)) return asError(error);
  const hint = `${remedy} would need less memory; \`backend: wasm\` takes the machine's.`;
  return new DeviceMemoryError(`${error.message}\n  ${hint}`);
}

async function trainChunk(
  stack: Stack,
  spec: TrainingSpec,
  task: StackTask,
  requests: readonly TrainingRequest[],
): Promise<(TrainedModel | Error)[]> {
  await stack.begin(
    task,
    requests.map(({ seed, initial, lossWeights, dataset }): StackModel => {
      return { parameters: initial ?? initialParameters(task.shape, seed), dataset, lossWeights };
    }),
  );
  const epochs = requests.map(({ dataset, seed }) => epochsOf(dataset.sequences, spec.batchSize, seed));
  const whole = wholeBatches(spec);
  const count = task.records / spec.epochs;
  for (let epoch = 0, taken = 0; epoch < spec.epochs; epoch++) {
    const minibatches = epochs.map((next) => next());
    for (let b = 0; b < count; b++) {
      const batches =
        minibatches[0]![0] === undefined
          ? whole(requests)
          : requests.map(({ dataset }, m): StackBatch => {
              const rows = minibatches[m]![b]!;
              return { rows, weights: sequenceWeights(dataset, spec.loss, rows) };
            });
      stack.step(batches, spec.learningRate);
      if (++taken % stepsAtOnce === 0) await stack.settle();
    }
  }
  const [losses, parameters] = [await stack.losses(), await stack.parameters()];
  return requests.map((_, m) => {
    try {
      return finished(task.shape, spec, count, parameters[m]!, losses[m]!);
    } catch (error) {
      return asError(error);
    }
  });
}

/** The batches of an epoch in one minibatch: made once, models of a site sharing theirs. */
function wholeBatches(spec: TrainingSpec): (requests: readonly TrainingRequest[]) => readonly StackBatch[] {
  let batches: readonly StackBatch[] | undefined;
  const ofDatasets = new Map<Dataset, StackBatch>();
  return (requests) => {
    batches ??= requests.map(({ dataset }) => {
      const known = ofDatasets.get(dataset);
      if (known !== undefined) return known;
      const rows = Array.from({ length: dataset.sequences }, (_, s) => s);
      const batch = { rows, weights: sequenceWeights(dataset, spec.loss, rows) };
      ofDatasets.set(dataset, batch);
      return batch;
    });
    return batches;
  };
}

function finished(
  shape: ModelShape,
  spec: TrainingSpec,
  batches: number,
  parameters: Float32Array,
  recorded: Float32Array,
): TrainedModel {
  const losses = new Float64Array(spec.epochs);
  recorded.forEach((loss, i) => {
    const epoch = Math.floor(i / batches);
    if (!Number.isFinite(loss)) throw lossDiverged(loss, epoch, spec.epochs);
    losses[epoch]! += loss / batches;
  });
  checkTrained(parameters);
  return { shape, parameters, losses };
}
