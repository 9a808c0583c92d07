/** The LSTM of M models at once as a graph of TensorFlow.js, which also has its gradient: nothing here is by hand. */

import type { Loss, ParameterName } from "@braid/lstm";
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from "@tensorflow/tfjs";
import type { TensorFlow } from "./load.ts";

/** Keras' tensors with the models in front: kernel [M, I, 4H], recurrent [M, H, 4H], bias [M, 1, 4H], heads [M, H, V], [M, 1, V]. */
export type Parameters = Readonly<Record<ParameterName, Variable>>;

/** Gradients of Keras' tensors [M, ...] by name, each model's shortened to the norm `most` (clip.ts of @braid/lstm). */
export function shortened<Grads extends Record<string, Tensor>>(
  tf: TensorFlow,
  grads: Grads,
  most: number,
): Grads {
  const squares = Object.values(grads).map((grad) => grad.square().sum([1, 2], true));
  const norm = tf.addN(squares).sqrt();
  const factor = tf.where(norm.greater(most), tf.div(most, norm), tf.onesLike(norm));
  return Object.fromEntries(Object.entries(grads).map(([name, grad]) => [name, grad.mul(factor)])) as Grads;
}

/** A minibatch of every model: x [M, B T, I], y and weights [M, B T, V], lossWeights [M, V]. */
export interface Stacked {
  readonly x: Tensor3D;
  readonly y: Tensor3D;
  readonly weights: Tensor3D;
  readonly lossWeights: Tensor2D;
}

/** The states of all steps [M, B T, H] from x [M, B T, I]. */
export function states(tf: TensorFlow, p: Parameters, x: Tensor3D, B: number, T: number): Tensor3D {
  const [M, H] = [x.shape[0], p.recurrent.shape[1]!];
  const inputs = tf.matMul(x, p.kernel as unknown as Tensor3D).add(p.bias);
  let h: Tensor = tf.zeros([M, B, H]);
  let c: Tensor = tf.zeros([M, B, H]);
  // The gradient of unstack fails where there is one thing to unstack.
  const all = T === 1 ? [inputs.reshape([M, B, 4 * H])] : tf.unstack(inputs.reshape([M, B, T, 4 * H]), 2);
  const steps = all.map((input) => {
    const [i, f, g, o] = tf.split(input.add(tf.matMul(h, p.recurrent)), 4, 2) as Tensor[];
    c = tf
      .sigmoid(f!)
      .mul(c)
      .add(tf.sigmoid(i!).mul(tf.tanh(g!)));
    h = tf.sigmoid(o!).mul(tf.tanh(c));
    return h;
  });
  return tf.stack(steps, 2).reshape([M, B * T, H]);
}

/** The outputs [M, B T, V] of states [M, B T, H]. */
export function headed(tf: TensorFlow, headKernel: Tensor, headBias: Tensor, h: Tensor3D): Tensor3D {
  return tf.matMul(h, headKernel).add(headBias);
}

/** What to differentiate (its gradient is that of the loss, heads and all) and the loss of each model [M]. */
export function objective(
  tf: TensorFlow,
  loss: Loss,
  p: Parameters,
  h: Tensor3D,
  { y, weights, lossWeights }: Stacked,
): { readonly objective: Tensor; readonly losses: Tensor1D } {
  /** Q_v of loss.ts, [M, V]. */
  const q = (headKernel: Tensor, headBias: Tensor, from: Tensor3D) =>
    tf.sum(tf.squaredDifference(headed(tf, headKernel, headBias, from), y).mul(weights), 1);
  if (loss !== "nnse") {
    const Q = q(p.headKernel, p.headBias, h);
    const losses = (loss === "rmse" ? root(tf, Q) : Q).mul(lossWeights).sum(1) as Tensor1D;
    return { objective: losses.sum(), losses };
  }
  const still = tf.customGrad((x) => ({
    value: (x as Tensor).clone(),
    gradFunc: (dy) => tf.zerosLike(dy as Tensor),
  }));
  const normalized = (Q: Tensor) => Q.div(Q.add(1));
  const trunk = normalized(q(still(p.headKernel), still(p.headBias), h)).mul(lossWeights);
  const own = normalized(q(p.headKernel, p.headBias, still(h) as Tensor3D));
  return { objective: trunk.sum().add(own.sum()), losses: trunk.sum(1) as Tensor1D };
}

/** sqrt(Q), whose gradient is 0 where Q is 0: there it would be infinite, and infinite times 0 is NaN. */
function root(tf: TensorFlow, Q: Tensor): Tensor {
  return tf.customGrad((q, save) => {
    const value = tf.sqrt(q as Tensor);
    (save as (tensors: Tensor[]) => void)([value]);
    return {
      value,
      gradFunc: (dy, saved) => {
        const [kept] = saved as [Tensor];
        return tf.where(kept.equal(0), tf.zerosLike(kept), (dy as Tensor).div(kept.mul(2)));
      },
    };
  })(Q);
}
