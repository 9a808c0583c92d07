/**
 * The graph of the USGS blog "Large, parallel deep learning experiments using Snakemake" (2022-04-19), for
 * engines that want every job written out: 101 sites x 9 factors x 30 seeds are 81,913 jobs with `all`.
 */

/** How many sites, factors and seeds. */
export interface Scale {
  readonly sites: number;
  readonly factors: number;
  readonly seeds: number;
}

export const fullScale: Scale = { sites: 101, factors: 9, seeds: 30 };

const factors = [0, 1, 5, 10, 20, 40, 80, 160, 320];

/** The values of the wildcards. */
export function values(scale: Scale): { sites: string[]; factors: number[]; seeds: number[] } {
  return {
    sites: Array.from({ length: scale.sites }, (_, i) => String(1_013_500 + 37 * i).padStart(8, "0")),
    factors: factors.slice(0, scale.factors),
    seeds: Array.from({ length: scale.seeds }, (_, i) => i),
  };
}

/** Jobs of the graph, `all` among them. */
export function jobCount({ sites, factors, seeds }: Scale): number {
  return sites * (1 + 3 * factors * seeds) + 2;
}

export const sources = ["obs_file.csv", "input_file.csv"] as const;
const target = "expA/overall_metrics.csv";

/** One job that makes one file. */
export interface FileJob {
  readonly rule: string;
  readonly output: string;
  readonly inputs: readonly string[];
}

/** Every job that makes a file, each after those that it needs. */
export function* fileJobs(scale: Scale): Generator<FileJob> {
  const { sites, factors, seeds } = values(scale);
  const [observations] = sources;
  const gathered: string[] = [];
  for (const site of sites) {
    const prepared = `expA/site_id_${site}/prepped_data.npz`;
    yield { rule: "prep_io_data", output: prepared, inputs: sources };
    for (const factor of factors)
      for (const seed of seeds) {
        const folder = `expA/site_id_${site}/factor_${factor}/rand_seed_${seed}`;
        const model = `${folder}/trained_model`;
        const preds = `${folder}/validation_preds.csv`;
        const metrics = `${folder}/validation_metrics.csv`;
        yield { rule: "train_model", output: model, inputs: [prepared] };
        yield { rule: "make_predictions", output: preds, inputs: [prepared, model] };
        yield { rule: "evaluate_predictions", output: metrics, inputs: [observations, preds] };
        gathered.push(metrics);
      }
  }
  yield { rule: "combine_metrics", output: target, inputs: gathered };
}

/** Outputs of every `step`-th model, and the target: when they are removed, the plan must make all of them again. */
export function* missingFiles(scale: Scale, step: number): Generator<string> {
  let models = 0;
  let wanted = false;
  for (const { rule, output } of fileJobs(scale)) {
    if (rule === "train_model") wanted = ++models % step === 0;
    if (rule === "combine_metrics" || (wanted && rule !== "prep_io_data")) yield output;
  }
}
