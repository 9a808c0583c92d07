/**
 * The gpu backend against the reference and PyTorch, on a GPU or on a processor in its place: the same path through
 * OpenCL. Without either it is skipped aloud; in CI that is an error.
 */
import { openBackend } from "@braid/lstm";
import { stackProbe } from "@braid/lstm/testing";
import {
  float32,
  testDistribution,
  testEquivalence,
  testProtocol,
  testTraining,
  testUnits,
  upTo,
} from "@braid/lstm/testing/suites";
import fc from "fast-check";
import { test } from "vitest";
import { openGpu } from "./open.ts";
import { gpuStack } from "./stack.ts";

const opened = await openGpu({ processors: true }).catch((error: Error) => {
  if (process.env.CI !== undefined) throw error;
  console.warn(`Skipped the tests of gpu: ${error.message}`);
});
if (opened === undefined) test.skip("needs a GPU, or a processor behind OpenCL", () => {});
else {
  const { driver } = opened;
  // An OpenCL driver compiles each build and each size of workgroup anew, a second or so each: two builds, few cases.
  const hidden = fc.oneof(fc.integer({ min: 17, max: 20 }), upTo(8), fc.constant(64));
  const probe = stackProbe(gpuStack(driver));
  testEquivalence({ ...float32, title: `gpu (${driver.device})`, probe, runs: 25, hidden });

  const packages = { gpu: () => import("./index.ts") };
  const backend = await openBackend("gpu", { packages, gpu: { processors: true } });
  testTraining(backend);
  testUnits(backend);
  testDistribution(backend);
  testProtocol(backend, { losses: 1e-5, parameters: 1e-4 });
}
