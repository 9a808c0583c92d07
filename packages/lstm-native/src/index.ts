/** The native backend: one C file, compiled for this processor (a `BackendPackage` of `@braid/lstm`). */
import type { Backend } from "@braid/lstm";
import { type FoundDevices, kernelBackend } from "@braid/lstm/backend-kit";
import { nativeKernel } from "./kernel.ts";

/** The vectors of this processor, where the kernel was compiled for it. */
export async function find(): Promise<FoundDevices> {
  return { gpus: null, devices: [await device()], notes: [], refusal: null };
}

/** A backend on a kernel of its own. */
export async function open(): Promise<Backend> {
  return kernelBackend(await nativeKernel(), [], () => nativeKernel());
}

/** Whether the kernel was compiled, and how wide its vectors are. */
export const ways = {
  native: async () => `${await device()}: taken where you say \`--backend native\``,
};

async function device(): Promise<string> {
  const kernel = await nativeKernel();
  kernel.dispose();
  return kernel.device;
}
