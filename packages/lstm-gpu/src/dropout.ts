/** Dropout on a GPU: what the kernel `drop` of lstm.cl needs for the models of a chunk. */
import {
  dropoutKey,
  dropoutThreshold,
  type StackBatch,
  type StackModel,
  type StackTask,
} from "@braid/lstm/backend-kit";
import { allocateAll, freeAll, ints, overread } from "./buffers.ts";
import type { DeviceBuffer, Driver } from "./driver.ts";
import type { Grid, Sizes } from "./layout.ts";

/** The dropout of a chunk. */
export interface DropoutOnDevice {
  /** [M][T][B][H] */
  readonly factors: DeviceBuffer;
  /** [M][T][B][H] */
  readonly outputs: DeviceBuffer;
  /** Takes the sequences of the steps to come. */
  load(batches: readonly StackBatch[]): void;
  /** Queues factors and outputs for the states of the step with this number. */
  drop(states: DeviceBuffer, update: number): void;
  free(): void;
}

/** 4-byte words of each buffer for M models. */
export function dropoutWords({ steps: T }: StackTask, { H }: Sizes, B: number, M: number) {
  return { factors: M * T * B * H, outputs: M * T * B * H + overread, sequences: M * B, keys: 2 * M };
}

/** Puts what does not change on the device. Throws a DeviceMemoryError where it does not fit. */
export function beginDropout(
  driver: Driver,
  task: StackTask,
  models: readonly StackModel[],
  sizes: Sizes,
  { B, threads }: Grid,
): DropoutOnDevice {
  const { H } = sizes;
  const { steps: T, dropout: rate = 0 } = task;
  const M = models.length;
  const at = allocateAll(driver, dropoutWords(task, sizes, B, M));
  driver.write(
    at.keys,
    Int32Array.from(models.flatMap(({ seed }) => dropoutKey(seed).map((word) => word | 0))),
  );
  return {
    factors: at.factors,
    outputs: at.outputs,
    load(batches) {
      const sequences = new Int32Array(M * B);
      batches.forEach(({ rows }, m) => {
        sequences.set(rows, m * B);
      });
      driver.write(at.sequences, sequences);
    },
    drop(states, update) {
      driver.launch(H, "drop", [Math.ceil((T * B * H) / 4 / threads), M], threads, [
        ...[states, at.sequences, at.keys, at.factors, at.outputs],
        ...ints(T, B, update, dropoutThreshold(rate) | 0),
        { float: 1 / (1 - rate) },
      ]);
    },
    free: () => freeAll(driver, at),
  };
}
