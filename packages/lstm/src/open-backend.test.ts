import { describe, expect, test } from "vitest";
import { type BackendChoice, chooseBackend, openBackend, type Simd } from "./index.ts";

const without = {
  relaxed: (bytes: Uint8Array<ArrayBuffer>) => !isRelaxed(bytes),
  simd: () => false,
};

/** relaxed_madd is the opcode fd 85 02. */
const isRelaxed = (bytes: Uint8Array) => Buffer.from(bytes).includes(Buffer.of(0xfd, 0x85, 0x02));

const noGpu = {
  gpu: { libraries: { cuda: ["libno-cuda.so"], opencl: ["libno-opencl.so"] } },
  environment: {},
};

describe("opening a backend", () => {
  test("auto takes wasm, with the best SIMD that runs", async () => {
    const backend = await openBackend("auto", noGpu);
    expect(backend.name).toBe("wasm");
    expect(backend.device).toMatch(/^wasm simd128/);
    expect(backend.supports({ inputs: 7, hidden: 20, outputs: 2 })).toBeNull();
    backend.dispose();
  });

  test("an engine without relaxed SIMD gets the baseline, and says so", async () => {
    const backend = await openBackend("wasm", { validate: without.relaxed });
    expect(backend.device).toBe("wasm simd128");
    expect(backend.notes).toEqual(["relaxed SIMD: this JavaScript engine does not run it"]);
  });

  test("baseline asked for is baseline, without a note", async () => {
    const backend = await openBackend("wasm", { simd: "baseline" });
    expect(backend.device).toBe("wasm simd128");
    expect(backend.notes).toEqual([]);
  });

  test("relaxed asked for and not there is an error", async () => {
    await expect(
      openBackend("auto", { ...noGpu, simd: "relaxed", validate: without.relaxed }),
    ).rejects.toThrow("Cannot use relaxed SIMD: this JavaScript engine does not run it");
  });

  test("an engine without any SIMD is an error", async () => {
    await expect(openBackend("auto", { ...noGpu, validate: without.simd })).rejects.toThrow(
      'Cannot open the backend "wasm": this JavaScript engine runs no WebAssembly SIMD, neither relaxed nor baseline',
    );
  });

  test("the reference is a backend like any other", async () => {
    expect(await openBackend("reference")).toMatchObject({ name: "reference", device: "float64 loops" });
  });

  describe("auto, where no GPU answers", () => {
    test("takes wasm and says why not the GPU", async () => {
      const { name, notes } = await openBackend("auto", { ...noGpu });
      expect(name).toBe("wasm");
      expect(notes[0]).toMatch(/^CUDA: libno-cuda.so: .*cannot open shared object file/);
      expect(notes[1]).toMatch(/^OpenCL: libno-opencl.so: /);
    });

    test.each([
      ["SLURM_JOB_GPUS", "3"],
      ["CUDA_VISIBLE_DEVICES", "GPU-1f6a,GPU-93bd"],
    ])("is an error inside an allocation that %s tells of", async (name, value) => {
      await expect(openBackend("auto", { ...noGpu, environment: { [name]: value } })).rejects.toThrow(
        `Cannot open the backend "auto": ${name} says that a GPU is allocated, and none answers\n  CUDA: libno-cuda.so`,
      );
    });

    test.each(["", "-1", "NoDevFiles"])(
      "is wasm where CUDA_VISIBLE_DEVICES is %j, which hides all",
      async (value) => {
        const environment = { CUDA_VISIBLE_DEVICES: value };
        expect(await openBackend("auto", { ...noGpu, environment })).toMatchObject({ name: "wasm" });
      },
    );

    test("does not take a processor that OpenCL offers", async () => {
      const libraries = { opencl: ["libOpenCL.so.1"] };
      const gpu = { driver: "opencl", processors: true, libraries } as const;
      const { name, notes } = await openBackend("auto", { gpu, environment: {} });
      if (name !== "gpu") expect(notes[0]).toMatch(/^OpenCL: /);
      expect(notes.join()).not.toMatch(/^pthread/);
    });
  });

  test("a run's choice of wasm names its binary, so that every thread takes the same", async () => {
    expect(await chooseBackend("auto", null, { ...noGpu, validate: without.relaxed })).toMatchObject({
      backend: "wasm",
      simd: "baseline",
      gpus: null,
      devices: ["wasm simd128"],
      notes: [
        expect.stringMatching(/^CUDA: /),
        expect.stringMatching(/^OpenCL: /),
        "relaxed SIMD: this JavaScript engine does not run it",
      ],
    });
  });

  test("a run's choice of tfjs says which package it is, and why not a better one", async () => {
    const { devices, notes } = await chooseBackend("tfjs", null);
    expect(devices).toEqual([expect.stringMatching(/^@tensorflow\/tfjs(-node|-node-gpu)? 4\./)]);
    for (const note of notes) expect(note).toMatch(/^@tensorflow\/tfjs-node(-gpu)?: /);
  });

  test("an unknown name or SIMD is an error", async () => {
    await expect(openBackend("cuda" as BackendChoice)).rejects.toThrow(
      'Cannot open the backend "cuda": there is no such backend\n  Backends are auto, wasm, native, gpu, tfjs and reference.',
    );
    await expect(openBackend("wasm", { simd: "avx" as Simd })).rejects.toThrow(
      'Cannot open the backend "wasm": simd is "avx", which is not auto, baseline or relaxed',
    );
  });
});
