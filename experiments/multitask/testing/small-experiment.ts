/** For tests: an experiment on the synthetic data that is trained in a moment. */
import { run } from "braid-engine/run";
import { Config } from "../config.ts";
import { answerSource } from "../judging-rules.ts";
import { type ResolvedExperiment, resolveConfig } from "../resolve.ts";
import { answer } from "../statistics/answer.ts";
import workflow from "../workflow.ts";

/** The experiment as a config file has it: two sites, two factors, two seeds. */
export const smallExperiment = {
  sites: "all",
  factors: [0, 1],
  seeds: "0..1",
  primary: "discharge_cms",
  auxiliary: ["temp_c"],
  drivers: ["prcp_mm", "tmax_c"],
  partitions: {
    train: "2000-10-01..2002-09-30",
    validation: "2002-10-01..2003-03-31",
    test: "2003-04-01..2003-09-30",
  },
  sequence: { length: 200, warmup: 30 },
  model: { hidden: 3 },
  training: { epochs: 2, learningRate: 0.01 },
  backend: "reference",
};

type Changes = Readonly<Record<string, unknown>>;

/** It with some `changes`, as expA on the tables in the folder `data`. */
export function resolveSmall(changes: Changes, data: string): Promise<ResolvedExperiment> {
  return resolveConfig(Config.parse({ data, experiments: { expA: { ...smallExperiment, ...changes } } }));
}

/** Its statistics on the tables in `data`, with `settings` that each call may change. */
export function smallStatistics(settings: Changes, data: string) {
  const resolved = (changes: Changes = {}) => resolveSmall({ ...settings, ...changes }, data);
  return {
    resolved,
    /** Runs the target `statistics`. */
    async statistics(folder: string, changes: Changes = {}) {
      const rules = workflow.rules(await resolved(changes));
      return run({ rules, folder, targets: ["statistics"], slots: 2 });
    },
    async answerOf(folder: string, drawn: boolean, changes: Changes = {}) {
      return answer(answerSource(await resolved(changes)), folder, drawn);
    },
  };
}
