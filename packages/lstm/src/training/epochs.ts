/** What every way of training has in common: which sequences each minibatch has, and what counts as failed. */
import { cannot } from "../interface/errors.ts";
import { generator, shuffled, streams } from "./random.ts";

/**
 * The rows of each minibatch, epoch by epoch: shuffled by the seed alone. `[undefined]`, all of them in
 * order, when one minibatch is enough.
 */
export function epochsOf(
  sequences: number,
  batchSize: number | null,
  seed: number,
): () => (readonly number[] | undefined)[] {
  if (batchSize === null || batchSize >= sequences) return () => [undefined];
  const order = generator(seed, streams.order);
  return () => {
    const rows = shuffled(sequences, order);
    return Array.from({ length: Math.ceil(sequences / batchSize) }, (_, b) =>
      rows.slice(b * batchSize, (b + 1) * batchSize),
    );
  };
}

/** The error of a loss that is not finite; `epoch` counts from 0. */
export function lossDiverged(loss: number, epoch: number, epochs: number): Error {
  return diverged(`the loss is ${loss} in epoch ${epoch + 1} of ${epochs}`);
}

/** Throws unless every parameter is finite. */
export function checkTrained(parameters: Float32Array): void {
  if (!parameters.every(Number.isFinite)) throw diverged("a parameter is not finite after the last step");
}

function diverged(cause: string): Error {
  return cannot(
    "train a model",
    cause,
    "Lower the learning rate, or look for a value out of scale in the data.",
  );
}
