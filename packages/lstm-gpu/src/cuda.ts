/**
 * NVIDIA's driver API: the kernels come as PTX, built by build.ts, which the driver translates for its GPU.
 * Only the driver is needed, no CUDA toolkit. Constants are those of cuda.h.
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
import { oldestCompute, oldestCuda, ptxUrl } from "./ptx.ts";

const declarations = {
  init: "int cuInit(uint32_t)",
  version: "int cuDriverGetVersion(void *)",
  count: "int cuDeviceGetCount(void *)",
  get: "int cuDeviceGet(void *, int)",
  getName: "int cuDeviceGetName(void *, int, int)",
  attribute: "int cuDeviceGetAttribute(void *, int, int)",
  retain: "int cuDevicePrimaryCtxRetain(void *, int)",
  release: "int cuDevicePrimaryCtxRelease_v2(int)",
  setContext: "int cuCtxSetCurrent(uint64_t)",
  memory: "int cuMemGetInfo_v2(void *, void *)",
  allocate: "int cuMemAlloc_v2(void *, size_t)",
  free: "int cuMemFree_v2(uint64_t)",
  write: "int cuMemcpyHtoD_v2(uint64_t, void *, size_t)",
  read: "int cuMemcpyDtoH_v2(void *, uint64_t, size_t)",
  clear: "int cuMemsetD8_v2(uint64_t, uint8_t, size_t)",
  load: "int cuModuleLoadData(void *, const char *)",
  unload: "int cuModuleUnload(uint64_t)",
  getFunction: "int cuModuleGetFunction(void *, uint64_t, const char *)",
  functionAttribute: "int cuFuncGetAttribute(void *, int, uint64_t)",
  launch:
    "int cuLaunchKernel(uint64_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint64_t, void **, void *)",
  query: "int cuStreamQuery(uint64_t)",
  errorName: "int cuGetErrorName(int, _Out_ const char **)",
};
type Functions = Readonly<Record<keyof typeof declarations, Native>>;

/** What NVIDIA's driver calls its library. */
export const cudaLibraries: readonly string[] =
  process.platform === "win32" ? ["nvcuda.dll"] : ["libcuda.so.1"];

const attributes = { computeMajor: 75, computeMinor: 76 } as const;
const mostThreadsOfFunction = 0;
const notReady = 600;

/** The hint after an error of the driver; what is in none of these lists is taken for a lost device. */
const hints: Readonly<Record<number, string>> = {
  3: "The process must not use CUDA before it is forked.",
  34: "That library is the CUDA toolkit's stub: install the driver, or in a container run it with --gpus all or --nv.",
  46: "Another process has the GPU for itself: see nvidia-smi.",
  100: "CUDA_VISIBLE_DEVICES may hide it; see nvidia-smi.",
  101: "CUDA_VISIBLE_DEVICES may hide it; see nvidia-smi.",
  209: "The driver could not translate the PTX for this GPU: update the driver, or use OpenCL.",
  218: "The driver could not translate the PTX: update the driver, or use OpenCL.",
  222: "The driver is too old for the PTX: update the driver, or use OpenCL.",
  803: "Driver and library are of different versions: restart the machine after a driver update.",
};

/** The CUDA driver of this machine and its devices. Throws when there is none, or too old a one. */
export async function cudaPlatform(libraries: readonly string[] = cudaLibraries): Promise<Platform> {
  const { functions: cu } = await openLibrary(import("koffi"), libraries, declarations, "a GPU driver");
  const check = checker(cu);
  check(cu.init(0), "cuInit");
  const value = new Int32Array(1);
  check(cu.version(value), "cuDriverGetVersion");
  const version = value[0]!;
  if (version < oldestCuda)
    throw cannot(
      "use CUDA",
      `the driver speaks CUDA ${spoken(version)}, and the kernels need ${spoken(oldestCuda)}`,
      "Update the driver, or use OpenCL.",
    );
  check(cu.count(value), "cuDeviceGetCount");
  const devices = Array.from({ length: value[0]! }, (_, index): FoundDevice => {
    const name = new Uint8Array(256);
    check(cu.get(value, index), "cuDeviceGet");
    check(cu.getName(name, name.length, value[0]), "cuDeviceGetName");
    return { index, name: new TextDecoder().decode(name).split("\0")[0]!.trim(), kind: "GPU" };
  });
  return {
    name: "CUDA",
    devices,
    open: (index, hidden) =>
      openDevice(cu, index, hidden, `CUDA ${spoken(version)}, ${devices[index]!.name}`),
  };
}

const spoken = (version: number) => `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`;

/** The context that this thread's calls mean. */
let current = 0n;

function openDevice(cu: Functions, index: number, hidden: number, name: string): Driver {
  const check = checker(cu);
  const value = new Int32Array(1);
  check(cu.get(value, index), "cuDeviceGet");
  const device = value[0]!;
  const compute = [attributes.computeMajor, attributes.computeMinor].map((attribute) => {
    check(cu.attribute(value, attribute, device), "cuDeviceGetAttribute");
    return value[0]!;
  });
  if (10 * compute[0]! + compute[1]! < oldestCompute)
    throw cannot(
      "use CUDA",
      `${name} has compute capability ${compute.join(".")}, and the kernels need ${oldestCompute / 10}`,
      "OpenCL may serve it.",
    );
  const pointer = new BigUint64Array(1);
  check(cu.retain(pointer, device), "cuDevicePrimaryCtxRetain");
  const context = pointer[0]!;
  /** Before anything that means this device: another one may have been spoken to since. */
  const use = () => {
    if (current === context) return;
    check(cu.setContext(context), "cuCtxSetCurrent");
    current = context;
  };

  interface Module {
    readonly handle: bigint;
    readonly functions: ReadonlyMap<KernelName, bigint>;
    readonly threads: number;
  }
  const modules = new Map<number, Module>();
  const buffers = new Set<bigint>();

  function load(hidden: number): Module {
    const known = modules.get(hidden);
    if (known !== undefined) return known;
    use();
    check(cu.load(pointer, readFileSync(ptxUrl(hidden), "utf8")), "cuModuleLoadData");
    const handle = pointer[0]!;
    const functions = new Map<KernelName, bigint>();
    let threads = Number.POSITIVE_INFINITY;
    for (const kernel of kernels) {
      check(cu.getFunction(pointer, handle, kernel), `cuModuleGetFunction ${kernel}`);
      check(cu.functionAttribute(value, mostThreadsOfFunction, pointer[0]), "cuFuncGetAttribute");
      functions.set(kernel, pointer[0]!);
      threads = Math.min(threads, value[0]!);
    }
    const module = { handle, functions, threads };
    modules.set(hidden, module);
    return module;
  }

  function dispose(): void {
    // A lost device may refuse any of these; there is nothing more to be done about it.
    cu.setContext(context);
    for (const handle of buffers) cu.free(handle);
    for (const { handle } of modules.values()) cu.unload(handle);
    cu.release(device);
    current = 0n;
    buffers.clear();
    modules.clear();
  }

  // Whether the driver takes the PTX at all shows here, where there is still a choice of others.
  try {
    load(buildFor(hidden));
  } catch (error) {
    dispose();
    throw error;
  }

  return {
    device: name,
    memory() {
      use();
      const [free, total] = [new BigUint64Array(1), new BigUint64Array(1)];
      check(cu.memory(free, total), "cuMemGetInfo");
      const room = 0.95 * Number(free[0]);
      return { total: room, buffer: room };
    },
    threads: (hidden) => load(hidden).threads,
    allocate(bytes) {
      use();
      check(cu.allocate(pointer, bytes), `cuMemAlloc of ${bytes} bytes`);
      buffers.add(pointer[0]!);
      return { handle: pointer[0]!, bytes };
    },
    free({ handle }) {
      use();
      if (buffers.delete(handle)) check(cu.free(handle), "cuMemFree");
    },
    write({ handle }, words) {
      use();
      if (words.length > 0) check(cu.write(handle, words, words.byteLength), "cuMemcpyHtoD");
    },
    clear({ handle, bytes }) {
      use();
      check(cu.clear(handle, 0, bytes), "cuMemsetD8");
    },
    read({ handle }, count) {
      use();
      const words = new Float32Array(count);
      check(cu.read(words, handle, words.byteLength), "cuMemcpyDtoH");
      return words;
    },
    launch(hidden, kernel, [x, y], threads, args) {
      use();
      const encoded = args.map(encodeArgument);
      const status = cu.launch(
        load(hidden).functions.get(kernel),
        ...[x, y, 1, threads, 1, 1, 0, 0n],
        encoded,
        null,
      );
      check(status, `cuLaunchKernel ${kernel}`);
    },
    async finish() {
      // Asked now and then, since a call that waits would stop everything else in this process.
      for (let asked = 0; ; asked++) {
        use();
        const status: number = cu.query(0n);
        if (status !== notReady) return check(status, "cuStreamQuery");
        await new Promise((resolve) => (asked < 10 ? setImmediate(resolve) : setTimeout(resolve, 1)));
      }
    },
    dispose,
  };
}

/** Turns an answer other than 0 into an error with its name and what to do. */
function checker(cu: Functions): (code: number, call: string) => void {
  return (code, call) => {
    if (code === 0) return;
    const name: [string | null] = [null];
    cu.errorName(code, name);
    const cause = `the driver answers ${name[0] ?? `error ${code}`} to ${call}`;
    if (code === 2)
      throw new DeviceMemoryError(
        `Cannot use the GPU: ${cause}\n  Its memory is too small or taken (see nvidia-smi).`,
      );
    const lost = "The device is lost to this process: run again; `dmesg | grep -i xid` says more.";
    throw cannot("use the GPU", cause, hints[code] ?? lost, "`backend: wasm` goes without it.");
  };
}
