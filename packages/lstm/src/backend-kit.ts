/** The modules that packages of optional backends use. */
export type {
  BackendPackage,
  DeviceOptions,
  FoundDevices,
} from "./interface/backend-package.ts";
export { cannot, DeviceMemoryError, NoDeviceError, oneLine } from "./interface/errors.ts";
export { dropoutFactors, dropoutKey, dropoutThreshold } from "./training/dropout.ts";
export { adam, type Kernel, kernelBackend } from "./training/kernel.ts";
export { type Native, openLibrary } from "./training/library.ts";
export { type Global, memoryKernel } from "./training/memory-kernel.ts";
export type {
  Stack,
  StackBatch,
  StackModel,
  StackTask,
} from "./training/stack.ts";
export { stackedBackend } from "./training/stacked-backend.ts";
