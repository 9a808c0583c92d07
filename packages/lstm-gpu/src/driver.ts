/** What the gpu backend needs of a way to its device: buffers, the programs of lstm.cl, a queue of calls. */

export const kernels = [
  ...(["forward", "predict", "drop", "errors", "backward", "backward_dropped", "gradient"] as const),
  ...(["clip", "adam"] as const),
] as const;
export type KernelName = (typeof kernels)[number];

/** Memory on the device. */
export interface DeviceBuffer {
  readonly handle: bigint;
  readonly bytes: number;
}

/** An argument of a kernel: a buffer, or a 32-bit number of the kind that the kernel declares. */
export type Argument = DeviceBuffer | { readonly int: number } | { readonly float: number };

export type Words = Float32Array | Int32Array;

/** One device, opened. Its errors are LstmErrors; DeviceMemoryError where memory was short. */
export interface Driver {
  /** `CUDA 13.0, NVIDIA H100` or the like. */
  readonly device: string;
  /** Bytes that may be had now, in all and for one buffer. */
  memory(): { readonly total: number; readonly buffer: number };
  /** The most threads of a workgroup of the build for H units; compiles or loads it. */
  threads(hidden: number): number;
  allocate(bytes: number): DeviceBuffer;
  free(buffer: DeviceBuffer): void;
  write(buffer: DeviceBuffer, words: Words): void;
  clear(buffer: DeviceBuffer): void;
  /** The first numbers of a buffer, after everything asked for before. */
  read(buffer: DeviceBuffer, count: number): Float32Array;
  /** Queues a kernel of the build for H units over groups [x, y] of some threads. */
  launch(
    hidden: number,
    kernel: KernelName,
    groups: readonly [number, number],
    threads: number,
    args: readonly Argument[],
  ): void;
  /** Waits for the queue; the event loop goes on meanwhile. */
  finish(): Promise<void>;
  dispose(): void;
}

/** A device that a driver found. */
export interface FoundDevice {
  /** Among the devices of its driver. */
  readonly index: number;
  readonly name: string;
  readonly kind: "GPU" | "CPU";
}

/** A way to devices that this machine has. */
export interface Platform {
  readonly name: "CUDA" | "OpenCL";
  readonly devices: readonly FoundDevice[];
  /** With the build for models of so many units compiled or loaded, so that a device that refuses it is none. */
  open(index: number, hidden: number): Driver;
}

/** An argument as both ways to a device take it: its bytes, a handle as 64 bits. */
export function encodeArgument(argument: Argument): BigUint64Array | Int32Array | Float32Array {
  if ("handle" in argument) return BigUint64Array.of(argument.handle);
  return "int" in argument ? Int32Array.of(argument.int) : Float32Array.of(argument.float);
}
