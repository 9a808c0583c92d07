/**
 * What the package of an optional backend exports. This package opens such a backend without depending on it:
 * whoever asks for one passes how to load its package, which is imported only when the backend is chosen.
 */
import type { Backend, BackendName } from "./backend.ts";
import { cannot, firstLine } from "./errors.ts";
import type { ModelShape } from "./shape.ts";

/** The backends that have packages of their own. */
export type OptionalBackendName = Exclude<BackendName, "reference" | "wasm">;

/** The exports of `@braid/lstm-gpu`, `@braid/lstm-native` and `@braid/lstm-tfjs`. */
export interface BackendPackage {
  /** Looks what would compute models of `shape`, and lets go of it. Throws where the backend cannot be used here. */
  find(shape: ModelShape | null, options: DeviceOptions): Promise<FoundDevices>;
  /** Opens the backend for this thread. Throws where it cannot be used here. */
  open(options: DeviceOptions): Promise<Backend>;
  /** For people: by name, what each of its ways to compute finds on this machine; rejects with why it does not work. */
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
  /** Only this way to a device. */
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
  /** What computes, one text per device. */
  readonly devices: readonly string[];
  /** Why not others: one sentence each. */
  readonly notes: readonly string[];
  /** Why models of the shape cannot be served, or null. */
  readonly refusal: string | null;
}

/** Loads the package of a backend. Throws where nobody passed it, or where it does not load. */
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
