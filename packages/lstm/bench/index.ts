/** What benchmarks of the backends share: the workload, and what the machine and the wasm kernel can do. */
export { measureNativePeak, measureTwoThreads } from "./machine.ts";
export { measurePeak } from "./peak.ts";
export { profile } from "./profile.ts";
export { experiment, median, operations, someDataset, span } from "./workload.ts";
