/**
 * ensemble_predictions: the mean over seeds of what the models of a site and factor predict, scored like a model.
 *
 * Beside predictions and scores it leaves, for the observed days of the primary, what is needed to ask on which
 * days a factor gains: the ensemble's value, and the squared error of a model, averaged over seeds.
 */
import { writeFile } from "node:fs/promises";
import { type Day, formatDay } from "@braid/data/tables";
import { cannot } from "braid-engine";
import { compact, field, line } from "../csv.ts";
import { refuseMixing } from "./backend.ts";
import { type BatchOf, groupBy } from "./batch.ts";
import type { EvaluateParams } from "./evaluate-predictions.ts";
import { metricsTable, undefinedScores } from "./metrics-table.ts";
import { type Member, readMembers } from "./packed/members.ts";
import type { Predictions } from "./predictions.ts";
import { predictedOn, type Truth, truthOf } from "./truth.ts";

export interface EnsembleParams extends EvaluateParams {
  readonly mixBackends: boolean;
}

interface EnsembleJob {
  readonly input: { readonly observations: string; readonly predictions: readonly string[] };
  readonly output: { readonly predictions: string; readonly metrics: string; readonly days: string };
  readonly wildcards: { readonly site_id: string; readonly factor: string; readonly partition: string };
  readonly params: EnsembleParams;
}

type Jobs = BatchOf<EnsembleJob>;

/** What stands in the column `seed` of an ensemble's scores. */
export const ensembleSeed = "ensemble";

/** The columns of the file of days. */
export const dayColumns = ["date", "observed", "predicted", "squared_error"] as const;

/** Averages and scores the ensembles of a batch; observations of a site and partition are laid out once. */
export async function ensemblePredictions(batch: Jobs): Promise<void> {
  for (const jobs of groupBy(
    batch,
    ({ wildcards }) => `${wildcards.site_id}/${wildcards.partition}`,
  ).values()) {
    try {
      const { input, params, wildcards } = jobs[0]!;
      const truth = await truthOf(input.observations, wildcards.site_id, wildcards.partition, params);
      for (const job of jobs) await averageOne(job, truth);
    } catch (error) {
      for (const job of jobs) job.fail(error);
    }
  }
}

async function averageOne(job: Jobs[number], truth: readonly Truth[]): Promise<void> {
  try {
    const { input, output, params, wildcards } = job;
    const members = await readMembers(input.predictions, params.variables);
    for (const { name, backend } of members)
      refuseMixing("average", name, backend, members[0]!.backend, params.mixBackends);
    const mean = meanOf(members, params.variables);
    const keys = { experiment: params.experiment, ...wildcards, seed: ensembleSeed };
    await writeFile(output.predictions, predictionTable(wildcards.site_id, params.variables, mean));
    const empty = undefinedScores();
    await writeFile(output.metrics, metricsTable(keys, truth, output.predictions, mean, params.loss, empty));
    for (const text of empty.lines()) job.log(text);
    await writeFile(output.days, dayTable(members, mean, truth[0]!));
    job.done();
  } catch (error) {
    job.fail(error);
  }
}

/** The mean of the members' values by variable and day; null where a head was never trained. */
function meanOf(members: readonly Member[], variables: readonly string[]): Predictions {
  const byVariable = variables.map((variable): [string, Map<Day, number> | null] => {
    const series = members.map((member) => member.byVariable[variable]!);
    if (series.some((one) => one === null)) return [variable, null];
    const mean = new Map<Day, number>();
    for (const day of series[0]!.keys()) {
      let sum = 0;
      for (const [i, one] of series.entries()) {
        const value = one!.get(day);
        if (value === undefined || one!.size !== series[0]!.size)
          throw cannot("average", members[i]!.name, `it is not of the same days as "${members[0]!.name}"`, {
            facts: [["a day of one alone", formatDay(day)]],
            hint: "Make the predictions again: they are of other dates than this config's partition.",
          });
        sum += value;
      }
      mean.set(day, sum / series.length);
    }
    return [variable, mean];
  });
  return { byVariable: Object.fromEntries(byVariable), backend: members[0]!.backend };
}

function predictionTable(
  site: string,
  variables: readonly string[],
  { byVariable, backend }: Predictions,
): string {
  let text = line(["site_id", "date", ...variables, "backend"]);
  // The primary is always trained: its days are those of the file.
  for (const day of byVariable[variables[0]!]!.keys()) {
    const values = variables.map((variable) => {
      const value = byVariable[variable]?.get(day);
      return value === undefined ? "" : compact(value);
    });
    text += `${field(site)},${formatDay(day)},${values.join(",")},${backend}\n`;
  }
  return text;
}

function dayTable(members: readonly Member[], mean: Predictions, truth: Truth): string {
  const { variable, days, values } = truth;
  const ensemble = predictedOn(members[0]!.name, truth, mean.byVariable[variable]!);
  const errors = new Float64Array(days.length);
  for (const member of members) {
    const predicted = predictedOn(member.name, truth, member.byVariable[variable]!);
    for (let d = 0; d < days.length; d++) errors[d]! += (predicted[d]! - values[d]!) ** 2 / members.length;
  }
  let text = line(dayColumns);
  days.forEach((day, d) => {
    text += `${formatDay(day)},${values[d]},${compact(ensemble[d]!)},${compact(errors[d]!)}\n`;
  });
  return text;
}
