/**
 * Scores of models that were never trained: as many lines as experiment A has, to see what a page over them
 * weighs. Sites differ most, seeds least; small factors help a little at some sites, large ones harm.
 */
import { writeFileSync } from "node:fs";

export interface Size {
  readonly sites: readonly string[];
  readonly factors: readonly number[];
  readonly seeds: readonly number[];
  readonly partitions: readonly string[];
}

/** In the order of the real file; those of discharge alone are empty for other variables. */
const scores = [
  ...["rmse", "nse", "kge", "r", "alpha", "beta", "mean_bias", "n_top", "rmse_top", "bias_top"],
  ...["n_bottom", "rmse_bottom", "bias_bottom", "fhv", "flv", "log_nse", "n_negative"],
];
const flowScores = [
  ...["pbias", "fms", "peak_timing", "peak_mape", "missed_peaks", "bfi_observed", "bfi_predicted"],
  ...["recession_observed", "recession_predicted", "fdc_slope_observed", "fdc_slope_predicted"],
];
const columns = [...scores, ...flowScores];
const ofDischarge = new Set(["kge", "beta", "fhv", "flv", "log_nse", "n_negative", ...flowScores]);

/** Writes a file in the form of overall_metrics.csv; returns the number of its models. */
export function writeSimulatedScores(file: string, { sites, factors, seeds, partitions }: Size): number {
  const chance = generator(1);
  const normal = () => Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
  const lines = [`experiment,site_id,factor,seed,partition,variable,trained,backend,n_obs,${columns.join()}`];
  for (const site of sites) {
    const level = 0.55 + 0.2 * normal();
    const help = Math.max(0, 0.03 * normal());
    for (const factor of factors)
      for (const seed of seeds)
        for (const partition of partitions) {
          const gain = factor === 0 ? 0 : help - 0.02 * Math.log10(factor) ** 2;
          const nse = level + gain + 0.03 * normal();
          for (const variable of ["discharge_cms", "temp_c"]) {
            const flow = variable === "discharge_cms";
            const trained = flow || factor > 0;
            const value = flow ? nse : 0.95 + 0.01 * normal();
            const rmse = 5 * Math.sqrt(Math.max(0.01, 1 - value));
            const values: Readonly<Record<string, number>> = {
              ...{ rmse, nse: value, kge: value - 0.05, r: Math.sqrt(Math.max(0, value)), alpha: 0.9 },
              ...{ beta: 1.02, mean_bias: 0.1 * normal(), n_top: 36, rmse_top: 2 * rmse, bias_top: -rmse },
              ...{ n_bottom: 36, rmse_bottom: rmse / 2, bias_bottom: rmse / 3, fhv: -12, flv: 8 },
              ...{ log_nse: value - 0.1, n_negative: 0, pbias: 3 * normal(), fms: 10 * normal() },
              ...{ peak_timing: chance(), peak_mape: 40 * (1 - value), missed_peaks: chance() },
              ...{
                bfi_observed: 0.6,
                bfi_predicted: 0.7,
                recession_observed: 0.1,
                recession_predicted: 0.08,
              },
              ...{ fdc_slope_observed: 2, fdc_slope_predicted: 1.8 },
            };
            const texts = columns.map((name) =>
              trained && (flow || !ofDischarge.has(name)) ? values[name]!.toPrecision(6) : "",
            );
            const keys = [site, factor, seed, partition, variable, trained ? "yes" : "no"];
            lines.push(`expA,${keys.join()},simulated,365,${texts.join()}`);
          }
        }
  }
  writeFileSync(file, `${lines.join("\n")}\n`);
  return sites.length * factors.length * seeds.length;
}

/** Uniform numbers in [0, 1): mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
