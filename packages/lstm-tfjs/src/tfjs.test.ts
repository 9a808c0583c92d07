/** The tfjs backend against the reference and PyTorch. In plain JavaScript it takes its time: few small cases. */
import { chooseBackend, openBackend } from "@braid/lstm";
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
import { expect, test } from "vitest";
import { loadTensorFlow } from "./load.ts";
import { tfjsStack } from "./stack.ts";

const packages = { tfjs: () => import("./index.ts") };
const loaded = await loadTensorFlow();

testEquivalence({
  ...{ ...float32, title: `tfjs (${loaded.device})`, probe: stackProbe(tfjsStack(loaded)), longest: 60 },
  ...{ runs: 12, hidden: upTo(12), sequences: upTo(6), steps: upTo(8) },
});

const backend = await openBackend("tfjs", { packages });
testTraining(backend);
testUnits(backend);
testDistribution(backend);
testProtocol(backend, { losses: 1e-5, parameters: 1e-4 });

test("a run's choice of tfjs says which package it is, and why not a better one", async () => {
  const { devices, notes } = await chooseBackend("tfjs", null, { packages });
  expect(devices).toEqual([expect.stringMatching(/^@tensorflow\/tfjs(-node|-node-gpu)? 4\./)]);
  for (const note of notes) expect(note).toMatch(/^@tensorflow\/tfjs-node(-gpu)?: /);
});
