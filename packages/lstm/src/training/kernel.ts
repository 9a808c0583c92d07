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
import { checkTrained, epochsOf, lossDiverged } from "./epochs.ts";
import { initialParameters } from "./initial.ts";
import { type Minibatch, minibatch } from "./minibatch.ts";

/** Holds one model: its parameters, Adam's moments and, after `gradient`, the gradient. */
export interface Kernel {
  readonly name: BackendName;
  readonly device: string;
  supports(shape: ModelShape): string | null;
  /** Takes up a model: flat parameters (shape.ts); moments and Adam's step count become 0. */
  begin(shape: ModelShape, parameters: ArrayLike<number>): void;
  /** Forward and backward over a minibatch; returns its loss. */
  gradient(batch: Minibatch, loss: Loss, lossWeights: readonly number[]): number;
  /** One step of Adam along the gradient. */
  step(learningRate: number): void;
  /** A copy of the parameters, flat. */
  parameters(): Float32Array | Float64Array;
  /** A copy of the gradient of the last `gradient`, flat like the parameters. */
  gradients(): ArrayLike<number>;
  /** The outputs [S, T, V] over x [S, T, I] from state zero. */
  predict(x: Float32Array, sequences: number, steps: number): Float32Array;
  dispose(): void;
}

/** Adam's numbers other than the learning rate, the same in every kernel. */
export const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/** The backend that trains and predicts one model after the other with a kernel. */
export function kernelBackend(kernel: Kernel, notes: readonly string[]): Backend {
  const cut = minibatchCutter();
  return {
    name: kernel.name,
    device: kernel.device,
    notes,
    supports: (shape) => kernel.supports(shape),
    async train(spec, requests, onDone) {
      checkSpec(spec);
      await oneByOne(requests, (request) => trainModel(kernel, cut, spec, request), onDone);
    },
    predict: (requests, onDone) =>
      oneByOne(
        requests,
        (request) => {
          checkPrediction(request);
          refuse(kernel, request.model.shape);
          kernel.begin(request.model.shape, request.model.parameters);
          return kernel.predict(request.x, request.sequences, request.steps);
        },
        onDone,
      ),
    dispose: () => kernel.dispose(),
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

function trainModel(kernel: Kernel, cut: Cutter, spec: TrainingSpec, request: TrainingRequest): TrainedModel {
  const { dataset, seed, lossWeights } = request;
  const shape = checkRequest(spec, request);
  refuse(kernel, shape);
  kernel.begin(shape, request.initial ?? initialParameters(shape, seed));

  const minibatches = epochsOf(dataset.sequences, spec.batchSize, seed);
  const losses = new Float64Array(spec.epochs);
  for (let epoch = 0; epoch < spec.epochs; epoch++) {
    const batches = minibatches();
    for (const rows of batches) {
      const loss = kernel.gradient(cut(dataset, spec.loss, rows), spec.loss, lossWeights);
      if (!Number.isFinite(loss)) throw lossDiverged(loss, epoch, spec.epochs);
      losses[epoch]! += loss / batches.length;
      kernel.step(spec.learningRate);
    }
  }
  const parameters = Float32Array.from(kernel.parameters());
  checkTrained(parameters);
  return { shape, parameters, losses };
}

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
