/**
 * The backend of a stack: it groups requests that can be stacked, cuts the groups to what the memory holds and tells
 * failures apart.
 */
import type { Backend, Dataset, TrainedModel, TrainingRequest, TrainingSpec } from "../interface/backend.ts";
import { cannot, DeviceMemoryError } from "../interface/errors.ts";
import type { ModelShape } from "../interface/shape.ts";
import { checkPrediction, checkRequest, checkSpec } from "./check.ts";
import type { Stack, StackTask } from "./stack.ts";
import { asError, trainChunk } from "./train-chunk.ts";

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
        return JSON.stringify([shape, steps, batchesOf(spec, sequences), sizesOf(request.validation)]);
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

/** Indices of the requests with the same key, in order; those without a key are reported. */
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

const sizesOf = (dataset: Dataset | undefined) =>
  dataset === undefined ? undefined : { sequences: dataset.sequences, steps: dataset.steps };

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
  const { dataset, validation } = requests[group[0]!]!;
  const validated = sizesOf(validation);
  const { most, count } = batchesOf(spec, dataset.sequences);
  const shape = { inputs: dataset.inputs, hidden: spec.hidden, outputs: dataset.outputs };
  const task: StackTask = {
    shape,
    loss: spec.loss,
    sequences: most,
    steps: dataset.steps,
    records: spec.epochs * count,
    ...(spec.clipNorm === undefined ? {} : { clipNorm: spec.clipNorm }),
    ...(spec.dropout === undefined || spec.dropout === 0 ? {} : { dropout: spec.dropout }),
    ...(validated === undefined ? {} : { validation: validated }),
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
