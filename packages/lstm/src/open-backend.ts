/** Opens the backend that a configuration names, or for `auto` the fastest that this machine has, and says why. */
import type { Backend } from "./backend.ts";
import { openGpu } from "./backends/gpu/open.ts";
import { gpuStack } from "./backends/gpu/stack.ts";
import { nativeKernel } from "./backends/native/kernel.ts";
import { referenceKernel } from "./backends/reference/kernel.ts";
import { loadTensorFlow } from "./backends/tfjs/load.ts";
import { tfjsStack } from "./backends/tfjs/stack.ts";
import { chooseBinary } from "./backends/wasm/binaries.ts";
import { wasmKernel } from "./backends/wasm/kernel.ts";
import { type BackendChoice, type ChooseOptions, chooseBackend } from "./choose-backend.ts";
import { kernelBackend } from "./kernel.ts";
import { stackedBackend } from "./stack.ts";

/** One backend for this thread. Throws when the one asked for cannot be had here; never falls back in silence. */
export async function openBackend(choice: BackendChoice, options: ChooseOptions = {}): Promise<Backend> {
  switch (choice) {
    case "native":
      return kernelBackend(await nativeKernel(), []);
    case "reference":
      return kernelBackend(referenceKernel(), []);
    case "gpu": {
      const { driver, notes } = await openGpu(options.gpu);
      return stackedBackend(gpuStack(driver), notes);
    }
    case "tfjs": {
      const loaded = await loadTensorFlow();
      return stackedBackend(tfjsStack(loaded), loaded.notes);
    }
    default:
      return openChosen(choice, options);
  }
}

/** What is chosen by looking: the GPU of `auto`, the binary of wasm. */
async function openChosen(choice: BackendChoice, options: ChooseOptions): Promise<Backend> {
  const { backend, simd, gpus, devices, notes } = await chooseBackend(choice, null, options);
  if (gpus !== null) {
    const device = gpus.devices[options.gpu?.device ?? 0];
    const gpu = { ...options.gpu, driver: gpus.driver, ...(device === undefined ? {} : { device }) };
    return { ...(await openBackend(backend, { ...options, gpu })), notes };
  }
  const { bytes } = await chooseBinary(simd, options.validate);
  return kernelBackend(await wasmKernel(bytes, devices[0]!), notes);
}
