/** The CUDA driver against a library of our own in NVIDIA's place, which checks and writes down every call. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Backend, chooseBackend, openBackend, parameterCount, type TrainedModel } from "@braid/lstm";
import { randomDataset } from "@braid/lstm/testing";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { compileStandIn, setInC } from "./testing/stand-in.ts";

const folder = mkdtempSync(join(tmpdir(), "braid-cuda-"));
afterAll(() => rmSync(folder, { recursive: true }));

const packages = { gpu: () => import("./index.ts") };
const library = compileStandIn("mock-cuda.c", join(folder, "libcuda.so.1"));
const variables = ["LOG", "FAIL", "VERSION", "COMPUTE", "DEVICES", "MEMORY"] as const;
type Settings = Partial<Record<(typeof variables)[number], string | number>>;
const log = join(folder, "log.txt");
let opened: Backend | undefined;

/** A backend on a driver that is like this. */
async function open(settings: Settings = {}, device = 0): Promise<Backend> {
  set({ LOG: log, ...settings });
  opened = await openBackend("gpu", {
    packages,
    gpu: { driver: "cuda", device, libraries: { cuda: [library!] } },
  });
  return opened;
}

function set(settings: Settings): void {
  for (const name of variables) setInC(`MOCK_CUDA_${name}`, String(settings[name] ?? ""));
}

afterEach(() => {
  opened?.dispose();
  opened = undefined;
  if (library !== null) set({});
  rmSync(log, { force: true });
});

const dataset = randomDataset({ sequences: 21, steps: 10, inputs: 7, outputs: 2 }, 1);
const spec = { hidden: 20, epochs: 2, learningRate: 0.1, loss: "nnse", batchSize: null } as const;

async function train(backend: Backend, models = 3, change: object = {}): Promise<(TrainedModel | Error)[]> {
  const requests = Array.from({ length: models }, (_, seed) => ({ dataset, seed, lossWeights: [1, 0.5] }));
  const results: (TrainedModel | Error)[] = [];
  await backend.train({ ...spec, ...change }, requests, (index, result) => {
    results[index] = result;
  });
  return results;
}
const calls = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);

describe.skipIf(library === null)("the CUDA driver", () => {
  test("says which GPU it has", async () => {
    expect((await open()).device).toBe("CUDA 12.4, Mock GPU 0");
    expect((await open({}, 1)).device).toBe("CUDA 12.4, Mock GPU 1");
    expect(calls()).toContain("cuDevicePrimaryCtxRetain device 1");
  });

  test("launches the kernels of each step in order, over all models and sequences", async () => {
    const backend = await open();
    const results = await train(backend);
    expect(results.map((result) => (result as TrainedModel).losses)).toEqual(
      Array(3).fill(Float64Array.of(0.5, 0.5)),
    );
    const launches = calls().filter((line) => / of \d+:/.test(line));
    // 21 sequences are 6 groups of 4, 20 units each; N=8 with the bias, size (8 + 20) 20 + 21.
    const sizes = { forward: "8 10 24 581 1", errors: "8 10 24 1 581 1 2", rest: "8 10 24 1 581" };
    const step = (record: number, rate: string, correction: string) => [
      `forward 1x3 of 120: ${sizes.forward}`,
      `errors 1x3 of 120: ${sizes.errors} ${record}`,
      `backward 1x3 of 120: ${sizes.rest}`,
      `gradient 5x3 of 120: ${sizes.rest}`,
      `adam 5x3 of 120: 581 ${rate} ${correction}`,
    ];
    // Adam's corrections: 0.1 / (1 - 0.9^n) and 1 / (1 - 0.999^n).
    expect(launches).toEqual([...step(0, "1", "1000"), ...step(1, "0.526316", "500.25")]);
    expect(calls()).toContain("cuModuleLoadData PTX 6.3 for sm_75");
  });

  test("launches dropout, clipping and validation where they are asked for", async () => {
    const backend = await open();
    const validation = randomDataset({ sequences: 5, steps: 7, inputs: 7, outputs: 2 }, 2);
    const requests = [0, 1].map((seed) => ({ dataset, seed, lossWeights: [1, 0.5], validation }));
    const options = { epochs: 1, loss: "mse", dropout: 0.5, clipNorm: 0.25 } as const;
    const results: (TrainedModel | Error)[] = [];
    await backend.train({ ...spec, ...options }, requests, (index, result) => {
      results[index] = result;
    });
    // What the mock has in memory that nothing wrote is NaN: so is what it predicts.
    expect(results.map(String)).toEqual(
      Array(2).fill(expect.stringContaining("the loss is NaN in epoch 1 of 1")),
    );
    expect(calls().filter((line) => / of \d+:/.test(line))).toEqual([
      "forward 1x2 of 120: 8 10 24 581 1",
      // T, B, update, threshold 2^31 as a signed number; kept outputs are doubled.
      "drop 10x2 of 120: 10 24 0 -2147483648 2",
      "errors 1x2 of 120: 8 10 24 1 581 2 1 0",
      "backward_dropped 1x2 of 120: 8 10 24 1 581",
      "gradient 5x2 of 120: 8 10 24 1 581",
      "clip 1x2 of 120: 581 0.25",
      "adam 5x2 of 120: 581 1 1000",
      // 5 sequences are 2 groups of 4; nothing is kept for a way back.
      "forward 1x2 of 40: 8 7 8 581 0",
      "predict 1x2 of 40: 8 7 8 1 581",
    ]);
  });

  test("divides many sequences among workgroups, and models among chunks that fit the memory", async () => {
    const forward = () => calls().filter((line) => line.startsWith("forward"));
    await train(await open(), 3, { hidden: 48 });
    expect(forward()[0]).toMatch(/^forward 2x3 of 144: 8 10 24 /);
    opened!.dispose();
    rmSync(log);
    const results = await train(await open({ MEMORY: 400_000 }), 5);
    expect(results.every((result) => !(result instanceof Error))).toBe(true);
    expect(forward().map((line) => line.slice(0, 12))).toEqual(
      ["forward 1x2 ", "forward 1x2 ", "forward 1x1 "].flatMap((line) => [line, line]),
    );
  });

  test("serves two devices of one process in turn", async () => {
    const first = await open({}, 0);
    const second = await open({}, 1);
    for (const backend of [first, second, first]) {
      const results = await train(backend);
      expect(results.filter((result) => result instanceof Error)).toEqual([]);
    }
    first.dispose();
    expect((await train(second))[0]).not.toBeInstanceOf(Error);
  });

  test("gives all memory back", async () => {
    const backend = await open();
    await train(backend);
    const model = (await train(backend))[0] as TrainedModel;
    await backend.predict([{ model, x: dataset.x, sequences: 21, steps: 10 }], (_, result) =>
      expect(result).toHaveLength(21 * 10 * 2),
    );
    expect(model.parameters).toHaveLength(parameterCount(model.shape));
    opened = undefined;
    backend.dispose();
    expect(calls().at(-1)).toBe("cuDevicePrimaryCtxRelease device 0, 0 bytes in use");
  });
});

describe.skipIf(library === null)("the CUDA driver says what is wrong", () => {
  const wrong: [string, Settings, string][] = [
    ["no GPU", { DEVICES: 0 }, "CUDA: it has no GPU"],
    [
      "a driver without a device",
      { FAIL: "cuInit=100" },
      "CUDA: the driver answers CUDA_ERROR_NO_DEVICE to cuInit; CUDA_VISIBLE_DEVICES may hide it",
    ],
    [
      "a driver too old for the PTX",
      { VERSION: 9020 },
      "CUDA: the driver speaks CUDA 9.2, and the kernels need 10.0; Update the driver, or use OpenCL.",
    ],
    [
      "a GPU too old for the kernels",
      { COMPUTE: 70 },
      "CUDA: CUDA 12.4, Mock GPU 0 has compute capability 7.0, and the kernels need 7.5",
    ],
    [
      "the toolkit's stub",
      { FAIL: "cuInit=34" },
      "CUDA_ERROR_STUB_LIBRARY to cuInit; That library is the CUDA toolkit's stub: install the driver",
    ],
    [
      "a library of another version than the driver",
      { FAIL: "cuInit=803" },
      "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH to cuInit; Driver and library are of different versions",
    ],
  ];
  test.each(wrong)("of %s", async (_, settings, message) => {
    await expect(open(settings)).rejects.toThrow(message);
  });

  test("of a device number beyond those there are", async () => {
    await expect(open({}, 2)).rejects.toThrow("CUDA: it has 2: no device 2");
  });

  test("of a library that is none, or is broken", async () => {
    const broken = join(folder, "libbroken.so");
    writeFileSync(broken, "not a library");
    const gpu = { driver: "cuda", libraries: { cuda: ["libno-such-cuda.so.1", broken] } } as const;
    await expect(openBackend("gpu", { packages, gpu })).rejects.toThrow(
      /^Cannot open a GPU: no driver found a GPU\n {2}CUDA: libno-such-cuda.so.1: .*No such file.*libbroken.so: .*\n {2}NVIDIA: install its driver/,
    );
  });

  test.each([
    [222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "The driver is too old for the PTX: update the driver"],
    [218, "CUDA_ERROR_INVALID_PTX", "The driver could not translate the PTX: update the driver"],
  ])("of a PTX that the driver refuses with %i", async (code, name, hint) => {
    // At once, so that `auto` can go on to OpenCL or wasm.
    await expect(open({ FAIL: `cuModuleLoadData=${code}` })).rejects.toThrow(
      `the driver answers ${name} to cuModuleLoadData; ${hint}`,
    );
    // And the device is let go of: what comes next may need its memory.
    expect(calls().filter((line) => line.includes("PrimaryCtx"))).toEqual([
      "cuDevicePrimaryCtxRetain device 0",
      "cuDevicePrimaryCtxRelease device 0, 0 bytes in use",
    ]);
    const [result] = await train(await open({ FAIL: `cuModuleLoadData=${code}@2` }), 1);
    expect((result as Error).message).toContain(`the driver answers ${name} to cuModuleLoadData\n  ${hint}`);
  });

  test("of a device that is lost, to every model that it had, and of the next ones it takes", async () => {
    const results = await train(await open({ FAIL: "cuLaunchKernel=719@3" }));
    for (const result of results)
      expect((result as Error).message).toMatch(
        /the driver answers CUDA_ERROR_LAUNCH_FAILED to cuLaunchKernel backward\n {2}The device is lost to this process: run again/,
      );
  });

  test("of memory that one model does not fit into; with more models it tries fewer first", async () => {
    const [result] = await train(await open({ MEMORY: 100_000 }), 1);
    expect((result as Error).message).toMatch(
      /^Cannot use the GPU: the driver answers CUDA_ERROR_OUT_OF_MEMORY to cuMemAlloc of \d+ bytes\n {2}Its memory is too small or taken \(see nvidia-smi\).\n {2}A smaller batchSize would need less memory; `backend: wasm` takes the machine's.$/,
    );
    opened!.dispose();
    // One sequence at a time would not fit either.
    const [still] = await train(await open({ MEMORY: 50_000 }), 1);
    expect((still as Error).message).toMatch(
      /\n {2}Fewer sequences, steps or units would need less memory; /,
    );
    opened!.dispose();
    rmSync(log);
    // Another process took memory between the question and the answer.
    const results = await train(await open({ FAIL: "cuMemAlloc_v2=2@4" }), 4);
    expect(results.every((one) => !(one instanceof Error))).toBe(true);
    expect(
      calls()
        .filter((line) => line.startsWith("forward"))
        .map((line) => line.slice(0, 11)),
    ).toEqual(Array(4).fill("forward 1x2"));
  });

  test("of memory that one prediction does not fit into; with more of them it tries fewer first", async () => {
    const shape = { inputs: 7, hidden: 20, outputs: 2 };
    const model = { shape, parameters: new Float32Array(parameterCount(shape)), losses: new Float64Array(0) };
    const request = { model, x: dataset.x, sequences: 21, steps: 10 };
    async function predict(backend: Backend, count: number) {
      const results: (Float32Array | Error)[] = [];
      await backend.predict(Array(count).fill(request), (index, result) => {
        results[index] = result;
      });
      return results;
    }
    const [none] = await predict(await open({ MEMORY: 20_000 }), 1);
    expect((none as Error).message).toMatch(
      /^Cannot use the GPU: .* CUDA_ERROR_OUT_OF_MEMORY to cuMemAlloc[\s\S]*\n {2}Fewer steps or units would need less memory/,
    );
    opened!.dispose();
    rmSync(log);
    // Counted anew where the setting is another one than that of the test before.
    const results = await predict(await open({ FAIL: "cuMemAlloc_v2=2@3" }), 5);
    expect(results.map((one) => (one as Float32Array).length)).toEqual(Array(5).fill(21 * 10 * 2));
    const launched = calls().filter((line) => line.startsWith("forward"));
    expect(launched.map((line) => line.slice(0, 11))).toEqual(["forward 1x3", "forward 1x2"]);
  });
});

describe.skipIf(library === null)("choosing for a whole run", () => {
  const shape = { inputs: 7, hidden: 20, outputs: 2 };
  const options = {
    packages,
    gpu: { libraries: { cuda: [library!], opencl: ["libno-opencl.so"] } },
    environment: {},
  };

  test.each(["auto", "gpu"] as const)("%s takes every device, and lets go of them", async (choice) => {
    set({ LOG: log });
    expect(await chooseBackend(choice, shape, options)).toEqual({
      backend: "gpu",
      simd: "auto",
      gpus: { driver: "cuda", devices: [0, 1] },
      devices: ["CUDA 12.4, Mock GPU 0", "CUDA 12.4, Mock GPU 1"],
      notes: [],
    });
    expect(calls().filter((line) => line.startsWith("cuDevicePrimaryCtxRelease"))).toEqual([
      "cuDevicePrimaryCtxRelease device 0, 0 bytes in use",
      "cuDevicePrimaryCtxRelease device 1, 0 bytes in use",
    ]);
  });

  test("a device that does not answer is left out, and said", async () => {
    set({ FAIL: "cuDevicePrimaryCtxRetain=46@1" });
    const { gpus, notes } = await chooseBackend("auto", shape, options);
    expect(gpus).toEqual({ driver: "cuda", devices: [1] });
    expect(notes).toEqual([
      expect.stringMatching(/^CUDA: the driver answers .* to cuDevicePrimaryCtxRetain/),
    ]);
  });

  test("auto is wasm where the driver is too old for the PTX, or OpenCL's GPU where it has one", async () => {
    set({ VERSION: 9020 });
    const { backend, notes } = await chooseBackend("auto", shape, options);
    expect(backend).toBe("wasm");
    expect(notes[0]).toBe(
      "CUDA: the driver speaks CUDA 9.2, and the kernels need 10.0; Update the driver, or use OpenCL.",
    );
    expect(notes[1]).toMatch(/^OpenCL: libno-opencl.so: /);
  });

  test("a shape that the kernel cannot serve is wasm for auto, said aloud, and an error for gpu", async () => {
    const large = { ...shape, hidden: 64 };
    const reason = "H=64 is more than the 48 units whose weights fit into its registers";
    const { backend, notes } = await chooseBackend("auto", large, options);
    expect(backend).toBe("wasm");
    expect(notes).toEqual([`CUDA 12.4, Mock GPU 0: ${reason}`]);
    await expect(chooseBackend("gpu", large, options)).rejects.toThrow(
      `Cannot use the backend "gpu": ${reason}\n  Choose another one, or auto.`,
    );
  });
});

test("a driver or device that makes no sense is an error", async () => {
  await expect(openBackend("gpu", { packages, gpu: { driver: "metal" as "cuda" } })).rejects.toThrow(
    'Cannot open a GPU: the driver is "metal", which is not cuda or opencl',
  );
  await expect(openBackend("gpu", { packages, gpu: { device: -1 } })).rejects.toThrow(
    "Cannot open a GPU: the device is -1, which is not a whole number >= 0",
  );
});
