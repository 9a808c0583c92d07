/** Adam (Kingma and Ba, 2015) as Keras and PyTorch compute it: epsilon is added outside of the root. */
import { adam } from "../../training/kernel.ts";

/** First and second moments, and the steps taken. */
export interface Moments {
  readonly first: Float64Array;
  readonly second: Float64Array;
  count: number;
}

/** Moves `parameters` one step along `gradient`: p -= rate * mhat / (sqrt(vhat) + epsilon). */
export function adamStep(
  parameters: Float64Array,
  gradient: Float64Array,
  moments: Moments,
  rate: number,
): void {
  const { beta1, beta2, epsilon } = adam;
  const { first, second } = moments;
  moments.count++;
  const firstBias = 1 - beta1 ** moments.count;
  const secondBias = 1 - beta2 ** moments.count;
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i]!;
    first[i] = beta1 * first[i]! + (1 - beta1) * g;
    second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
    parameters[i]! -= (rate * (first[i]! / firstBias)) / (Math.sqrt(second[i]! / secondBias) + epsilon);
  }
}
