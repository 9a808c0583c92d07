/**
 * Gradient clipping by the norm (Pascanu, Mikolov and Bengio, 2013): g min(1, most / |g|), with the Euclidean norm over
 * all parameters of the model. Heads and LSTM are shortened together, so the direction stays.
 */

/** Shortens a gradient in place. One whose norm is not a number stays as it is: the loss reports it. */
export function shorten(gradient: Float32Array | Float64Array, most: number): void {
  let squares = 0;
  for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!;
  const norm = Math.sqrt(squares);
  if (norm > most) for (let i = 0; i < gradient.length; i++) gradient[i]! *= most / norm;
}
