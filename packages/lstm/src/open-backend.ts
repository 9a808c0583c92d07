/** Opens the backend that a configuration names, or for `auto` the fastest that this machine has, and says why. */
import type { Backend, BackendName } from "./backend.ts";
import { type GpuOptions, openGpu } from "./backends/gpu/open.ts";
import { gpuStack } from "./backends/gpu/stack.ts";
import { referenceKernel } from "./backends/reference/kernel.ts";
import { type Binary, chooseBinary, type Validate } from "./backends/wasm/binaries.ts";
import { wasmKernel } from "./backends/wasm/kernel.ts";
import { cannot } from "./errors.ts";
import { kernelBackend } from "./kernel.ts";
import { stackedBackend } from "./stack.ts";

export type BackendChoice = BackendName | "auto";

/** Which SIMD binary of the wasm backend: the best there is, plain simd128, or relaxed SIMD. */
export type Simd = "auto" | Binary;

export interface OpenOptions {
  readonly simd?: Simd;
  /** Stands in for WebAssembly.validate. */
  readonly validate?: Validate;
  readonly gpu?: GpuOptions;
}

/** One backend for this thread. Throws when the one asked for cannot be had here; never falls back in silence. */
export async function openBackend(choice: BackendChoice, options: OpenOptions = {}): Promise<Backend> {
  switch (choice) {
    case "auto":
    case "wasm":
      return openWasm(options);
    case "reference":
      return kernelBackend(referenceKernel(), []);
    case "gpu": {
      const { driver, notes } = await openGpu(options.gpu);
      return stackedBackend(gpuStack(driver), notes);
    }
    case "tfjs":
      throw cannot(
        `open the backend "${choice}"`,
        "this version does not have it",
        "Ask for `auto` or `wasm`.",
      );
    default:
      throw cannot(
        `open the backend "${String(choice)}"`,
        "there is no such backend",
        "Backends are auto, wasm, gpu, tfjs and reference.",
      );
  }
}

async function openWasm({ simd = "auto", validate }: OpenOptions): Promise<Backend> {
  if (simd !== "auto" && simd !== "baseline" && simd !== "relaxed")
    throw cannot(
      'open the backend "wasm"',
      `simd is "${String(simd)}", which is not auto, baseline or relaxed`,
    );
  const { binary, bytes, notes } = await chooseBinary(simd, validate);
  const device = binary === "relaxed" ? "wasm simd128+relaxed" : "wasm simd128";
  return kernelBackend(await wasmKernel(bytes, device), notes);
}
