/** Opens the backend that a configuration names, or for `auto` the fastest that this machine has, and says why. */
import type { Backend, BackendName } from "./backend.ts";
import { referenceKernel } from "./backends/reference/kernel.ts";
import { cannot } from "./errors.ts";
import { kernelBackend } from "./kernel.ts";

export type BackendChoice = BackendName | "auto";

/** Which SIMD binary of the wasm backend: the best there is, plain simd128, or relaxed SIMD. */
export type Simd = "auto" | "baseline" | "relaxed";

export interface OpenOptions {
  readonly simd?: Simd;
}

/** One backend for this thread. Throws when the one asked for cannot be had here; never falls back in silence. */
export async function openBackend(choice: BackendChoice, _options: OpenOptions = {}): Promise<Backend> {
  if (choice === "reference" || choice === "auto") return kernelBackend(referenceKernel(), []);
  throw cannot(`open the backend "${choice}"`, "this version does not have it");
}
