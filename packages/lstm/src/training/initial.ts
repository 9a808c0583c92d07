/**
 * A model's parameters before training, as Keras draws them; a seed means the same on every backend,
 * and the trunk and each head are the same whatever heads come after.
 */

import { type ModelShape, parameterCount, parameterLayout } from "../interface/shape.ts";
import { generator, streams } from "./random.ts";

/**
 * The initial parameters of a seed, flat as in shape.ts: kernel Glorot-uniform (fan out 4H), recurrent kernel
 * with orthonormal rows, bias 0 and for the forget gates `forgetBias`, each head Glorot-uniform (fan out 1), its bias 0.
 */
export function initialParameters(shape: ModelShape, seed: number, forgetBias = 1): Float32Array {
  const { inputs, hidden, outputs } = shape;
  const random = generator(seed, streams.weights);
  const layout = parameterLayout(shape);
  const parameters = new Float32Array(parameterCount(shape));
  const glorot = (fanIn: number, fanOut: number) =>
    Math.sqrt(6 / (fanIn + fanOut)) * (2 * random.uniform() - 1);

  for (let i = layout.kernel.from; i < layout.kernel.to; i++) parameters[i] = glorot(inputs, 4 * hidden);

  const rows = Array.from({ length: hidden }, () => Float64Array.from({ length: 4 * hidden }, random.normal));
  orthonormalize(rows);
  rows.forEach((row, u) => {
    parameters.set(row, layout.recurrent.from + u * 4 * hidden);
  });

  parameters.fill(forgetBias, layout.bias.from + hidden, layout.bias.from + 2 * hidden);

  for (let v = 0; v < outputs; v++)
    for (let u = 0; u < hidden; u++) parameters[layout.headKernel.from + u * outputs + v] = glorot(hidden, 1);
  return parameters;
}

/** Gram and Schmidt, modified: the Q of a QR decomposition whose R has a positive diagonal, as Keras takes it. */
function orthonormalize(rows: readonly Float64Array[]): void {
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  rows.forEach((row, r) => {
    for (const earlier of rows.slice(0, r)) {
      const along = dot(row, earlier);
      for (let i = 0; i < row.length; i++) row[i]! -= along * earlier[i]!;
    }
    const length = Math.sqrt(dot(row, row));
    for (let i = 0; i < row.length; i++) row[i]! /= length;
  });
}
