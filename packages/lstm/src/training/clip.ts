/**
 * Gradient clipping by the norm (Pascanu, Mikolov and Bengio, 2013): g min(1, most / |g|), with the Euclidean norm over
 * all parameters of the model. Heads and LSTM are shortened together, so the direction stays.
 */

/** What a gradient of this norm is multiplied by; 1 where the norm is not a number, so that the loss reports it. */
export function clipFactor(norm: number, most: number): number {
  return norm > most ? most / norm : 1;
}

/** Shortens a gradient in place. */
export function shorten(gradient: Float32Array | Float64Array, most: number): void {
  let squares = 0;
  for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!;
  const factor = clipFactor(Math.sqrt(squares), most);
  if (factor < 1) for (let i = 0; i < gradient.length; i++) gradient[i]! *= factor;
}
