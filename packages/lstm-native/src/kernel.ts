/** One instance of the kernel that kernel.c makes, in a library that `pnpm run setup native` has compiled here. */
import { existsSync } from "node:fs";
import { cannot, type Global, type Kernel, memoryKernel, openLibrary } from "@braid/lstm/backend-kit";
import { nativeLibrary } from "./compile.ts";

const declarations = {
  open: "uint64_t kernel_open()",
  close: "void kernel_close(uint64_t)",
  memory: "uint64_t kernel_memory(uint64_t)",
  place: "double kernel_place(uint64_t, int)",
  bits: "int kernel_bits()",
  configure: "int kernel_configure(uint64_t, int, int, int)",
  resize: "int kernel_resize(uint64_t, int, int, int)",
  layer: "void kernel_layer(uint64_t)",
  drop: "void kernel_drop(uint64_t)",
  predict: "void kernel_predict(uint64_t)",
  loss: "float kernel_loss(uint64_t, int)",
  weigh: "void kernel_weigh(uint64_t, int, float, float)",
  backward: "void kernel_backward(uint64_t)",
  adam: "void kernel_adam(uint64_t, float, float, float)",
};

/** In the order of `kernel_place`. */
const places = [
  ...["end", "units", "columns", "bias", "inputStride", "plane"],
  ...["parameters", "gradient", "firstMoments", "secondMoments", "parameterBytes", "heads", "headBiases"],
  ...["inputs", "targets", "weights", "errors", "factors"],
] as const;

/** A kernel of the library. Throws when it was not compiled for this processor, or does not open. */
export async function nativeKernel(library = nativeLibrary()): Promise<Kernel> {
  if (!existsSync(library))
    throw cannot(
      'open the backend "native"',
      "its kernel was not compiled for this processor",
      "Run `pnpm run setup native`, which uses this machine's C compiler.",
      "`backend: wasm` needs none.",
    );
  const { functions: c } = await openLibrary(import("koffi"), [library], declarations, "the native kernel");
  const { default: koffi } = await import("koffi");
  const kernel = c.open();
  const number = (name: (typeof places)[number]): number => c.place(kernel, places.indexOf(name));
  const count = (name: (typeof places)[number]): Global => ({
    get value() {
      return number(name);
    },
  });
  const bytes = (name: (typeof places)[number]): Global => ({
    get value() {
      return 4 * number(name);
    },
  });
  let view = new ArrayBuffer(0);
  let at = 0n;
  return memoryKernel({
    name: "native",
    device: `native, ${c.bits()}-bit vectors`,
    mostMemory: "64 GB",
    // [columns][4 gates][units]
    place: (k, gate, u) => (4 * k + gate) * number("units") + u,
    dispose: () => c.close(kernel),
    compiled: {
      memory: {
        get buffer() {
          const now = c.memory(kernel) as bigint;
          const length = 4 * number("end");
          // Laid out anew, it may have moved.
          if (BigInt(now) !== at || view.byteLength !== length) view = koffi.view(now, length);
          at = BigInt(now);
          return view;
        },
      },
      configure: (inputs, hidden, outputs) => c.configure(kernel, inputs, hidden, outputs),
      resize: (...sizes) => c.resize(kernel, ...sizes),
      layer: () => c.layer(kernel),
      drop: () => c.drop(kernel),
      predict: () => c.predict(kernel),
      loss: (output) => c.loss(kernel, output),
      weigh: (output, trunk, head) => c.weigh(kernel, output, trunk, head),
      backward: () => c.backward(kernel),
      adam: (...numbers) => c.adam(kernel, ...numbers),
      quads: {
        get value() {
          return number("units") / 4;
        },
      },
      columns: count("columns"),
      bias: count("bias"),
      inputStride: bytes("inputStride"),
      plane: bytes("plane"),
      parameters: bytes("parameters"),
      gradient: bytes("gradient"),
      firstMoments: bytes("firstMoments"),
      secondMoments: bytes("secondMoments"),
      parameterBytes: bytes("parameterBytes"),
      heads: bytes("heads"),
      headBiases: bytes("headBiases"),
      inputs: bytes("inputs"),
      targets: bytes("targets"),
      weights: bytes("weights"),
      errors: bytes("errors"),
      factors: bytes("factors"),
    },
  });
}
