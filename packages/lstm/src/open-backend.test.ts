import { describe, expect, test } from "vitest";
import { type BackendChoice, openBackend, type Simd } from "./index.ts";

const without = {
  relaxed: (bytes: Uint8Array<ArrayBuffer>) => !isRelaxed(bytes),
  simd: () => false,
};

/** relaxed_madd is the opcode fd 85 02. */
const isRelaxed = (bytes: Uint8Array) => Buffer.from(bytes).includes(Buffer.of(0xfd, 0x85, 0x02));

describe("opening a backend", () => {
  test("auto takes wasm, with the best SIMD that runs", async () => {
    const backend = await openBackend("auto");
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
    await expect(openBackend("auto", { simd: "relaxed", validate: without.relaxed })).rejects.toThrow(
      "Cannot use relaxed SIMD: this JavaScript engine does not run it",
    );
  });

  test("an engine without any SIMD is an error", async () => {
    await expect(openBackend("auto", { validate: without.simd })).rejects.toThrow(
      'Cannot open the backend "wasm": this JavaScript engine runs no WebAssembly SIMD, neither relaxed nor baseline',
    );
  });

  test("the reference is a backend like any other", async () => {
    expect(await openBackend("reference")).toMatchObject({ name: "reference", device: "float64 loops" });
  });

  test.each(["gpu", "tfjs"] as const)("%s, which this version lacks, is an error", async (choice) => {
    await expect(openBackend(choice)).rejects.toThrow(
      `Cannot open the backend "${choice}": this version does not have it`,
    );
  });

  test("an unknown name or SIMD is an error", async () => {
    await expect(openBackend("cuda" as BackendChoice)).rejects.toThrow(
      'Cannot open the backend "cuda": there is no such backend\n  Backends are auto, wasm, gpu, tfjs and reference.',
    );
    await expect(openBackend("wasm", { simd: "avx" as Simd })).rejects.toThrow(
      'Cannot open the backend "wasm": simd is "avx", which is not auto, baseline or relaxed',
    );
  });
});
