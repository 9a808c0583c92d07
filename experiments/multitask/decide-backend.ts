/**
 * What trains in this run, decided once: by looking at this machine, or, where jobs run on others, left to them.
 */

import { type ChooseOptions, type ChosenBackend, chooseBackend } from "@braid/lstm";
import type { Decision, RunAhead } from "braid-engine";
import { packages } from "./backends.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { told } from "./steps/batch.ts";

/** The rules whose bodies train or predict. */
const computing = ["train_model", "make_predictions", "predict_period", "predict_ungauged"];

/** The experiment with its backend settled; null if no job of this run needs one. Throws if it cannot be had. */
export async function decideBackend(
  experiment: ResolvedExperiment,
  { jobs, remote }: RunAhead,
  options: ChooseOptions = {},
): Promise<Decision<ResolvedExperiment> | null> {
  // In a split, a rule has the split's name behind its own.
  if (![...jobs.keys()].some((rule) => computing.includes(rule.split(".")[0]!))) return null;
  const { backend, simd, prepare, units, training } = experiment;
  if (remote) return { resolved: experiment, said: [elsewhere[backend]] };
  const shape = {
    inputs: prepare.drivers.length + (units?.attributes.length ?? 0),
    hidden: training.hidden,
    outputs: prepare.variables.length,
  };
  const chosen = await chooseBackend(backend, shape, { packages, simd, ...options }).catch((error) => {
    throw told(error);
  });
  const { gpus } = chosen;
  const settled = { backend: chosen.backend, simd: chosen.simd, gpus };
  const splits = experiment.splits?.map((split) => ({ ...split, ...settled }));
  return {
    resolved: { ...experiment, ...settled, ...(splits === undefined ? {} : { splits }) },
    said: saidOf(chosen),
    ...(gpus === null ? {} : { resources: { gpu: gpus.devices.length } }),
  };
}

/** On a cluster the machine that plans is not the one that trains. */
const elsewhere: Readonly<Record<ResolvedExperiment["backend"], string>> = {
  auto: "Backend auto: a task that its queue gave a GPU trains on it, any other one on wasm; --backend gpu books one for each.",
  gpu: "Backend gpu: each task books a GPU of the machine it runs on.",
  wasm: "Backend wasm, on the machines where the tasks run.",
  native: "Backend native, on the machines where the tasks run.",
  tfjs: "Backend tfjs, on the machines where the tasks run.",
  reference: "Backend reference, on the machines where the tasks run.",
};

function saidOf({ backend, devices, notes }: ChosenBackend): string[] {
  const what = devices.length === 0 ? "" : ` (${devices.join("; ")})`;
  return [`Backend ${backend}${what}.`, ...notes.map((note) => `  Passed over: ${note}`)];
}
