/** What training and prediction on a GPU have in common: buffers taken all or none, and how data lie in them. */
import { cannot } from "@braid/lstm/backend-kit";
import type { DeviceBuffer, Driver } from "./driver.ts";
import { type Grid, gridOf, type Sizes } from "./layout.ts";

/** CUDA's bound on the second dimension of a grid, which counts models. */
export const mostModels = 65_535;

/** The kernels read rows of 8 numbers, the last one perhaps a little beyond its end. */
export const overread = 8;

/** Allocates buffers of so many 4-byte words by name: all or, where one does not fit, none. */
export function allocateAll<Name extends string>(
  driver: Driver,
  words: Readonly<Record<Name, number>>,
): Record<Name, DeviceBuffer> {
  const buffers = {} as Record<Name, DeviceBuffer>;
  try {
    for (const [name, count] of Object.entries<number>(words))
      buffers[name as Name] = driver.allocate(4 * count);
  } catch (error) {
    freeAll(driver, buffers);
    throw error;
  }
  return buffers;
}

/** Gives back what `allocateAll` took. */
export function freeAll(driver: Driver, buffers: Readonly<Record<string, DeviceBuffer>>): void {
  for (const buffer of Object.values(buffers)) driver.free(buffer);
}

/** How sequences are laid over the workgroups that the device allows. Throws when it allows too few threads. */
export function gridFor(driver: Driver, sequences: number, { H }: Sizes): Grid {
  const threads = driver.threads(H);
  if (threads < H)
    throw cannot(
      "use the GPU",
      `it allows workgroups of ${threads} threads, and models of ${H} units need ${H}`,
      "`backend: wasm` goes without it.",
    );
  return gridOf(sequences, H, threads);
}

/** Puts the flat parameters of model m where the kernel has them. */
export function placeParameters(
  to: Float32Array,
  m: number,
  { size, places }: Sizes,
  parameters: Float32Array,
): void {
  for (let i = 0; i < places.length; i++) to[4 * m * size + places[i]!] = parameters[i]!;
}

/** Puts rows of I inputs into rows of N, from row `first` on: the inputs, a 1, zeros. */
export function placeInputs(to: Float32Array, first: number, x: Float32Array, I: number, N: number): void {
  for (let row = 0; row * I < x.length; row++) {
    const at = (first + row) * N;
    for (let i = 0; i < I; i++) to[at + i] = x[row * I + i]!;
    to[at + I] = 1;
  }
}

/** Whole numbers as arguments of a kernel. */
export const ints = (...values: readonly number[]) => values.map((int) => ({ int }));
