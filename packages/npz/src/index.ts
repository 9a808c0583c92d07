/** Reads and writes NumPy archives (`.npz`) without pickle. */
export { type Dtype, type NpyArray, NpzError } from "./array.ts";
export { readNpz, writeNpz } from "./npz.ts";
