/** What this machine has to train with, and what `backend: auto` would take: for people, in plain words. */
import type { Backend } from "./backend.ts";
import { cudaPlatform } from "./backends/gpu/cuda.ts";
import type { Platform } from "./backends/gpu/driver.ts";
import { oneLine } from "./backends/gpu/open.ts";
import { openclPlatform } from "./backends/gpu/opencl.ts";
import { loadTensorFlow } from "./backends/tfjs/load.ts";
import { chooseBinary } from "./backends/wasm/binaries.ts";
import { openBackend } from "./open-backend.ts";

/** One thing looked at. */
export interface Finding {
  /** Whether it is there. */
  readonly found: boolean;
  readonly name: string;
  readonly text: string;
}

/** Looks at every way to train; none of them missing is a mistake, but auto may be refused (`found` of the last). */
export async function survey(open: typeof openBackend = openBackend): Promise<Finding[]> {
  return [
    await look("SIMD", async () => {
      const { binary } = await chooseBinary("auto");
      return binary === "relaxed"
        ? "relaxed SIMD: the fast kernel of backend wasm runs"
        : "128-bit SIMD without fused multiply-add: backend wasm runs, newer Node is faster";
    }),
    await look("native", async () => {
      const backend = await open("native");
      const { device } = backend;
      backend.dispose();
      return `${device}: taken where you say \`--backend native\``;
    }),
    await look("CUDA", async () => devices(await cudaPlatform(), "GPU")),
    await look("OpenCL", async () => devices(await openclPlatform(), "")),
    await look("TensorFlow.js", async () => {
      const { device, notes } = await loadTensorFlow();
      return [device, ...notes.map((note) => `not ${note}`)].join("; ");
    }),
    await look("auto", async () => {
      const backend: Backend = await open("auto");
      const text = `would train on ${backend.name} (${backend.device})`;
      backend.dispose();
      return text;
    }),
  ];
}

async function look(name: string, at: () => Promise<string>): Promise<Finding> {
  try {
    return { found: true, name, text: await at() };
  } catch (error) {
    return { found: false, name, text: oneLine(error as Error) };
  }
}

function devices(platform: Platform, only: string): string {
  const named = platform.devices.map(({ name, kind }) => {
    const aside = kind === "CPU" ? ": a processor, taken only with BRAID_OPENCL_CPU=1" : "";
    return `${kind} ${name}${aside}`;
  });
  if (named.length === 0) throw new Error(`the driver is there, but no ${only || "device"}`);
  return named.join("; ");
}
