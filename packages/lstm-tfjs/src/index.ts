/** The tfjs backend: TensorFlow.js, on the best of its packages (a `BackendPackage` of `@braid/lstm`). */
import type { Backend } from "@braid/lstm";
import { type FoundDevices, stackedBackend } from "@braid/lstm/backend-kit";
import { loadTensorFlow } from "./load.ts";
import { tfjsStack } from "./stack.ts";

/** What the best TensorFlow.js that loads here computes on. */
export async function find(): Promise<FoundDevices> {
  const { device, notes } = await loadTensorFlow();
  return { gpus: null, devices: [device], notes, refusal: null };
}

/** A backend on the best TensorFlow.js that loads here. */
export async function open(): Promise<Backend> {
  const loaded = await loadTensorFlow();
  return stackedBackend(tfjsStack(loaded), loaded.notes);
}

/** Which TensorFlow.js loads, and why not a better one. */
export const ways = {
  "TensorFlow.js": async () => {
    const { device, notes } = await loadTensorFlow();
    return [device, ...notes.map((note) => `not ${note}`)].join("; ");
  },
};
