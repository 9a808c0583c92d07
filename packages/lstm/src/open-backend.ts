/** Opens the backend that a configuration names, or for `auto` the fastest that this machine has, and says why. */
import type { Backend, BackendName } from "./backend.ts";
import { type GpuOptions, mayHaveGpu, NoGpu, openGpu } from "./backends/gpu/open.ts";
import { gpuStack } from "./backends/gpu/stack.ts";
import { referenceKernel } from "./backends/reference/kernel.ts";
import { loadTensorFlow } from "./backends/tfjs/load.ts";
import { tfjsStack } from "./backends/tfjs/stack.ts";
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
  /** Stands in for the environment variables of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** One backend for this thread. Throws when the one asked for cannot be had here; never falls back in silence. */
export async function openBackend(choice: BackendChoice, options: OpenOptions = {}): Promise<Backend> {
  switch (choice) {
    case "auto":
      return openFastest(options);
    case "wasm":
      return openWasm(options);
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
      throw cannot(
        `open the backend "${String(choice)}"`,
        "there is no such backend",
        "Backends are auto, wasm, gpu, tfjs and reference.",
      );
  }
}

/** A GPU where one answers, else wasm, with a note why no GPU. Where a GPU was allocated, its absence is an error. */
async function openFastest(options: OpenOptions): Promise<Backend> {
  const allocated = allocation(options.environment ?? process.env);
  try {
    if (options.gpu?.libraries === undefined && !mayHaveGpu())
      throw new NoGpu(["GPU: this machine shows no device in /dev"]);
    // A processor behind OpenCL is slower than wasm: only who asks for gpu by name may have it.
    const { driver, notes } = await openGpu({ ...options.gpu, processors: false });
    return stackedBackend(gpuStack(driver), notes);
  } catch (error) {
    if (!(error instanceof NoGpu)) throw error;
    if (allocated !== null)
      throw cannot(
        'open the backend "auto"',
        `${allocated} says that a GPU is allocated, and none answers`,
        ...error.answers,
        "`backend: wasm` takes the processor on purpose.",
      );
    const wasm = await openWasm(options);
    return { ...wasm, notes: [...error.answers, ...wasm.notes] };
  }
}

/** The variable by which a scheduler says that this process has a GPU, or null. */
function allocation(environment: Readonly<Record<string, string | undefined>>): string | null {
  const given = (name: string) => {
    const value = environment[name]?.trim() ?? "";
    // -1 and the like hide every GPU.
    return value !== "" && !/^(-\d+|none|void|NoDevFiles)$/i.test(value);
  };
  return ["SLURM_JOB_GPUS", "CUDA_VISIBLE_DEVICES"].find(given) ?? null;
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
