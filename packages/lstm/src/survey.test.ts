import { expect, test } from "vitest";
import { openBackend, survey } from "./index.ts";

test("a survey says of each way to train whether it is there, and what auto takes", async () => {
  const found = await survey((choice) => openBackend(choice, { environment: {} }));
  expect(found.map(({ name }) => name)).toEqual([
    "SIMD",
    "native",
    "CUDA",
    "OpenCL",
    "TensorFlow.js",
    "auto",
  ]);
  const texts = Object.fromEntries(found.map(({ name, text }) => [name, text]));
  expect(texts.SIMD).toMatch(/SIMD/);
  expect(texts["TensorFlow.js"]).toMatch(/^@tensorflow\/tfjs.* \d+\.\d+\.\d+, /);
  expect(texts.auto).toMatch(/^would train on (wasm|gpu) \(/);
  for (const { text } of found) expect(text).not.toContain("\n");
});

test("a GPU that was allocated and does not answer is what the survey says of auto", async () => {
  const libraries = { cuda: ["libno-cuda.so"], opencl: ["libno-opencl.so"] };
  const found = await survey((choice) =>
    openBackend(choice, { gpu: { libraries }, environment: { SLURM_JOB_GPUS: "0" } }),
  );
  expect(found.at(-1)).toMatchObject({ found: false, name: "auto" });
  expect(found.at(-1)!.text).toContain("SLURM_JOB_GPUS says that a GPU is allocated, and none answers");
});
