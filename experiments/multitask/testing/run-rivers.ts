/** For tests: experiments on the rivers of `caseFolder` that are trained in a moment, and run in this process. */
import { type RunEvent, run, type Summary } from "braid-engine/run";
import { Config } from "../config.ts";
import { type ResolvedExperiment, resolveConfig } from "../resolve.ts";
import { baseOf } from "../variants.ts";
import workflow from "../workflow.ts";

/** Keys of an experiment on these rivers; it lacks seeds. */
export const rivers = {
  sites: "all",
  factors: [0, 1],
  primary: "discharge_cms",
  auxiliary: ["temp_c"],
  drivers: ["prcp_mm", "tmin_c", "tmax_c"],
  partitions: {
    train: "2015-10-01..2016-09-30",
    validation: "2016-10-01..2017-09-30",
    test: "2017-10-01..2018-09-30",
  },
  evaluate: ["validation", "test"],
  model: { hidden: 2 },
  backend: "reference",
};

/** The same with short windows, and enough seeds for tests over seeds. */
export const sixSeeds = {
  ...rivers,
  seeds: "0..5",
  sequence: { length: 100, warmup: 10 },
  training: { epochs: 2, learningRate: 0.01 },
  statistics: { permutations: 99, resamples: 100 },
};

export type Changes = Readonly<Record<string, unknown>>;

/** The experiment or variant `name` with the keys `entry`, some of which a test may change. */
export function experimentOf(name: string, entry: object) {
  const resolved = (data: string, changes: Changes = {}): Promise<ResolvedExperiment> => {
    const experiments = { [baseOf(name)]: { ...entry, ...changes } };
    return resolveConfig(Config.parse({ data, experiment: name, experiments }));
  };
  const runIn = (folder: string, data: string, changes: Changes = {}, targets: readonly string[] = []) =>
    runRivers(folder, () => resolved(data, changes), { targets: [...targets], keepGoing: true });
  return { resolved, runIn };
}

/** Runs an experiment in its folder, as the command does. */
export async function runRivers(
  folder: string,
  resolving: () => Promise<ResolvedExperiment>,
  options: { readonly targets?: string[]; readonly keepGoing?: boolean },
): Promise<{ readonly summary: Summary; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  const emit = (event: RunEvent) => {
    if (event.kind === "warning") warnings.push(event.text);
  };
  const before = process.cwd();
  process.chdir(folder);
  try {
    const rules = workflow.rules(await resolving());
    return { summary: await run({ rules, folder, slots: 2, emit, ...options }), warnings };
  } finally {
    process.chdir(before);
  }
}
