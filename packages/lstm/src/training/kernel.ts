/**
 * A kernel is the arithmetic of one model at a time on the CPU; `kernelBackend` makes a backend of it.
 * stack.ts is the same for devices that take many models at once.
 */
import type {
  Backend,
  BackendName,
  Dataset,
  Loss,
  TrainedModel,
  TrainingRequest,
  TrainingSpec,
} from "../interface/backend.ts";
import { cannot } from "../interface/errors.ts";
import type { ModelShape } from "../interface/shape.ts";
import { checkPrediction, checkRequest, checkSpec } from "./check.ts";
import { course, learningRateOf } from "./course.ts";
import { type Dropout, dropoutFactors, dropoutOf } from "./dropout.ts";
import { epochsOf, lossDiverged } from "./epochs.ts";
import { initialParameters } from "./initial.ts";
import { type Minibatch, minibatch } from "./minibatch.ts";

/** Holds one model: its parameters, Adam's moments and, after `gradient`, the gradient. */
export interface Kernel {
  readonly name: BackendName;
  readonly device: string;
  supports(shape: ModelShape): string | null;
  /** Takes up a model: flat parameters (shape.ts); moments and Adam's step count become 0. */
  begin(shape: ModelShape, parameters: ArrayLike<number>): void;
  /** Forward and backward over a minibatch; returns its loss. `factors` [B, T, H] multiply the outputs of the LSTM (dropout.ts). */
  gradient(batch: Minibatch, loss: Loss, lossWeights: readonly number[], factors?: Float64Array): number;
  /** One step of Adam along the gradient, which is shortened to `clipNorm` where it is longer. */
  step(learningRate: number, clipNorm?: number): void;
  /** A copy of the parameters, flat. */
  parameters(): Float32Array | Float64Array;
  /** A copy of the gradient of the last `gradient`, flat like the parameters. */
  gradients(): ArrayLike<number>;
  /** The outputs [S, T, V] over x [S, T, I] from state zero. */
  predict(x: Float32Array, sequences: number, steps: number): Float32Array | Float64Array;
  dispose(): void;
}

/** Adam's numbers other than the learning rate, the same in every kernel. */
export const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/**
 * The backend that trains and predicts one model after the other with a kernel. `openAnother` opens a second one for
 * validation, so that the first keeps its minibatch in place; without it the kernel does both.
 */
export function kernelBackend(
  kernel: Kernel,
  notes: readonly string[],
  openAnother?: () => Promise<Kernel>,
): Backend {
  const cut = minibatchCutter();
  let another: Kernel | undefined;
  return {
    name: kernel.name,
    device: kernel.device,
    notes,
    supports: (shape) => kernel.supports(shape),
    async train(spec, requests, onDone) {
      checkSpec(spec);
      if (requests.some(({ validation }) => validation !== undefined)) another ??= await openAnother?.();
      await oneByOne(
        requests,
        (request) => trainModel(kernel, another ?? kernel, cut, spec, request),
        onDone,
      );
    },
    predict: (requests, onDone) =>
      oneByOne(
        requests,
        (request) => {
          checkPrediction(request);
          refuse(kernel, request.model.shape);
          kernel.begin(request.model.shape, request.model.parameters);
          const found = kernel.predict(request.x, request.sequences, request.steps);
          return found instanceof Float32Array ? found : new Float32Array(found);
        },
        onDone,
      ),
    dispose() {
      kernel.dispose();
      another?.dispose();
    },
  };
}

/** Works through a list, reporting each result or error, and lets the event loop breathe now and then. */
async function oneByOne<Request, Result>(
  requests: readonly Request[],
  work: (request: Request) => Result,
  onDone: (index: number, result: Result | Error) => void,
): Promise<void> {
  let since = performance.now();
  for (const [index, request] of requests.entries()) {
    let result: Result | Error;
    try {
      result = work(request);
    } catch (error) {
      result = error instanceof Error ? error : new Error(String(error));
    }
    onDone(index, result);
    if (performance.now() - since > 50) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      since = performance.now();
    }
  }
}

function refuse(kernel: Kernel, shape: ModelShape): void {
  const reason = kernel.supports(shape);
  if (reason !== null) throw cannot(`use the backend "${kernel.name}"`, reason);
}

type Cutter = (dataset: Dataset, loss: Loss, rows: readonly number[] | undefined) => Minibatch;

function trainModel(
  kernel: Kernel,
  validator: Kernel,
  cut: Cutter,
  spec: TrainingSpec,
  request: TrainingRequest,
): TrainedModel {
  const { dataset, seed, lossWeights } = request;
  const shape = checkRequest(spec, request);
  refuse(kernel, shape);
  kernel.begin(shape, request.initial ?? initialParameters(shape, seed, spec.forgetBias));

  const minibatches = epochsOf(dataset.sequences, spec.batchSize, seed);
  const rateOf = learningRateOf(spec);
  const dropout = dropoutOf(spec.dropout, seed);
  const parameters = () => new Float32Array(kernel.parameters());
  const own = course(spec, request);
  for (let epoch = 0, update = 0; epoch < spec.epochs && !own.stopped; epoch++) {
    const batches = minibatches();
    let mean = 0;
    for (const rows of batches) {
      const batch = cut(dataset, spec.loss, rows);
      const factors = factorsOf(dropout(update++), rows, batch, shape);
      const loss = kernel.gradient(batch, spec.loss, lossWeights, factors);
      if (!Number.isFinite(loss)) throw lossDiverged(loss, epoch, spec.epochs);
      mean += loss / batches.length;
      kernel.step(rateOf(epoch), spec.clipNorm);
    }
    own.trained(mean);
    const { validation } = own;
    if (validation === undefined) continue;
    if (validator !== kernel) validator.begin(shape, kernel.parameters());
    const outputs = validator.predict(validation.x, validation.sequences, validation.steps);
    if (own.validated(outputs)) own.keep(parameters());
  }
  return own.model(shape, parameters);
}

const factorsOf = (
  dropout: Dropout | undefined,
  rows: readonly number[] | undefined,
  { sequences, steps }: Minibatch,
  { hidden }: ModelShape,
) => (dropout === undefined ? undefined : dropoutFactors(dropout, rows, sequences, steps, hidden));

/** Cuts minibatches and keeps the last whole dataset, which the models of a site have in common. */
function minibatchCutter(): Cutter {
  let kept: { dataset: Dataset; loss: Loss; batch: Minibatch } | undefined;
  return (dataset, loss, rows) => {
    if (rows !== undefined) return minibatch(dataset, loss, rows);
    if (kept?.dataset !== dataset || kept.loss !== loss)
      kept = { dataset, loss, batch: minibatch(dataset, loss) };
    return kept.batch;
  };
}
