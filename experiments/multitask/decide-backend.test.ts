import { expect, test } from "vitest";
import { decideBackend } from "./decide-backend.ts";
import type { ResolvedExperiment } from "./resolve.ts";

const experiment = {
  backend: "auto",
  simd: "auto",
  gpus: null,
  prepare: { drivers: ["prcp_mm", "tmax_c"], variables: ["discharge_cms"] },
  training: { hidden: 20 },
} as unknown as ResolvedExperiment;

const ahead = { jobs: new Map([["train_model", 3]]), remote: false };
const noGpu = {
  gpu: { libraries: { cuda: ["libno-cuda.so"], opencl: ["libno-opencl.so"] } },
  environment: {},
};

test("a run without a GPU trains on wasm, and says why not on the GPU", async () => {
  const decision = await decideBackend(experiment, ahead, noGpu);
  expect(decision!.resolved).toMatchObject({ backend: "wasm", simd: "relaxed", gpus: null });
  expect(decision!.resources).toBeUndefined();
  expect(decision!.said).toEqual([
    "Backend wasm (wasm simd128+relaxed).",
    expect.stringMatching(/^ {2}Passed over: CUDA: libno-cuda.so: /),
    expect.stringMatching(/^ {2}Passed over: OpenCL: libno-opencl.so: /),
  ]);
});

test("inside a GPU allocation a missing GPU ends the run", async () => {
  const allocated = { ...noGpu, environment: { SLURM_JOB_GPUS: "2" } };
  await expect(decideBackend(experiment, ahead, allocated)).rejects.toThrow(
    'Cannot open the backend "auto": SLURM_JOB_GPUS says that a GPU is allocated, and none answers',
  );
});

test("where nothing is trained or predicted, no driver is asked", async () => {
  const jobs = new Map([["combine_metrics", 1]]);
  expect(await decideBackend({ ...experiment, backend: "gpu" }, { jobs, remote: false }, noGpu)).toBeNull();
});

test("where jobs run on other machines, those decide, not the one that plans", async () => {
  const decision = await decideBackend(experiment, { ...ahead, remote: true }, noGpu);
  expect(decision).toEqual({
    resolved: experiment,
    said: [
      "Backend auto: a task that its queue gave a GPU trains on it, any other one on wasm; --backend gpu books one for each.",
    ],
  });
});
