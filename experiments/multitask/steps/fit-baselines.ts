/**
 * fit_baselines: scores of climatology and of a ridge regression at one site, learnt from its train days and scored on
 * the same days and by the same functions as the models.
 */
import { readFile } from "node:fs/promises";
import type { Day } from "@braid/data/tables";
import { climatology } from "../baselines/climatology.ts";
import { daysOfSite, type SiteDays } from "../baselines/days.ts";
import { ridge } from "../baselines/ridge.ts";
import { noScores, score, scoreNames } from "../metrics.ts";
import { scaleAlone } from "../sequences/pool.ts";
import { decodePrepared } from "../sequences/prepared.ts";
import { unscaled } from "../sequences/scaling.ts";
import { writeTable } from "../statistics/tables.ts";
import { type TruthParams, truthOf } from "./truth.ts";

export interface BaselineParams extends TruthParams {
  readonly evaluate: readonly string[];
  /** For the data of a site of a unit, which are not scaled yet: the variables taken as logarithms. */
  readonly unscaled?: { readonly logarithms: readonly string[] };
}

interface BaselineJob {
  readonly input: { readonly observations: string; readonly prepared: string };
  readonly output: string;
  readonly wildcards: { readonly site_id: string };
  readonly params: BaselineParams;
}

/** Predicts a day in scaled units, from the site's days and which of its variables it is. */
type Baseline = (days: SiteDays, v: number) => (day: Day) => number;

/** The baselines by name, in the order of the tables. */
export const baselines: Readonly<Record<string, Baseline>> = {
  climatology: ({ observed }, v) => climatology(observed[v]!.days, observed[v]!.values),
  ridge: ({ drivers, observed }, v) => ridge(drivers, observed[v]!.days, observed[v]!.values).predict,
};

/** The columns of a site's table: a line per baseline, partition and variable. */
export const baselineColumns = [
  "site_id",
  "baseline",
  "partition",
  "variable",
  "n_obs",
  ...scoreNames,
] as const;

/** Fits and scores the baselines of a site; a variable that was never observed in train has no scores. */
export async function fitBaselines({ input, output, wildcards, params }: BaselineJob): Promise<void> {
  const { site_id } = wildcards;
  const read = decodePrepared(await readFile(input.prepared), input.prepared);
  const prepared = params.unscaled === undefined ? read : scaleAlone(read, params.unscaled.logarithms);
  const days = daysOfSite(prepared);
  const rows = [];
  for (const [baseline, fit] of Object.entries(baselines))
    for (const [v, variable] of params.variables.entries()) {
      const known = days.observed[v]!.days.length > 0;
      const predict = known ? fit(days, v) : null;
      for (const partition of params.evaluate) {
        const truth = (await truthOf(input.observations, site_id, partition, params))[v]!;
        const predicted =
          predict === null
            ? null
            : Float64Array.from(truth.days, (day) => unscaled(predict(day), prepared.y[v]!));
        const scores = predicted === null ? noScores : score(truth.values, predicted, truth.epsilon);
        rows.push({ site_id, baseline, partition, variable, n_obs: truth.days.length, ...scores });
      }
    }
  await writeTable(output, baselineColumns, rows);
}
