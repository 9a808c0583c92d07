/**
 * evaluate_predictions: scores of one model on one partition, a line per variable.
 *
 * The observations are read from the source itself, not from the prepared data, so that the score of a model
 * rests on nothing that its preparation did; masking is the one function that both share. Each process
 * indexes the file once and reads of it the bytes of the sites it scores: never the whole file per job.
 */
import { writeFile } from "node:fs/promises";
import { cannot } from "@braid/engine";
import { line } from "../csv.ts";
import { noScores, type Scores, score, scoreNames } from "../metrics.ts";
import { type Day, formatDay } from "../reading/dates.ts";
import { observationsOf, observed } from "../reading/observations.ts";
import { rowsByDay } from "../reading/rows-by-day.ts";
import { type DateRange, daysOf, type Partitions } from "../sequences/partitions.ts";
import { type BatchOf, groupBy } from "./batch.ts";
import { readPredictions } from "./predictions.ts";

export interface EvaluateParams {
  readonly experiment: string;
  /** The primary first. */
  readonly variables: readonly string[];
  readonly discharge: readonly string[];
  readonly partitions: Partitions;
  readonly mask: readonly string[];
  readonly loss: "rmse" | "nnse";
}

interface EvaluateJob {
  readonly input: { readonly observations: string; readonly predictions: string };
  readonly output: string;
  readonly wildcards: {
    readonly site_id: string;
    readonly factor: string;
    readonly seed: string;
    readonly partition: string;
  };
  readonly params: EvaluateParams;
}

type Jobs = BatchOf<EvaluateJob>;

/** The columns of a metrics file. */
export const metricsColumns = [
  "experiment",
  "site_id",
  "factor",
  "seed",
  "partition",
  "variable",
  /** yes; no: the head saw no gradient, and its scores are empty; probe: it did, on a trunk of the primary alone. */
  "trained",
  "backend",
  "n_obs",
  ...scoreNames,
] as const;

/** Scores the predictions of a batch; the observations of a site and partition are laid out once. */
export async function evaluatePredictions(batch: Jobs): Promise<void> {
  for (const jobs of groupBy(
    batch,
    ({ wildcards }) => `${wildcards.site_id}/${wildcards.partition}`,
  ).values()) {
    try {
      const { input, params, wildcards } = jobs[0]!;
      const truth = await truthOf(input.observations, wildcards.site_id, wildcards.partition, params);
      await Promise.all(jobs.map((job) => evaluate(job, truth)));
    } catch (error) {
      for (const job of jobs) job.fail(error);
    }
  }
}

/** What was observed of one variable in one partition: days [N] and values [N], and epsilon for discharge. */
interface Truth {
  readonly variable: string;
  readonly days: readonly Day[];
  readonly values: Float64Array;
  readonly epsilon: number | null;
}

async function truthOf(
  file: string,
  site: string,
  partition: string,
  params: EvaluateParams,
): Promise<Truth[]> {
  const { variables, discharge, partitions, mask } = params;
  const record = await observationsOf(file, site, variables);
  const rowOf = rowsByDay(record.days);
  return variables.map((variable) => {
    const { values } = observed(record, variable, mask);
    const seenIn = (ranges: readonly DateRange[]) =>
      daysOf(ranges).filter((day) => !Number.isNaN(values[rowOf(day) ?? -1] ?? Number.NaN));
    const valuesOf = (days: readonly Day[]) => Float64Array.from(days, (day) => values[rowOf(day)!]!);
    const days = seenIn(partitions[partition]!);
    const train = valuesOf(seenIn(partitions.train!));
    const epsilon = (0.01 * train.reduce((sum, value) => sum + value, 0)) / train.length;
    return { variable, days, values: valuesOf(days), epsilon: discharge.includes(variable) ? epsilon : null };
  });
}

async function evaluate(job: Jobs[number], truth: readonly Truth[]): Promise<void> {
  try {
    const { experiment, variables, loss } = job.params;
    const { site_id, factor, seed, partition } = job.wildcards;
    const predictions = await readPredictions(job.input.predictions, variables);
    const rows = truth.map((one, v) => {
      const predicted = predictions.byVariable[one.variable]!;
      const trained = predicted === null ? "no" : isProbe(v, Number(factor), loss) ? "probe" : "yes";
      const scores = predicted === null ? noScores : scoresOf(job.input.predictions, one, predicted);
      return line([
        ...[
          experiment,
          site_id,
          factor,
          seed,
          partition,
          one.variable,
          trained,
          predictions.backend,
          one.days.length,
        ],
        ...scoreNames.map((name) => scores[name]),
      ]);
    });
    await writeFile(job.output, line(metricsColumns) + rows.join(""));
    job.done();
  } catch (error) {
    job.fail(error);
  }
}

/** Whether head `v` learnt alone: with `nnse` each head follows its own gradient, but at factor 0 the trunk does not follow it. */
function isProbe(v: number, factor: number, loss: EvaluateParams["loss"]): boolean {
  return v > 0 && factor === 0 && loss === "nnse";
}

function scoresOf(
  file: string,
  { variable, days, values, epsilon }: Truth,
  predicted: ReadonlyMap<Day, number>,
): Scores {
  const lacking = days.find((day) => !predicted.has(day));
  if (lacking !== undefined)
    throw cannot("evaluate", file, `it lacks ${formatDay(lacking)}, on which "${variable}" was observed`, {
      hint: "Make the predictions again: they are of other dates than this config's partition.",
    });
  return score(
    values,
    Float64Array.from(days, (day) => predicted.get(day)!),
    epsilon,
  );
}
