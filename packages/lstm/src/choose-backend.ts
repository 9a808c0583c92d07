/**
 * Chooses what a whole run computes on, before any of it does: whether a GPU answers, how many of them, and
 * which WebAssembly runs here. Devices are looked at and let go again.
 */
import { readdirSync } from "node:fs";
import { type Binary, chooseBinary, type Validate } from "./backends/wasm/binaries.ts";
import type { BackendName } from "./interface/backend.ts";
import {
  type BackendPackages,
  type DeviceOptions,
  type FoundDevices,
  type Gpus,
  loadPackage,
} from "./interface/backend-package.ts";
import { cannot, NoDeviceError } from "./interface/errors.ts";
import type { ModelShape } from "./interface/shape.ts";

export type BackendChoice = BackendName | "auto";

/** Which SIMD binary of the wasm backend: the best there is, plain simd128, or relaxed SIMD. */
export type Simd = "auto" | Binary;

export interface ChooseOptions extends DeviceOptions {
  /** How to load the packages of optional backends; `auto` passes over a GPU without its package. */
  readonly packages?: BackendPackages;
  readonly simd?: Simd;
  /** Stands in for WebAssembly.validate. */
  readonly validate?: Validate;
  /** Stands in for the environment variables of this process. */
  readonly environment?: Environment;
}

type Environment = Readonly<Record<string, string | undefined>>;

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
  const { simd = "auto", packages } = options;
  switch (choice) {
    case "auto":
      return chooseFastest(shape, options);
    case "wasm":
      return onWasm(options, []);
    case "reference":
      return { backend: choice, simd, gpus: null, devices: [], notes: [] };
    case "gpu":
    case "native":
    case "tfjs": {
      const found = await (await loadPackage(choice, packages)).find(shape, devicesFor(shape, options));
      if (found.refusal !== null)
        throw cannot(`use the backend "${choice}"`, found.refusal, "Choose another one, or auto.");
      return { backend: choice, simd, ...chosen(found) };
    }
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
    const found = await findGpus(shape, options);
    if (found.refusal === null) return { backend: "gpu", simd: "auto", ...chosen(found) };
    return onWasm(options, [`${found.devices[0]}: ${found.refusal}`]);
  } catch (error) {
    if (!(error instanceof NoDeviceError)) throw error;
    if (allocated === null) return onWasm(options, error.answers);
    throw cannot(
      'open the backend "auto"',
      `${allocated} says that a GPU is allocated, and none answers`,
      ...error.answers,
      "`backend: wasm` takes the processor on purpose.",
    );
  }
}

async function findGpus(shape: ModelShape | null, options: ChooseOptions): Promise<FoundDevices> {
  const none = (answer: string) => new NoDeviceError(cannot("open a GPU", answer), [`GPU: ${answer}`]);
  if (options.packages?.gpu === undefined) throw none("the package of the backend gpu was not passed");
  if (options.gpu?.libraries === undefined && !mayHaveGpu())
    throw none("this machine has no GPU device in /dev");
  const { gpu } = devicesFor(shape, options);
  // A CPU behind OpenCL is slower than wasm: use it only if the user names gpu.
  return (await loadPackage("gpu", options.packages)).find(shape, { gpu: { ...gpu, processors: false } });
}

/** False if Linux shows no GPU: then no driver needs to be loaded. */
function mayHaveGpu(): boolean {
  if (process.platform !== "linux") return true;
  return readdirSync("/dev").some((name) => /^(nvidia|dri$|kfd$|dxg$)/.test(name));
}

/** The devices that take the kernel of the models to come. */
const devicesFor = (shape: ModelShape | null, { gpu }: ChooseOptions): DeviceOptions => ({
  gpu: { ...gpu, ...(shape === null ? {} : { hidden: shape.hidden }) },
});

const chosen = ({ gpus, devices, notes }: FoundDevices) => ({ gpus, devices, notes });

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
