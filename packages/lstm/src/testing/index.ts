/** For tests and checks of backends: cases, and the answers of PyTorch and the reference. */
export { kernelProbe, type Probe, referenceProbe, stackProbe } from "./probe.ts";
export { randomDataset, torchCases } from "./samples.ts";
