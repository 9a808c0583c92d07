/** One instance of the WebAssembly kernel; assembly/layout.ts says what lies where in its memory. */
import type { Kernel } from "../../training/kernel.ts";
import { type Compiled, memoryKernel } from "../../training/memory-kernel.ts";
import { webAssembly } from "./binaries.ts";

/** A kernel on a new instance of these bytes. */
export async function wasmKernel(bytes: Uint8Array<ArrayBuffer>, device: string): Promise<Kernel> {
  const { instance } = await webAssembly.instantiate(bytes, {
    env: {
      abort() {
        throw new Error("the WebAssembly kernel aborted");
      },
    },
  });
  const compiled = instance.exports as unknown as Compiled;
  return memoryKernel({
    name: "wasm",
    device,
    compiled,
    mostMemory: "4 GB",
    // [quads][columns][4 gates][4]
    place: (k, gate, u) => ((u >> 2) * compiled.columns.value + k) * 16 + gate * 4 + (u & 3),
    // The memory goes with the instance.
    dispose() {},
  });
}
