/** Finds the GPU: NVIDIA's through CUDA, then any through OpenCL; says why others were passed over. */
import { readdirSync } from "node:fs";
import * as threads from "node:worker_threads";
import { cannot, LstmError } from "../../errors.ts";
import { cudaLibraries, cudaPlatform } from "./cuda.ts";
import type { Driver, Platform } from "./driver.ts";
import { openclLibraries, openclPlatform } from "./opencl.ts";

/** Which device the gpu backend takes. */
export interface GpuOptions {
  /** Only this way to a device. */
  readonly driver?: "cuda" | "opencl";
  /** Which of the driver's devices, from 0. */
  readonly device?: number;
  /** Takes processors that OpenCL offers, PoCL's for instance: for tests. Also BRAID_OPENCL_CPU=1. */
  readonly processors?: boolean;
  /** Stand in for the libraries of this system. */
  readonly libraries?: { readonly cuda?: readonly string[]; readonly opencl?: readonly string[] };
}

/** What was looked for and not taken, one sentence each. */
export interface OpenedGpu {
  readonly driver: Driver;
  readonly notes: readonly string[];
}

/**
 * Opens a device, or throws with what each driver said and what to install. One thread of the process at a
 * time: drivers have crashed when two threads woke them at once.
 */
export function openGpu(options: GpuOptions = {}): Promise<OpenedGpu> {
  const open = () => openAlone(options);
  // Node 24 has locks between threads; before it they are the user's to spare: one worker, or wasm.
  return "locks" in threads ? threads.locks.request("braid: open a GPU", open) : open();
}

/** False where Linux shows no GPU: then no driver needs to be woken to ask. */
export function mayHaveGpu(): boolean {
  if (process.platform !== "linux") return true;
  return readdirSync("/dev").some((name) => /^(nvidia|dri$|kfd$|dxg$)/.test(name));
}

async function openAlone(options: GpuOptions): Promise<OpenedGpu> {
  const { driver: only, device: index = 0, libraries = {} } = options;
  if (only !== undefined && only !== "cuda" && only !== "opencl")
    throw cannot("open a GPU", `the driver is "${String(only)}", which is not cuda or opencl`);
  if (!Number.isSafeInteger(index) || index < 0)
    throw cannot("open a GPU", `the device is ${index}, which is not a whole number >= 0`);
  const processors = options.processors ?? process.env.BRAID_OPENCL_CPU === "1";
  const ways: readonly { readonly name: string; readonly find: () => Promise<Platform> }[] = [
    { name: "cuda", find: () => cudaPlatform(libraries.cuda ?? cudaLibraries) },
    { name: "opencl", find: () => openclPlatform(libraries.opencl ?? openclLibraries) },
  ];
  const notes: string[] = [];
  for (const { name, find } of ways) {
    if (only !== undefined && only !== name) continue;
    try {
      const platform = await find();
      return { driver: chosen(platform, index, processors), notes };
    } catch (error) {
      if (!(error instanceof LstmError)) throw error;
      notes.push(`${name === "cuda" ? "CUDA" : "OpenCL"}: ${oneLine(error)}`);
    }
  }
  throw new NoGpu(notes);
}

/** No way led to a device: what each one answered, and what to install. */
export class NoGpu extends LstmError {
  readonly answers: readonly string[];
  constructor(answers: readonly string[]) {
    const lines = [
      ...answers,
      "NVIDIA: install its driver, which has libcuda.so.1 (in a container: run it with --gpus all or --nv).",
      "Others: install the maker's OpenCL driver and libOpenCL.so.1 (Debian: ocl-icd-libopencl1).",
      "`backend: wasm` needs no GPU.",
    ];
    super(cannot("open a GPU", "no driver has one to offer", ...lines).message);
    this.answers = answers;
  }
}

function chosen(platform: Platform, index: number, processors: boolean): Driver {
  const usable = platform.devices.filter(({ kind }) => kind === "GPU" || processors);
  const device = usable[index];
  if (device !== undefined) return platform.open(device.index);
  const others = platform.devices.filter(({ kind }) => kind === "CPU").map(({ name }) => name);
  const passed =
    others.length > 0 && !processors
      ? `; it offers the processor ${others.join(", ")}, which is taken only with BRAID_OPENCL_CPU=1`
      : "";
  const have = usable.length === 0 ? "has no GPU" : `has ${usable.length}: no device ${index}`;
  throw cannot(`use ${platform.name}`, `it ${have}${passed}`);
}

/** The cause and facts of an error, on one line. */
export function oneLine(error: Error): string {
  const [head = "", ...rest] = error.message.split("\n");
  return [head.replace(/^Cannot [^:]*: /, ""), ...rest.map((line) => line.trim())].join("; ");
}
