/** Finds the GPU: NVIDIA's through CUDA, then any through OpenCL; says why others were passed over. */
import * as threads from "node:worker_threads";
import { type GpuOptions, LstmError } from "@braid/lstm";
import { cannot, NoDeviceError, oneLine } from "@braid/lstm/backend-kit";
import { cudaLibraries, cudaPlatform } from "./cuda.ts";
import type { Driver, FoundDevice, Platform } from "./driver.ts";
import { openclLibraries, openclPlatform } from "./opencl.ts";

/** What was looked for and not taken, one sentence each. */
export interface OpenedGpu {
  readonly driver: Driver;
  readonly notes: readonly string[];
}

/** The GPUs of one driver that answer. */
export interface FoundGpus {
  readonly way: "cuda" | "opencl";
  /** Their numbers, as `GpuOptions.device` has them, and what they call themselves. */
  readonly devices: readonly { readonly device: number; readonly name: string }[];
  readonly notes: readonly string[];
}

/** Opens a device, or throws with what each driver said and what to install. */
export function openGpu(options: GpuOptions = {}): Promise<OpenedGpu> {
  const { device = 0, hidden } = options;
  return firstWay(options, (platform, usable) => ({
    driver: chosen(platform, usable, device, hidden),
    notes: [],
  }));
}

/** Looks which devices answer and take the kernel, and lets go of them: each was opened once. Throws as `openGpu` does. */
export function findGpus(options: Omit<GpuOptions, "device"> = {}): Promise<FoundGpus> {
  return firstWay(options, (platform, usable, way) => {
    const devices: { device: number; name: string }[] = [];
    const notes: string[] = [];
    for (const device of usable.keys())
      try {
        const driver = chosen(platform, usable, device, options.hidden);
        devices.push({ device, name: driver.device });
        driver.dispose();
      } catch (error) {
        if (!(error instanceof LstmError)) throw error;
        notes.push(`${platform.name}: ${oneLine(error)}`);
      }
    if (devices.length === 0) throw noGpu(notes);
    return { way, devices, notes };
  });
}

/**
 * What `use` makes of the first driver that it can use, with notes of those before it. One thread of the
 * process at a time: drivers have crashed when two threads woke them at once.
 */
function firstWay<T extends { readonly notes: readonly string[] }>(
  options: GpuOptions,
  use: (platform: Platform, usable: readonly FoundDevice[], way: "cuda" | "opencl") => T,
): Promise<T> {
  const open = () => tryWays(options, use);
  // Node 24 has locks between threads; before it they are the user's to spare: one worker, or wasm.
  return "locks" in threads ? threads.locks.request("braid: open a GPU", open) : open();
}

async function tryWays<T extends { readonly notes: readonly string[] }>(
  { driver: only, device = 0, libraries = {}, ...options }: GpuOptions,
  use: (platform: Platform, usable: readonly FoundDevice[], way: "cuda" | "opencl") => T,
): Promise<T> {
  if (only !== undefined && only !== "cuda" && only !== "opencl")
    throw cannot("open a GPU", `the driver is "${String(only)}", which is not cuda or opencl`);
  if (!Number.isSafeInteger(device) || device < 0)
    throw cannot("open a GPU", `the device is ${device}, which is not a whole number >= 0`);
  const processors = options.processors ?? process.env.BRAID_OPENCL_CPU === "1";
  const find = {
    cuda: () => cudaPlatform(libraries.cuda ?? cudaLibraries),
    opencl: () => openclPlatform(libraries.opencl ?? openclLibraries),
  };
  const notes: string[] = [];
  for (const way of ["cuda", "opencl"] as const) {
    if (only !== undefined && only !== way) continue;
    try {
      const platform = await find[way]();
      const usable = platform.devices.filter(({ kind }) => kind === "GPU" || processors);
      if (usable.length === 0) throw cannot(`use ${platform.name}`, nothingUsable(platform));
      const found = use(platform, usable, way);
      return { ...found, notes: [...notes, ...found.notes] };
    } catch (error) {
      if (error instanceof NoDeviceError) notes.push(...error.answers);
      else if (error instanceof LstmError)
        notes.push(`${way === "cuda" ? "CUDA" : "OpenCL"}: ${oneLine(error)}`);
      else throw error;
    }
  }
  throw noGpu(notes);
}

/** No way led to a device: what each one answered, and what to install. */
function noGpu(answers: readonly string[]): NoDeviceError {
  const error = cannot(
    "open a GPU",
    "no driver found a GPU",
    ...answers,
    "NVIDIA: install its driver, which has libcuda.so.1 (in a container: run it with --gpus all or --nv).",
    "Others: install the maker's OpenCL driver and libOpenCL.so.1 (Debian: ocl-icd-libopencl1).",
    "`backend: wasm` needs no GPU.",
  );
  return new NoDeviceError(error, answers);
}

function chosen(platform: Platform, usable: readonly FoundDevice[], device: number, hidden = 1): Driver {
  const found = usable[device];
  if (found !== undefined) return platform.open(found.index, hidden);
  throw cannot(`use ${platform.name}`, `it has ${usable.length}: no device ${device}`);
}

function nothingUsable({ devices }: Platform): string {
  if (devices.length === 0) return "it has no GPU";
  const names = devices.map(({ name }) => name).join(", ");
  return `it has no GPU; it offers the processor ${names}, which is taken only with BRAID_OPENCL_CPU=1`;
}
