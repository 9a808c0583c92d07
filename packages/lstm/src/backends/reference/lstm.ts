/**
 * The definition of right: one LSTM layer with linear heads, forward and back through time, in float64
 * loops that read like the equations. Gates i, f, c, o (written i, f, g, o below); state zero at step 0.
 */
import type { Loss } from "../../interface/backend.ts";
import { type ModelShape, parameterLayout } from "../../interface/shape.ts";
import { lossTerms } from "../../training/loss.ts";
import type { Minibatch } from "../../training/minibatch.ts";

/** Everything of a forward pass that the backward pass needs. */
export interface Forward {
  /** `[T, B, 4H]`: i, f, g, o after their activations. */
  readonly gates: Float64Array;
  /** `[T + 1, B, H]`: cell states; the first is zero. */
  readonly cells: Float64Array;
  /** `[T + 1, B, H]`: outputs of the layer; the first is zero. */
  readonly states: Float64Array;
  /** [B, T, V]. */
  readonly predictions: Float64Array;
}

const factorAt = (factors: Float64Array | undefined, i: number) => (factors === undefined ? 1 : factors[i]!);

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** Runs a model with parameters `p` (flat) over x [B, T, I]; `factors` [B, T, H] multiply what the heads see of its states. */
export function forward(
  shape: ModelShape,
  p: Float64Array,
  x: ArrayLike<number>,
  sequences: number,
  steps: number,
  factors?: Float64Array,
): Forward {
  const { inputs: I, hidden: H, outputs: V } = shape;
  const { kernel, recurrent, bias, headKernel, headBias } = parameterLayout(shape);
  const [B, T] = [sequences, steps];
  const gates = new Float64Array(T * B * 4 * H);
  const cells = new Float64Array((T + 1) * B * H);
  const states = new Float64Array((T + 1) * B * H);
  const predictions = new Float64Array(B * T * V);

  for (let t = 0; t < T; t++)
    for (let b = 0; b < B; b++) {
      const gate = (t * B + b) * 4 * H;
      const before = (t * B + b) * H;
      const after = ((t + 1) * B + b) * H;
      // z = bias + x W + h U
      for (let r = 0; r < 4 * H; r++) {
        let z = p[bias.from + r]!;
        for (let k = 0; k < I; k++) z += x[(b * T + t) * I + k]! * p[kernel.from + k * 4 * H + r]!;
        for (let u = 0; u < H; u++) z += states[before + u]! * p[recurrent.from + u * 4 * H + r]!;
        gates[gate + r] = r >= 2 * H && r < 3 * H ? Math.tanh(z) : sigmoid(z);
      }
      // c' = f c + i g,  h' = o tanh c'
      for (let u = 0; u < H; u++) {
        const [i, f, g, o] = [
          gates[gate + u]!,
          gates[gate + H + u]!,
          gates[gate + 2 * H + u]!,
          gates[gate + 3 * H + u]!,
        ];
        const c = f * cells[before + u]! + i * g;
        cells[after + u] = c;
        states[after + u] = o * Math.tanh(c);
      }
      for (let v = 0; v < V; v++) {
        let y = p[headBias.from + v]!;
        for (let u = 0; u < H; u++)
          y += states[after + u]! * factorAt(factors, (b * T + t) * H + u) * p[headKernel.from + u * V + v]!;
        predictions[(b * T + t) * V + v] = y;
      }
    }
  return { gates, cells, states, predictions };
}

/** The loss of a minibatch and its gradient, flat like the parameters. */
export function lossAndGradient(
  shape: ModelShape,
  p: Float64Array,
  batch: Minibatch,
  loss: Loss,
  lossWeights: readonly number[],
  factors?: Float64Array,
): { loss: number; gradient: Float64Array } {
  const { inputs: I, hidden: H, outputs: V } = shape;
  const { kernel, recurrent, bias, headKernel, headBias } = parameterLayout(shape);
  const { sequences: B, steps: T, x, y, weights } = batch;
  const { gates, cells, states, predictions } = forward(shape, p, x, B, T, factors);

  const q = new Float64Array(V);
  for (let i = 0; i < y.length; i++) q[i % V]! += weights[i]! * (predictions[i]! - y[i]!) ** 2;
  const terms = lossTerms(loss, q, lossWeights);

  const gradient = new Float64Array(p.length);
  const dStates = new Float64Array(B * H);
  const dCells = new Float64Array(B * H);
  const dz = new Float64Array(4 * H);
  for (let t = T - 1; t >= 0; t--)
    for (let b = 0; b < B; b++) {
      const gate = (t * B + b) * 4 * H;
      const before = (t * B + b) * H;
      const after = ((t + 1) * B + b) * H;
      const dh = dStates.subarray(b * H, (b + 1) * H);
      const dc = dCells.subarray(b * H, (b + 1) * H);

      for (let v = 0; v < V; v++) {
        const at = (b * T + t) * V + v;
        const error = weights[at]! * (predictions[at]! - y[at]!);
        gradient[headBias.from + v]! += terms.head[v]! * error;
        for (let u = 0; u < H; u++) {
          const factor = factorAt(factors, (b * T + t) * H + u);
          gradient[headKernel.from + u * V + v]! += terms.head[v]! * error * states[after + u]! * factor;
          dh[u]! += terms.trunk[v]! * error * p[headKernel.from + u * V + v]! * factor;
        }
      }
      for (let u = 0; u < H; u++) {
        const [i, f, g, o] = [
          gates[gate + u]!,
          gates[gate + H + u]!,
          gates[gate + 2 * H + u]!,
          gates[gate + 3 * H + u]!,
        ];
        const tanhC = Math.tanh(cells[after + u]!);
        const dCell = dc[u]! + dh[u]! * o * (1 - tanhC * tanhC);
        dz[u] = dCell * g * i * (1 - i);
        dz[H + u] = dCell * cells[before + u]! * f * (1 - f);
        dz[2 * H + u] = dCell * i * (1 - g * g);
        dz[3 * H + u] = dh[u]! * tanhC * o * (1 - o);
        dc[u] = dCell * f;
      }
      // dW = x^T dz,  dU = h^T dz,  dh = dz U^T
      for (let r = 0; r < 4 * H; r++) {
        gradient[bias.from + r]! += dz[r]!;
        for (let k = 0; k < I; k++)
          gradient[kernel.from + k * 4 * H + r]! += x[(b * T + t) * I + k]! * dz[r]!;
      }
      for (let u = 0; u < H; u++) {
        let sum = 0;
        for (let r = 0; r < 4 * H; r++) {
          const at = recurrent.from + u * 4 * H + r;
          gradient[at]! += states[before + u]! * dz[r]!;
          sum += dz[r]! * p[at]!;
        }
        dh[u] = sum;
      }
    }
  return { loss: terms.loss, gradient };
}
