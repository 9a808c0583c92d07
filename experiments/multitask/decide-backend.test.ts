import type { Rules } from "braid-engine";
import { expect, test } from "vitest";
import { Config } from "./config.ts";
import { decideBackend } from "./decide-backend.ts";
import { type ResolvedExperiment, resolveConfig } from "./resolve.ts";
import { madeUpData } from "./testing/made-up-data.ts";
import workflow from "./workflow.ts";

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

test("predictions of another period, at ungauged sites or in a split need a backend too, and each split gets it", async () => {
  const splits = [experiment, experiment];
  for (const rule of ["predict_period", "predict_ungauged", "train_model.1", "predict_period.late"]) {
    const jobs = new Map([[rule, 1]]);
    const decision = await decideBackend({ ...experiment, splits }, { jobs, remote: false }, noGpu);
    expect(decision!.resolved.backend).toBe("wasm");
    expect(decision!.resolved.splits!.map(({ backend }) => backend)).toEqual(["wasm", "wasm"]);
  }
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

test("what is decided enters no recipe: threads, which get it, have the rules that were planned", async () => {
  const planned = await resolveConfig(
    Config.parse({
      data: madeUpData(),
      experiments: {
        expA: {
          ...{ sites: "all", factors: [0, 1], seeds: "0..1", evaluate: ["validation", "test"] },
          ...{ primary: "discharge_cms", auxiliary: ["temp_c"], drivers: ["prcp_mm", "tmax_c"] },
          partitions: {
            train: "2000-10-01..2002-09-30",
            validation: "2002-10-01..2003-03-31",
            test: "2003-04-01..2003-09-30",
          },
          training: { epochs: 1, learningRate: 0.01 },
        },
      },
    }),
  );
  const { resolved } = (await decideBackend(planned, ahead, noGpu))!;
  expect(resolved.backend).not.toBe(planned.backend);
  const onGpu = {
    ...resolved,
    backend: "gpu",
    gpus: { kind: "opencl", devices: [] },
  } as unknown as ResolvedExperiment;
  const tracked = (experiment: ResolvedExperiment) =>
    Object.entries(workflow.rules(experiment) as Rules).map(([name, { params = {} }]) => [
      name,
      Object.entries(params).filter(([, value]) => (value as { kind?: string } | null)?.kind !== "untracked"),
    ]);
  expect(tracked(resolved)).toEqual(tracked(planned));
  expect(tracked(onGpu)).toEqual(tracked(planned));
});
