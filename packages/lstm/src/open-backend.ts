/** Opens the backend that a configuration names, or for `auto` the fastest that this machine has, and says why. */
import { referenceKernel } from "./backends/reference/kernel.ts";
import { chooseBinary } from "./backends/wasm/binaries.ts";
import { wasmKernel } from "./backends/wasm/kernel.ts";
import { type BackendChoice, type ChooseOptions, chooseBackend } from "./choose-backend.ts";
import type { Backend } from "./interface/backend.ts";
import { loadPackage } from "./interface/backend-package.ts";
import { kernelBackend } from "./training/kernel.ts";

/** One backend for this thread. Throws when the one asked for cannot be had here; never falls back in silence. */
export async function openBackend(choice: BackendChoice, options: ChooseOptions = {}): Promise<Backend> {
  switch (choice) {
    case "reference":
      return kernelBackend(referenceKernel(), []);
    case "gpu":
    case "native":
    case "tfjs":
      return (await loadPackage(choice, options.packages)).open(options);
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
  const openKernel = () => wasmKernel(bytes, devices[0]!);
  return kernelBackend(await openKernel(), notes, openKernel);
}
