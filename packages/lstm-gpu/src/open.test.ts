import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openBackend, survey } from "@braid/lstm";
import { describe, expect, test } from "vitest";

test("two threads may open the same driver at once", async () => {
  const program = fileURLToPath(new URL("testing/open-in-threads.ts", import.meta.url));
  for (let i = 0; i < 4; i++) {
    const { stdout } = await promisify(execFile)(process.execPath, [program]);
    expect(stdout).toBe("both ended\n");
  }
});

const packages = { gpu: () => import("./index.ts") };
const noGpu = {
  packages,
  gpu: { libraries: { cuda: ["libno-cuda.so"], opencl: ["libno-opencl.so"] } },
  environment: {},
};

describe("auto, where no GPU answers", () => {
  test("takes wasm and says why not the GPU", async () => {
    const { name, notes } = await openBackend("auto", noGpu);
    expect(name).toBe("wasm");
    expect(notes[0]).toMatch(/^CUDA: libno-cuda.so: .*cannot open shared object file/);
    expect(notes[1]).toMatch(/^OpenCL: libno-opencl.so: /);
  });

  test.each([
    ["SLURM_JOB_GPUS", "3"],
    ["CUDA_VISIBLE_DEVICES", "GPU-1f6a,GPU-93bd"],
  ])("is an error inside an allocation that %s tells of", async (name, value) => {
    const allocated = { ...noGpu, environment: { [name]: value } };
    const message = `Cannot open the backend "auto": ${name} says that a GPU is allocated, and none answers\n  CUDA: libno-cuda.so`;
    await expect(openBackend("auto", allocated)).rejects.toThrow(message);
    const found = await survey(packages, () => openBackend("auto", allocated));
    expect(found.at(-1)).toMatchObject({ found: false, name: "auto" });
    expect(found.at(-1)!.text).toContain(`${name} says that a GPU is allocated, and none answers`);
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
    const { name, notes } = await openBackend("auto", { packages, gpu, environment: {} });
    if (name !== "gpu") expect(notes[0]).toMatch(/^OpenCL: /);
    expect(notes.join()).not.toMatch(/^pthread/);
  });
});

test("a survey says of each driver whether it is there", async () => {
  const found = await survey(packages, () => openBackend("auto", { packages, environment: {} }));
  expect(found.map(({ name }) => name)).toEqual(["SIMD", "CUDA", "OpenCL", "auto"]);
  expect(found.at(-1)!.text).toMatch(/^would train on (wasm|gpu) \(/);
  for (const { text } of found) expect(text).not.toContain("\n");
});
