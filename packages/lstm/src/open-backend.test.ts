import { describe, expect, test } from "vitest";
import { type BackendChoice, chooseBackend, openBackend, type Simd, survey } from "./index.ts";

const without = {
  relaxed: (bytes: Uint8Array<ArrayBuffer>) => !isRelaxed(bytes),
  simd: () => false,
};

/** relaxed_madd is the opcode fd 85 02. */
const isRelaxed = (bytes: Uint8Array) => Buffer.from(bytes).includes(Buffer.of(0xfd, 0x85, 0x02));

/** Whatever the queue of this machine says. */
const here = { environment: {} };

describe("opening a backend", () => {
  test("auto takes wasm, with the best SIMD that runs", async () => {
    const backend = await openBackend("auto", here);
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
      openBackend("auto", { ...here, simd: "relaxed", validate: without.relaxed }),
    ).rejects.toThrow("Cannot use relaxed SIMD: this JavaScript engine does not run it");
  });

  test("an engine without any SIMD is an error", async () => {
    await expect(openBackend("auto", { ...here, validate: without.simd })).rejects.toThrow(
      'Cannot open the backend "wasm": this JavaScript engine runs no WebAssembly SIMD, neither relaxed nor baseline',
    );
  });

  test("the reference is a backend like any other", async () => {
    expect(await openBackend("reference")).toMatchObject({ name: "reference", device: "float64 loops" });
  });

  describe("a backend of another package", () => {
    test("is an error where the package was not passed", async () => {
      await expect(openBackend("native")).rejects.toThrow(
        'Cannot open the backend "native": its package was not passed\n' +
          '  Pass how to load it: packages: { native: () => import("@braid/lstm-native") }.',
      );
    });

    test("is an error where the package does not load", async () => {
      const packages = { gpu: () => Promise.reject(new Error("Cannot find package 'x'\nfrom here")) };
      await expect(openBackend("gpu", { packages })).rejects.toThrow(
        "Cannot open the backend \"gpu\": its package does not load here (Cannot find package 'x')",
      );
    });

    test("is opened with the options, and imported only then", async () => {
      let loads = 0;
      const opened = await openBackend("reference");
      const packages = {
        gpu: async () => {
          loads++;
          const found = { gpus: null, devices: ["one"], notes: [], refusal: "it is too small" };
          return { find: async () => found, open: async () => opened, ways: { one: async () => "here" } };
        },
      };
      await openBackend("wasm", { packages });
      expect(loads).toBe(0);
      expect(await openBackend("gpu", { packages })).toBe(opened);
      await expect(chooseBackend("gpu", null, { packages })).rejects.toThrow(
        'Cannot use the backend "gpu": it is too small',
      );
      expect(await survey(packages)).toContainEqual({ found: true, name: "one", text: "here" });
    });

    test("is passed over by auto where the package was not passed, unless a GPU is allocated", async () => {
      expect((await openBackend("auto", here)).notes).toEqual([
        "GPU: the package of the backend gpu was not passed",
      ]);
      await expect(openBackend("auto", { environment: { SLURM_JOB_GPUS: "0" } })).rejects.toThrow(
        'Cannot open the backend "auto": SLURM_JOB_GPUS says that a GPU is allocated, and none answers',
      );
    });
  });

  test("a run's choice of wasm names its binary, so that every thread takes the same", async () => {
    expect(await chooseBackend("auto", null, { ...here, validate: without.relaxed })).toMatchObject({
      backend: "wasm",
      simd: "baseline",
      gpus: null,
      devices: ["wasm simd128"],
      notes: [
        "GPU: the package of the backend gpu was not passed",
        "relaxed SIMD: this JavaScript engine does not run it",
      ],
    });
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
