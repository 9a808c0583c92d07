/**
 * Chooses what a whole run computes on, before any of it does: whether a GPU answers, how many of them, and
 * which WebAssembly runs here. Devices are looked at and let go again.
 */
import type { BackendName } from "./backend.ts";
import { unsupported } from "./backends/gpu/layout.ts";
import { type FoundGpus, findGpus, type GpuOptions, mayHaveGpu, NoGpu } from "./backends/gpu/open.ts";
import { nativeKernel } from "./backends/native/kernel.ts";
import { loadTensorFlow } from "./backends/tfjs/load.ts";
import { type Binary, chooseBinary, type Validate } from "./backends/wasm/binaries.ts";
import { cannot } from "./errors.ts";
import type { ModelShape } from "./shape.ts";

export type BackendChoice = BackendName | "auto";

/** Which SIMD binary of the wasm backend: the best there is, plain simd128, or relaxed SIMD. */
export type Simd = "auto" | Binary;

export interface ChooseOptions {
  readonly simd?: Simd;
  /** Stands in for WebAssembly.validate. */
  readonly validate?: Validate;
  readonly gpu?: GpuOptions;
  /** Stands in for the environment variables of this process. */
  readonly environment?: Environment;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The devices of the gpu backend: the driver that leads to them, and their numbers there. */
export interface Gpus {
  readonly driver: "cuda" | "opencl";
  readonly devices: readonly number[];
}

/** One backend for all threads of a run: with these options `openBackend` opens just it. */
export interface ChosenBackend {
  readonly backend: BackendName;
  readonly simd: Simd;
  readonly gpus: Gpus | null;
  /** What computes, one text per device. */
  readonly devices: readonly string[];
  /** Why not others: one sentence each. */
  readonly notes: readonly string[];
}

/**
 * The backend for models of `shape`; null asks for no shape in particular. For `auto` a GPU where one answers,
 * else wasm; where a GPU was allocated, its absence is an error. Throws where what was named cannot be had.
 */
export async function chooseBackend(
  choice: BackendChoice,
  shape: ModelShape | null,
  options: ChooseOptions = {},
): Promise<ChosenBackend> {
  switch (choice) {
    case "auto":
      return chooseFastest(shape, options);
    case "gpu": {
      const found = await findGpus(gpuFor(shape, options));
      const reason = shape === null ? null : unsupported(shape);
      if (reason !== null) throw cannot('use the backend "gpu"', reason, "Choose another one, or auto.");
      return onGpus(found);
    }
    case "wasm":
      return onWasm(options, []);
    case "native": {
      const kernel = await nativeKernel();
      kernel.dispose();
      return { backend: choice, simd: "auto", gpus: null, devices: [kernel.device], notes: [] };
    }
    case "tfjs": {
      const { device, notes } = await loadTensorFlow();
      return { backend: choice, simd: options.simd ?? "auto", gpus: null, devices: [device], notes };
    }
    case "reference":
      return { backend: choice, simd: options.simd ?? "auto", gpus: null, devices: [], notes: [] };
    default:
      throw cannot(
        `open the backend "${String(choice)}"`,
        "there is no such backend",
        "Backends are auto, wasm, native, gpu, tfjs and reference.",
      );
  }
}

async function chooseFastest(shape: ModelShape | null, options: ChooseOptions): Promise<ChosenBackend> {
  const allocated = gpuAllocation(options.environment);
  try {
    if (options.gpu?.libraries === undefined && !mayHaveGpu())
      throw new NoGpu(["GPU: this machine shows no device in /dev"]);
    // A processor behind OpenCL is slower than wasm: only who asks for gpu by name may have it.
    const found = await findGpus({ ...gpuFor(shape, options), processors: false });
    const reason = shape === null ? null : unsupported(shape);
    if (reason === null) return onGpus(found);
    return onWasm(options, [`${found.devices[0]!.name}: ${reason}`]);
  } catch (error) {
    if (!(error instanceof NoGpu)) throw error;
    if (allocated === null) return onWasm(options, error.answers);
    throw cannot(
      'open the backend "auto"',
      `${allocated} says that a GPU is allocated, and none answers`,
      ...error.answers,
      "`backend: wasm` takes the processor on purpose.",
    );
  }
}

/** The devices that take the kernel of the models to come. */
const gpuFor = (shape: ModelShape | null, { gpu }: ChooseOptions): GpuOptions => ({
  ...gpu,
  ...(shape === null ? {} : { hidden: shape.hidden }),
});

function onGpus({ way, devices, notes }: FoundGpus): ChosenBackend {
  return {
    backend: "gpu",
    simd: "auto",
    gpus: { driver: way, devices: devices.map(({ device }) => device) },
    devices: devices.map(({ name }) => name),
    notes,
  };
}

async function onWasm(options: ChooseOptions, passedOver: readonly string[]): Promise<ChosenBackend> {
  const { simd = "auto", validate } = options;
  if (simd !== "auto" && simd !== "baseline" && simd !== "relaxed")
    throw cannot(
      'open the backend "wasm"',
      `simd is "${String(simd)}", which is not auto, baseline or relaxed`,
    );
  const { binary, notes } = await chooseBinary(simd, validate);
  return {
    backend: "wasm",
    simd: binary,
    gpus: null,
    devices: [binary === "relaxed" ? "wasm simd128+relaxed" : "wasm simd128"],
    notes: [...passedOver, ...notes],
  };
}

/** The variable by which a scheduler says that this process has a GPU, or null. */
export function gpuAllocation(environment: Environment = process.env): string | null {
  const given = (name: string) => {
    const value = environment[name]?.trim() ?? "";
    // -1 and the like hide every GPU.
    return value !== "" && !/^(-\d+|none|void|NoDevFiles)$/i.test(value);
  };
  return ["SLURM_JOB_GPUS", "CUDA_VISIBLE_DEVICES"].find(given) ?? null;
}
