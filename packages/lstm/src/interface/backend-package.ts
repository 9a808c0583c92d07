/**
 * The exports of an optional backend's package. This package opens such a backend without depending on it: the caller
 * passes a function that imports the package, which is called only when the backend is chosen.
 */
import type { Backend, BackendName } from "./backend.ts";
import { cannot, firstLine } from "./errors.ts";
import type { ModelShape } from "./shape.ts";

/** The backends that have packages of their own. */
export type OptionalBackendName = Exclude<BackendName, "reference" | "wasm">;

/** The exports of `@braid/lstm-gpu`, `@braid/lstm-native` and `@braid/lstm-tfjs`. */
export interface BackendPackage {
  /** Finds the device for models of `shape`, and closes it. Throws if the backend cannot be used here. */
  find(shape: ModelShape | null, options: DeviceOptions): Promise<FoundDevices>;
  /** Opens the backend for this thread. Throws if it cannot be used here. */
  open(options: DeviceOptions): Promise<Backend>;
  /** Descriptions for the user, by driver: the device that it finds on this machine. Rejects with the reason if it does not work. */
  readonly ways: Readonly<Record<string, () => Promise<string>>>;
}

/** How to load the packages of optional backends: `{ gpu: () => import("@braid/lstm-gpu") }`. */
export type BackendPackages = Readonly<Partial<Record<OptionalBackendName, () => Promise<BackendPackage>>>>;

/** Which device a backend takes. */
export interface DeviceOptions {
  readonly gpu?: GpuOptions;
}

/** Which device the gpu backend takes. */
export interface GpuOptions {
  /** Use only this driver. */
  readonly driver?: "cuda" | "opencl";
  /** Which of the driver's devices, from 0. */
  readonly device?: number;
  /** Units of the models to come: the kernel is built for them when the device is opened (without it, for 1). */
  readonly hidden?: number;
  /** Takes processors that OpenCL offers, PoCL's for instance: for tests. Also BRAID_OPENCL_CPU=1. */
  readonly processors?: boolean;
  /** Stand in for the libraries of this system. */
  readonly libraries?: { readonly cuda?: readonly string[]; readonly opencl?: readonly string[] };
}

/** The devices of the gpu backend: the driver that leads to them, and their numbers there. */
export interface Gpus {
  readonly driver: "cuda" | "opencl";
  readonly devices: readonly number[];
}

/** What a backend would compute on. */
export interface FoundDevices {
  /** Those of the gpu backend; null for others. */
  readonly gpus: Gpus | null;
  /** One description per device. */
  readonly devices: readonly string[];
  /** Why other devices are not used, one sentence each. */
  readonly notes: readonly string[];
  /** Why the backend cannot train models of the shape, or null. */
  readonly refusal: string | null;
}

/** Loads the package of a backend. Throws if the caller did not pass it, or if it does not load. */
export async function loadPackage(
  name: OptionalBackendName,
  packages: BackendPackages = {},
): Promise<BackendPackage> {
  const action = `open the backend "${name}"`;
  const load = packages[name];
  if (load === undefined)
    throw cannot(
      action,
      "its package was not passed",
      `Pass how to load it: packages: { ${name}: () => import("@braid/lstm-${name}") }.`,
    );
  return load().catch((error: Error) => {
    throw cannot(
      action,
      `its package does not load here (${firstLine(error)})`,
      "Install the dependencies again, with the optional ones.",
    );
  });
}
