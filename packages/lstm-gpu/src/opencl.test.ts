/** The OpenCL driver on PoCL, behind a library that calls it a GPU and lets it fail as real ones do. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Backend, chooseBackend, openBackend, type TrainedModel } from "@braid/lstm";
import { randomDataset } from "@braid/lstm/testing";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { openclPlatform } from "./opencl.ts";
import { compileStandIn, setInC } from "./testing/stand-in.ts";

const folder = mkdtempSync(join(tmpdir(), "braid-opencl-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The library, or null where OpenCL offers no processor; CI has PoCL. */
async function standIn(): Promise<string | null> {
  try {
    const { devices } = await openclPlatform();
    if (!devices.some(({ kind }) => kind === "CPU")) throw new Error("OpenCL offers no processor");
  } catch (error) {
    if (process.env.CI !== undefined) throw error;
    console.warn(`Skipped the tests of the OpenCL driver: ${(error as Error).message}`);
    return null;
  }
  const real = ["-Wl,--no-as-needed", "-l:libOpenCL.so.1", "-ldl"];
  return compileStandIn("mock-opencl.c", join(folder, "libOpenCL.so.1"), ...real);
}

const library = await standIn();
const variables = ["LOG", "SOURCE", "FAIL"] as const;
const log = join(folder, "log.txt");
const calls = (start: string) =>
  (existsSync(log) ? readFileSync(log, "utf8").split("\n") : []).filter((line) => line.startsWith(start));
function set(settings: Partial<Record<(typeof variables)[number], string>>): void {
  for (const name of variables) setInC(`MOCK_OPENCL_${name}`, settings[name] ?? "");
}

let opened: Backend | undefined;
afterEach(() => {
  opened?.dispose();
  opened = undefined;
  if (library !== null) set({});
  rmSync(log, { force: true });
});

const gpu = { libraries: { cuda: ["libno-cuda.so"], opencl: [library!] } };
const packages = { gpu: () => import("./index.ts") };
const options = { packages, gpu, environment: {} };
const shape = { inputs: 2, hidden: 5, outputs: 2 };
const dataset = randomDataset({ sequences: 3, steps: 6, inputs: 2, outputs: 2 }, 1);
const spec = { hidden: 5, epochs: 1, learningRate: 0.1, loss: "rmse", batchSize: null } as const;

async function train(models: number): Promise<(TrainedModel | Error)[]> {
  opened = await openBackend("gpu", { packages, gpu: { ...gpu, hidden: spec.hidden } });
  const requests = Array.from({ length: models }, (_, seed) => ({ dataset, seed, lossWeights: [1, 0.5] }));
  const results: (TrainedModel | Error)[] = [];
  await opened.train(spec, requests, (index, result) => {
    results[index] = result;
  });
  return results;
}
const messages = (results: readonly (TrainedModel | Error)[]) =>
  results.flatMap((result) => (result instanceof Error ? [result.message] : []));

describe.skipIf(library === null)("the OpenCL driver", () => {
  test("compiles the kernel for the units of the run when a device is opened, and once", async () => {
    set({ LOG: log });
    const chosen = await chooseBackend("auto", { ...shape, hidden: 18 }, options);
    expect(chosen).toMatchObject({ backend: "gpu", gpus: { driver: "opencl", devices: [0] } });
    expect(calls("clBuildProgram")).toEqual(["clBuildProgram -DH=20"]);
    expect(messages(await train(2))).toEqual([]);
    expect(calls("clBuildProgram")).toEqual(["clBuildProgram -DH=20", "clBuildProgram -DH=8"]);
  });

  test("does not offer a device that refuses the source: auto takes wasm, and says why", async () => {
    set({ LOG: log, SOURCE: "kernel void forward(global no_such_type *x) {}" });
    const { backend, notes } = await chooseBackend("auto", shape, options);
    expect(backend).toBe("wasm");
    expect(notes[1]).toMatch(
      /^OpenCL: the OpenCL driver of ".+" does not compile the kernel \(CL_BUILD_PROGRAM_FAILURE\); [\s\S]*no_such_type[\s\S]*; Update the driver; /,
    );
    // And the device is let go of.
    expect(calls("clReleaseContext")).toHaveLength(1);
    for (const asked of [chooseBackend("gpu", shape, options), openBackend("gpu", options)])
      await expect(asked).rejects.toThrow(
        /^Cannot open a GPU: no driver found a GPU\n[\s\S]*does not compile the kernel/,
      );
  });

  test("tries fewer models where resources run out late, which may be memory", async () => {
    set({ LOG: log, FAIL: "-5@1-1" });
    expect(messages(await train(4))).toEqual([]);
    expect(new Set(calls("launch"))).toEqual(new Set(["launch over 4", "launch over 2"]));
  });

  test("says that the device may be lost where resources run out for a single model", async () => {
    set({ FAIL: "-5@1-1000" });
    const found = messages(await train(3));
    expect(found).toHaveLength(3);
    for (const message of found)
      expect(message).toMatch(
        /^Cannot use the GPU: OpenCL answers CL_OUT_OF_RESOURCES to clFinish\n {2}If it worked before, the device is lost: run again; `backend: wasm` goes without it.\n {2}A smaller batchSize would need less memory; /,
      );
  });

  test("does not try again with fewer models what is no matter of memory", async () => {
    set({ LOG: log, FAIL: "-36@1-1000" });
    const found = messages(await train(2));
    expect(found).toEqual(
      Array(2).fill(
        "Cannot use the GPU: OpenCL answers CL_INVALID_COMMAND_QUEUE to clFinish\n  If it worked before, the device is lost: run again; `backend: wasm` goes without it.",
      ),
    );
    expect(new Set(calls("launch"))).toEqual(new Set(["launch over 2"]));
  });
});
