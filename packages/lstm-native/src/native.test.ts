/** The native backend against the reference and PyTorch, in a library compiled for this test. */
import { openBackend } from "@braid/lstm";
import { kernelProbe } from "@braid/lstm/testing";
import {
  float32,
  testDistribution,
  testEquivalence,
  testMemory,
  testProtocol,
  testTraining,
  testUnits,
} from "@braid/lstm/testing/suites";
import { test } from "vitest";
import { nativeKernel } from "./kernel.ts";
import { compileForTests } from "./testing/compile-for-tests.ts";

const library = await compileForTests();
if (library === null) test.skip("needs a C compiler", () => {});
else {
  const backend = await openBackend("native", { packages: { native: () => import("./index.ts") } });
  testEquivalence({ ...float32, title: "native", probe: kernelProbe(await nativeKernel(library)) });
  testTraining(backend);
  testUnits(backend);
  testDistribution(backend);
  testProtocol(backend, { losses: 1e-5, parameters: 1e-4 });
  testMemory({ name: "native", most: "64 GB", hidden: 70_000, open: () => nativeKernel(library) });
}
