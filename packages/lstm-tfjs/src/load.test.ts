import util from "node:util";
import { describe, expect, test } from "vitest";
import { loadTensorFlow } from "./load.ts";

/** A package that loads and says that its backend is this one. */
const pack = (backend: string) => ({
  version: { tfjs: "4.22.0" },
  env: () => ({ set: () => {} }),
  enableProdMode: () => {},
  setBackend: async () => true,
  ready: async () => {},
  getBackend: () => backend,
});
const missing = (name: string) => new Error(`Cannot find package '${name}' imported from here`);

describe("TensorFlow.js", () => {
  test("is the one with CUDA where it loads", async () => {
    const { device, notes } = await loadTensorFlow(async () => pack("tensorflow"));
    expect(device).toBe("@tensorflow/tfjs-node-gpu 4.22.0, tensorflow");
    expect(notes).toEqual([]);
  });

  test("is the native one where that lacks its binding, and says so", async () => {
    const { device, notes } = await loadTensorFlow(async (name) => {
      if (name.endsWith("gpu")) throw new Error("The native addon (tfjs_binding.node) can not be found");
      return pack("tensorflow");
    });
    expect(device).toBe("@tensorflow/tfjs-node 4.22.0, tensorflow");
    expect(notes).toEqual([
      "@tensorflow/tfjs-node-gpu: its native part is not installed (pnpm run setup tfjs-gpu, where CUDA 11 is)",
    ]);
  });

  test("gets back what the native one misses in this Node", async () => {
    await loadTensorFlow(async () => pack("tensorflow"));
    const { isArray, isNullOrUndefined } = util as unknown as Record<string, (value: unknown) => boolean>;
    expect([null, undefined, 0].map((value) => isNullOrUndefined!(value))).toEqual([true, true, false]);
    expect([isArray!([]), isArray!({})]).toEqual([true, false]);
  });

  test("is the one in JavaScript otherwise", async () => {
    const { device, notes } = await loadTensorFlow(async (name) => {
      if (name !== "@tensorflow/tfjs") throw missing(name);
      return pack("cpu");
    });
    expect(device).toBe("@tensorflow/tfjs 4.22.0, cpu");
    expect(notes[1]).toBe("@tensorflow/tfjs-node: not installed");
  });

  test("is an error where none loads", async () => {
    const none = async (name: string) => {
      throw missing(name);
    };
    await expect(loadTensorFlow(none)).rejects.toThrow(
      'Cannot open the backend "tfjs": no TensorFlow.js loads here\n  @tensorflow/tfjs-node-gpu: not installed',
    );
  });
});
