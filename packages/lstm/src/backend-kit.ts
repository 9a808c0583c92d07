/** The modules that packages of optional backends use. */
export type {
  BackendPackage,
  DeviceOptions,
  FoundDevices,
} from "./interface/backend-package.ts";
export { cannot, DeviceMemoryError, NoDeviceError, oneLine } from "./interface/errors.ts";
export { adam, type Kernel, kernelBackend } from "./training/kernel.ts";
export { type Native, openLibrary } from "./training/library.ts";
export { type Global, memoryKernel } from "./training/memory-kernel.ts";
export {
  type Stack,
  type StackBatch,
  type StackModel,
  type StackTask,
  stackedBackend,
} from "./training/stack.ts";
