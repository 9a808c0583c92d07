/** The stack on TensorFlow.js: models of one shape in one batched graph, trained by its own Adam. */

import {
  type Dataset,
  type ModelShape,
  type ParameterName,
  parameterCount,
  parameterLayout,
} from "@braid/lstm";
import {
  adam,
  cannot,
  dropoutFactors,
  type Stack,
  type StackBatch,
  type StackModel,
  type StackTask,
} from "@braid/lstm/backend-kit";
import type { Tensor, Tensor1D, Tensor3D, Variable } from "@tensorflow/tfjs";
import { headed, objective, type Parameters, type Stacked, shortened, states } from "./graph.ts";
import type { LoadedTensorFlow } from "./load.ts";

/** Names of variables live as long as the process, so each chunk of any stack has its own. */
let chunks = 0;

/** More models at once gain little, and a graph's values all stay in memory until its gradient is had. */
const mostModels = 128;
const mostBytes = 1e9;

const names: readonly ParameterName[] = ["kernel", "recurrent", "bias", "headKernel", "headBias"];

interface Chunk {
  readonly task: StackTask;
  readonly models: readonly StackModel[];
  readonly parameters: Parameters;
  readonly losses: Tensor1D[];
  batches: readonly StackBatch[] | undefined;
  stacked: Stacked | undefined;
  /** Steps taken: the update of the next one's dropout. */
  updates: number;
  /** [M, S T, I] */
  readonly validation: Tensor3D | undefined;
  gradients: Readonly<Record<string, Tensor>>;
  optimizer: ReturnType<LoadedTensorFlow["tf"]["train"]["adam"]> | undefined;
}

/** A stack on a TensorFlow.js that was loaded. */
export function tfjsStack({ tf, device }: LoadedTensorFlow): Stack {
  let chunk: Chunk | undefined;

  const current = (): Chunk => {
    if (chunk === undefined) throw cannot("use TensorFlow.js", "no models were begun");
    return chunk;
  };

  function release(): void {
    if (chunk === undefined) return;
    tf.dispose([
      Object.values(chunk.parameters),
      chunk.losses,
      Object.values(chunk.gradients),
      Object.values(chunk.stacked ?? {}),
      chunk.validation ?? [],
    ] as never);
    chunk.optimizer?.dispose();
    chunk = undefined;
  }

  /** [M, ...] of each tensor of the models' flat parameters. */
  function stackedParameters(
    shape: ModelShape,
    all: readonly ArrayLike<number>[],
  ): Record<ParameterName, Tensor> {
    const layout = parameterLayout(shape);
    return Object.fromEntries(
      names.map((name) => {
        const { from, to, shape: own } = layout[name];
        const values = new Float32Array(all.length * (to - from));
        all.forEach((parameters, m) => {
          for (let i = from; i < to; i++) values[m * (to - from) + i - from] = parameters[i]!;
        });
        const [rows, columns] = own.length === 2 ? own : [1, own[0]!];
        return [name, tf.tensor(values, [all.length, rows!, columns!])];
      }),
    ) as Record<ParameterName, Tensor>;
  }

  /** Flat parameters of each model from tensors [M, ...]. */
  async function flat(shape: ModelShape, of: (name: ParameterName) => Tensor): Promise<Float32Array[]> {
    const layout = parameterLayout(shape);
    const M = of("kernel").shape[0]!;
    const result = Array.from({ length: M }, () => new Float32Array(parameterCount(shape)));
    for (const name of names) {
      const { from, to } = layout[name];
      const values = (await of(name).data()) as Float32Array;
      result.forEach((parameters, m) => {
        parameters.set(values.subarray(m * (to - from), (m + 1) * (to - from)), from);
      });
    }
    return result;
  }

  /** A minibatch of each model, padded with weight 0 to the longest. */
  function stacked({ task, models }: Chunk, batches: readonly StackBatch[]): Stacked {
    const { sequences: B, steps: T, shape } = task;
    const { inputs: I, outputs: V } = shape;
    const M = models.length;
    const x = new Float32Array(M * B * T * I);
    const y = new Float32Array(M * B * T * V);
    const weights = new Float32Array(M * B * T * V);
    batches.forEach(({ rows, weights: ofRows }, m) => {
      const { dataset } = models[m]!;
      rows.forEach((s, b) => {
        x.set(dataset.x.subarray(s * T * I, (s + 1) * T * I), (m * B + b) * T * I);
        for (let i = 0; i < T * V; i++) {
          if (dataset.mask[s * T * V + i] === 0) continue;
          const to = (m * B + b) * T * V + i;
          y[to] = dataset.y[s * T * V + i]!;
          weights[to] = ofRows[b * V + (i % V)]!;
        }
      });
    });
    return {
      x: tf.tensor3d(x, [M, B * T, I]),
      y: tf.tensor3d(y, [M, B * T, V]),
      weights: tf.tensor3d(weights, [M, B * T, V]),
      lossWeights: tf.tensor2d(
        models.map((model) => [...model.lossWeights]),
        [M, V],
      ),
    };
  }

  /** What the outputs of the LSTM are multiplied by [M, B T, H]; undefined without dropout. */
  function dropped({ task, models, updates }: Chunk, batches: readonly StackBatch[]): Tensor3D | undefined {
    const { dropout: rate, sequences: B, steps: T, shape } = task;
    if (rate === undefined) return undefined;
    const H = shape.hidden;
    const factors = new Float32Array(models.length * B * T * H);
    batches.forEach(({ rows }, m) => {
      const { seed } = models[m]!;
      factors.set(dropoutFactors({ rate, seed, update: updates }, rows, rows.length, T, H), m * B * T * H);
    });
    return tf.tensor3d(factors, [models.length, B * T, H]);
  }

  /** The inputs of the models' validation data [M, S T, I]; undefined if they have none. */
  function validationOf({ validation, shape }: StackTask, models: readonly StackModel[]) {
    if (validation === undefined) return undefined;
    const [rows, I] = [validation.sequences * validation.steps, shape.inputs];
    const x = new Float32Array(models.length * rows * I);
    models.forEach((model, m) => {
      x.set(model.validation!.x, m * rows * I);
    });
    return tf.tensor3d(x, [models.length, rows, I]);
  }

  return {
    name: "tfjs",
    device,
    supports: () => null,
    fit({ sequences: B, steps: T, shape }, datasets: readonly Dataset[]) {
      // About 24 values of a unit stay for the gradient, and the products of the inputs.
      const bytes = 4 * B * T * (28 * shape.hidden + shape.inputs + 6 * shape.outputs);
      return Math.min(datasets.length, mostModels, Math.floor(mostBytes / bytes));
    },
    async begin(task, models) {
      release();
      chunks++;
      const tensors = stackedParameters(
        task.shape,
        models.map(({ parameters }) => parameters),
      );
      const variables = names.map((name) => [
        name,
        tf.variable(tensors[name], true, `${name} of chunk ${chunks}`),
      ]);
      tf.dispose(Object.values(tensors));
      chunk = {
        ...{ task, models, parameters: Object.fromEntries(variables) as Parameters },
        ...{ losses: [], batches: undefined, stacked: undefined, gradients: {}, optimizer: undefined },
        ...{ updates: 0, validation: validationOf(task, models) },
      };
    },
    step(batches, learningRate) {
      const own = current();
      if (own.batches !== batches) {
        tf.dispose(Object.values(own.stacked ?? {}));
        own.stacked = stacked(own, batches);
        own.batches = batches;
      }
      const { task, parameters, stacked: data } = own;
      const variables = names.map((name) => parameters[name]) as Variable[];
      const factors = dropped(own, batches);
      own.updates++;
      const { value, grads } = tf.variableGrads(() => {
        const all = states(tf, parameters, data!.x, task.sequences, task.steps);
        const h = factors === undefined ? all : all.mul<Tensor3D>(factors);
        const both = objective(tf, task.loss, parameters, h, data!);
        own.losses.push(tf.keep(both.losses));
        return both.objective as never;
      }, variables);
      tf.dispose([value, Object.values(own.gradients), factors ?? []] as never);
      own.gradients = grads;
      if (learningRate === null) return;
      own.optimizer ??= tf.train.adam(learningRate, adam.beta1, adam.beta2, adam.epsilon);
      // Its declarations hide what a schedule changes.
      (own.optimizer as unknown as { learningRate: number }).learningRate = learningRate;
      const { clipNorm } = task;
      const applied = clipNorm === undefined ? grads : tf.tidy(() => shortened(tf, grads, clipNorm));
      own.optimizer.applyGradients(applied as never);
      if (applied !== grads) tf.dispose(Object.values(applied));
    },
    async validate() {
      const { task, models, parameters, validation } = current();
      const { sequences: S, steps: T } = task.validation!;
      const found = tf.tidy(() =>
        headed(tf, parameters.headKernel, parameters.headBias, states(tf, parameters, validation!, S, T)),
      );
      const all = (await found.data()) as Float32Array;
      found.dispose();
      const size = S * T * task.shape.outputs;
      return models.map((_, m) => all.subarray(m * size, (m + 1) * size));
    },
    // Its operations are done when they return, or wait in a queue of their own; others get their turn here.
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    async losses(from) {
      const { losses, models } = current();
      const all = await Promise.all(losses.slice(from).map((one) => one.data()));
      return models.map((_, m) => Float32Array.from(all, (ofStep) => ofStep[m]!));
    },
    parameters: () => flat(current().task.shape, (name) => current().parameters[name]),
    gradients: () => {
      const { task, parameters, gradients } = current();
      return flat(task.shape, (name) => gradients[parameters[name].name]!);
    },
    async predict(requests) {
      const results: Float32Array[] = [];
      for (const { model, x, sequences: B, steps: T } of requests) {
        const tensors = stackedParameters(model.shape, [model.parameters]);
        const found = tf.tidy(() => {
          const p = tensors as unknown as Parameters;
          const h = states(tf, p, tf.tensor3d(x, [1, B * T, model.shape.inputs]), B, T);
          return headed(tf, p.headKernel, p.headBias, h);
        });
        results.push((await found.data()) as Float32Array);
        tf.dispose([found, Object.values(tensors)] as never);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return results;
    },
    dispose: release,
  };
}
