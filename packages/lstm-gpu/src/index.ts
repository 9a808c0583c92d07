/** The gpu backend: one kernel source, through CUDA or OpenCL (a `BackendPackage` of `@braid/lstm`). */
import type { Backend, ModelShape } from "@braid/lstm";
import { type DeviceOptions, type FoundDevices, stackedBackend } from "@braid/lstm/backend-kit";
import { cudaPlatform } from "./cuda.ts";
import type { Platform } from "./driver.ts";
import { unsupported } from "./layout.ts";
import { findGpus, openGpu } from "./open.ts";
import { openclPlatform } from "./opencl.ts";
import { gpuStack } from "./stack.ts";

/** The GPUs that answer and accept the kernel; each was opened once. */
export async function find(shape: ModelShape | null, { gpu }: DeviceOptions): Promise<FoundDevices> {
  const { way, devices, notes } = await findGpus(gpu);
  return {
    gpus: { driver: way, devices: devices.map(({ device }) => device) },
    devices: devices.map(({ name }) => name),
    notes,
    refusal: shape === null ? null : unsupported(shape),
  };
}

/** A backend on one GPU. */
export async function open({ gpu }: DeviceOptions): Promise<Backend> {
  const { driver, notes } = await openGpu(gpu);
  return stackedBackend(gpuStack(driver), notes);
}

/** The devices of the drivers. */
export const ways = {
  CUDA: async () => devicesOf(await cudaPlatform(), "GPU"),
  OpenCL: async () => devicesOf(await openclPlatform(), "device"),
};

function devicesOf({ devices }: Platform, what: string): string {
  const named = devices.map(({ name, kind }) => {
    const aside = kind === "CPU" ? ": a CPU, used only with BRAID_OPENCL_CPU=1" : "";
    return `${kind} ${name}${aside}`;
  });
  if (named.length === 0) throw new Error(`the driver is there, but no ${what}`);
  return named.join("; ");
}
