/**
 * OpenCL 1.2: the device's driver compiles lstm.cl. It serves GPUs of every maker, and processors through
 * PoCL. Constants are those of the Khronos header CL/cl.h.
 */
import { readFileSync } from "node:fs";
import { cannot, DeviceMemoryError, type Native, openLibrary } from "@braid/lstm/backend-kit";
import {
  type Driver,
  encodeArgument,
  type FoundDevice,
  type KernelName,
  kernels,
  type Platform,
} from "./driver.ts";
import { buildFor } from "./layout.ts";

const declarations = {
  platforms: "int clGetPlatformIDs(uint32_t, void *, void *)",
  devices: "int clGetDeviceIDs(uint64_t, uint64_t, uint32_t, void *, void *)",
  deviceInfo: "int clGetDeviceInfo(uint64_t, uint32_t, size_t, void *, void *)",
  createContext: "uint64_t clCreateContext(void *, uint32_t, void *, void *, void *, void *)",
  createQueue: "uint64_t clCreateCommandQueue(uint64_t, uint64_t, uint64_t, void *)",
  createProgram: "uint64_t clCreateProgramWithSource(uint64_t, uint32_t, const char **, void *, void *)",
  buildProgram: "int clBuildProgram(uint64_t, uint32_t, void *, const char *, void *, void *)",
  buildInfo: "int clGetProgramBuildInfo(uint64_t, uint64_t, uint32_t, size_t, void *, void *)",
  createKernel: "uint64_t clCreateKernel(uint64_t, const char *, void *)",
  groupInfo: "int clGetKernelWorkGroupInfo(uint64_t, uint64_t, uint32_t, size_t, void *, void *)",
  setArgument: "int clSetKernelArg(uint64_t, uint32_t, size_t, void *)",
  createBuffer: "uint64_t clCreateBuffer(uint64_t, uint64_t, size_t, void *, void *)",
  launch:
    "int clEnqueueNDRangeKernel(uint64_t, uint64_t, uint32_t, void *, void *, void *, uint32_t, void *, void *)",
  read: "int clEnqueueReadBuffer(uint64_t, uint64_t, uint32_t, size_t, size_t, void *, uint32_t, void *, void *)",
  write:
    "int clEnqueueWriteBuffer(uint64_t, uint64_t, uint32_t, size_t, size_t, void *, uint32_t, void *, void *)",
  fill: "int clEnqueueFillBuffer(uint64_t, uint64_t, void *, size_t, size_t, size_t, uint32_t, void *, void *)",
  flush: "int clFlush(uint64_t)",
  finish: "int clFinish(uint64_t)",
  releaseBuffer: "int clReleaseMemObject(uint64_t)",
  releaseKernel: "int clReleaseKernel(uint64_t)",
  releaseProgram: "int clReleaseProgram(uint64_t)",
  releaseQueue: "int clReleaseCommandQueue(uint64_t)",
  releaseContext: "int clReleaseContext(uint64_t)",
};
type Functions = Readonly<Record<keyof typeof declarations, Native>>;

/** The ICD loader; NVIDIA's own library where images lack it. */
export const openclLibraries: readonly string[] =
  process.platform === "win32"
    ? ["OpenCL.dll"]
    : process.platform === "darwin"
      ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
      : ["libOpenCL.so.1", "libOpenCL.so", "libnvidia-opencl.so.1"];

const kinds = { GPU: 4n, CPU: 2n } as const;
const info = {
  name: 0x102b,
  memory: 0x101f,
  largest: 0x1010,
  version: 0x102d,
  groupSize: 0x11b0,
  log: 0x1183,
};

/** Errors of memory, of the compiler, and those that a device which hung or fell out leaves behind. */
const names: Readonly<Record<number, string>> = {
  [-1]: "CL_DEVICE_NOT_FOUND",
  [-2]: "CL_DEVICE_NOT_AVAILABLE",
  [-3]: "CL_COMPILER_NOT_AVAILABLE",
  [-4]: "CL_MEM_OBJECT_ALLOCATION_FAILURE",
  [-5]: "CL_OUT_OF_RESOURCES",
  [-6]: "CL_OUT_OF_HOST_MEMORY",
  [-11]: "CL_BUILD_PROGRAM_FAILURE",
  [-14]: "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
  [-36]: "CL_INVALID_COMMAND_QUEUE",
  [-54]: "CL_INVALID_WORK_GROUP_SIZE",
  [-61]: "CL_INVALID_BUFFER_SIZE",
  [-1001]: "CL_PLATFORM_NOT_FOUND_KHR",
};
const shortOfMemory = new Set([-4, -6, -61]);
/** What NVIDIA answers of a device that is lost, and also where memory turns out short only when a kernel runs. */
const outOfResources = -5;

/** The OpenCL of this machine and its devices, GPUs first. Throws when there is no library or no platform. */
export async function openclPlatform(libraries: readonly string[] = openclLibraries): Promise<Platform> {
  const { functions: cl } = await openLibrary(import("koffi"), libraries, declarations, "a GPU driver");
  const count = new Uint32Array(1);
  const found = cl.platforms(0, null, count);
  if (found !== 0 || count[0] === 0)
    throw cannot(
      "use OpenCL",
      `it knows no platform (${describe(found)})`,
      "/etc/OpenCL/vendors has a file per driver.",
    );
  const platforms = new BigUint64Array(count[0]!);
  check(cl.platforms(platforms.length, platforms, count), "clGetPlatformIDs");
  const handles: bigint[] = [];
  const devices: FoundDevice[] = [];
  for (const kind of ["GPU", "CPU"] as const)
    for (const platform of platforms) {
      if (cl.devices(platform, kinds[kind], 0, null, count) !== 0) continue;
      const some = new BigUint64Array(count[0]!);
      check(cl.devices(platform, kinds[kind], some.length, some, count), "clGetDeviceIDs");
      for (const handle of some) {
        devices.push({ index: handles.length, name: text(cl, handle, info.name), kind });
        handles.push(handle);
      }
    }
  return {
    name: "OpenCL",
    devices,
    open: (index, hidden) => openDevice(cl, handles[index]!, hidden, devices[index]!),
  };
}

function openDevice(cl: Functions, device: bigint, hidden: number, found: FoundDevice): Driver {
  const status = new Int32Array(1);
  /** The handle that a call made, whose status stands aside. */
  const made = (handle: bigint | number, what: string): bigint => {
    check(status[0]!, what);
    return BigInt(handle);
  };
  const one = BigUint64Array.of(device);
  const context = made(cl.createContext(null, 1, one, null, null, status), "clCreateContext");
  const queue = made(cl.createQueue(context, device, 0n, status), "clCreateCommandQueue");
  const programs = new Map<number, { program: bigint; kernels: Map<KernelName, bigint>; threads: number }>();
  const buffers = new Set<bigint>();
  const total = Number(number64(cl, device, info.memory));
  const largest = Number(number64(cl, device, info.largest));

  function build(hidden: number) {
    const known = programs.get(hidden);
    if (known !== undefined) return known;
    const source = readFileSync(new URL("lstm.cl", import.meta.url), "utf8");
    const program = made(cl.createProgram(context, 1, [source], null, status), "clCreateProgramWithSource");
    const built = cl.buildProgram(program, 1, one, `-DH=${hidden}`, null, null);
    if (built !== 0) {
      // A log longer than the place for it would not be given at all.
      const size = new BigUint64Array(1);
      cl.buildInfo(program, device, info.log, 0, null, size);
      const log = new Uint8Array(Number(size[0]));
      cl.buildInfo(program, device, info.log, log.length, log, null);
      cl.releaseProgram(program);
      throw cannot(
        "use the GPU",
        `the OpenCL driver of "${found.name}" does not compile the kernel (${describe(built)})`,
        ...new TextDecoder().decode(log).split("\0")[0]!.trim().split("\n").slice(0, 4),
        "Update the driver; `backend: wasm` goes without it.",
      );
    }
    const own = new Map<KernelName, bigint>();
    let threads = Number.POSITIVE_INFINITY;
    try {
      for (const name of kernels) {
        const kernel = made(cl.createKernel(program, name, status), `clCreateKernel ${name}`);
        own.set(name, kernel);
        const size = new BigUint64Array(1);
        check(cl.groupInfo(kernel, device, info.groupSize, 8, size, null), "clGetKernelWorkGroupInfo");
        threads = Math.min(threads, Number(size[0]));
      }
    } catch (error) {
      release(program, own);
      throw error;
    }
    const made_ = { program, kernels: own, threads };
    programs.set(hidden, made_);
    return made_;
  }

  function release(program: bigint, kernels: ReadonlyMap<KernelName, bigint>): void {
    for (const kernel of kernels.values()) cl.releaseKernel(kernel);
    cl.releaseProgram(program);
  }

  function finish(): Promise<void> {
    check(cl.flush(queue), "clFlush");
    return new Promise((resolve, reject) => {
      cl.finish.async(queue, (error: Error | null, code: number) => {
        try {
          if (error !== null) throw error;
          check(code, "clFinish");
          resolve();
        } catch (cause) {
          reject(cause);
        }
      });
    });
  }

  function dispose(): void {
    // A lost device may refuse any of these; there is nothing more to be done about it.
    for (const handle of buffers) cl.releaseBuffer(handle);
    for (const { program, kernels } of programs.values()) release(program, kernels);
    cl.releaseQueue(queue);
    cl.releaseContext(context);
    buffers.clear();
    programs.clear();
  }

  // Whether the driver compiles the kernel shows here, where there is still a choice of other devices.
  try {
    build(buildFor(hidden));
  } catch (error) {
    dispose();
    throw error;
  }

  return {
    device: `OpenCL, ${found.name}`,
    memory: () => ({ total: 0.9 * total, buffer: largest }),
    threads: (hidden) => build(hidden).threads,
    allocate(bytes) {
      const size = Math.max(bytes, 16);
      const handle = made(
        cl.createBuffer(context, 1n, size, null, status),
        `clCreateBuffer of ${size} bytes`,
      );
      buffers.add(handle);
      return { handle, bytes: size };
    },
    free({ handle }) {
      if (buffers.delete(handle)) check(cl.releaseBuffer(handle), "clReleaseMemObject");
    },
    write({ handle }, words) {
      if (words.length > 0)
        check(cl.write(queue, handle, 1, 0, words.byteLength, words, 0, null, null), "clEnqueueWriteBuffer");
    },
    clear: ({ handle, bytes }) =>
      check(cl.fill(queue, handle, new Uint32Array(1), 4, 0, bytes, 0, null, null), "clEnqueueFillBuffer"),
    read({ handle }, count) {
      const words = new Float32Array(count);
      check(cl.read(queue, handle, 1, 0, words.byteLength, words, 0, null, null), "clEnqueueReadBuffer");
      return words;
    },
    launch(hidden, name, [x, y], threads, args) {
      const kernel = build(hidden).kernels.get(name)!;
      args.forEach((argument, i) => {
        const value = encodeArgument(argument);
        check(cl.setArgument(kernel, i, value.byteLength, value), `clSetKernelArg ${name} ${i}`);
      });
      const all = BigUint64Array.of(BigInt(x * threads), BigInt(y));
      const local = BigUint64Array.of(BigInt(threads), 1n);
      check(cl.launch(queue, kernel, 2, null, all, local, 0, null, null), `clEnqueueNDRangeKernel ${name}`);
    },
    finish,
    dispose,
  };
}

const describe = (code: number) => names[code] ?? `error ${code}`;

function check(code: number, call: string): void {
  if (code === 0) return;
  const cause = `OpenCL answers ${describe(code)} to ${call}`;
  if (shortOfMemory.has(code))
    throw new DeviceMemoryError(`Cannot use the GPU: ${cause}\n  Its memory is too small or taken.`);
  const lost = "If it worked before, the device is lost: run again; `backend: wasm` goes without it.";
  if (code === outOfResources) throw new DeviceMemoryError(`Cannot use the GPU: ${cause}\n  ${lost}`);
  throw cannot("use the GPU", cause, lost);
}

function text(cl: Functions, device: bigint, what: number): string {
  const bytes = new Uint8Array(256);
  check(cl.deviceInfo(device, what, bytes.length, bytes, null), "clGetDeviceInfo");
  return new TextDecoder().decode(bytes).split("\0")[0]!.trim();
}

function number64(cl: Functions, device: bigint, what: number): bigint {
  const value = new BigUint64Array(1);
  check(cl.deviceInfo(device, what, 8, value, null), "clGetDeviceInfo");
  return value[0]!;
}
