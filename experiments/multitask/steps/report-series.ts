/**
 * report_series: of one site what the report draws by day and by epoch: observations, quantiles of the
 * predictions over the seeds, the best and the worst model, quantiles of the train losses.
 */
import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { readRecords } from "@braid/data/records";
import { type Day, parseDay } from "@braid/data/tables";
import { quantile } from "@braid/statistics";
import { cannot } from "braid-engine";
import { dataScript, type PredictedSeries, packSeries, type SiteSeries } from "braid-pages/report";
import { rowsByDay } from "../reading/rows-by-day.ts";
import { readAllModels } from "./packed/members.ts";
import { readPredictionStore } from "./packed/prediction-store.ts";
import { type Truth, type TruthParams, truthOf } from "./truth.ts";

export interface SeriesParams extends TruthParams {
  /** The driver that is precipitation; absent if none is. */
  readonly rain?: string;
  readonly factors: readonly number[];
  readonly evaluate: readonly string[];
}

interface SeriesJob {
  readonly input: {
    readonly observations: string;
    /** The table of the drivers; absent if none of them is precipitation. */
    readonly drivers?: string;
    readonly models: readonly string[];
    readonly predictions: readonly string[];
  };
  readonly output: string;
  readonly wildcards: { readonly site_id: string };
  readonly params: SeriesParams;
}

/** Predictions of one model: values [D] by variable, empty for one whose head was not trained. */
interface Predicted {
  readonly seed: number;
  readonly days: readonly Day[];
  readonly byVariable: Readonly<Record<string, Float64Array>>;
}

const spread = [0.1, 0.5, 0.9] as const;

/** Writes the site's script. */
export async function reportSeries({ input, output, wildcards, params }: SeriesJob): Promise<void> {
  const { site_id: site } = wildcards;
  const rainOn = await rainOf(site, input.drivers, params.rain);
  const partitions: Record<string, SiteSeries["partitions"][string]> = {};
  for (const partition of params.evaluate) {
    const truth = await truthOf(input.observations, site, partition, params);
    const part = await partitionSeries(input.predictions, partition, truth, params);
    partitions[partition] = rainOn === null ? part : { ...part, rain: packSeries(part.days.map(rainOn)) };
  }
  const losses: Record<string, SiteSeries["losses"][string]> = {};
  const validation: Record<string, SiteSeries["losses"][string]> = {};
  for (const factor of params.factors) {
    const models = await readAllModels(input.models.filter((path) => factorOf(path) === factor));
    losses[factor] = curvesOf(models.map((model) => model.losses));
    const validated = models.flatMap((model) =>
      model.validation === undefined ? [] : [primaryOf(model.validation.losses, params.variables.length)],
    );
    if (validated.length > 0) validation[factor] = curvesOf(validated);
  }
  const series: SiteSeries = {
    ...{ site, partitions, losses },
    ...(Object.keys(validation).length === 0 ? {} : { validation }),
  };
  await writeFile(output, dataScript(`series/${site}`, series));
}

/** The precipitation of a day, NaN where the table has none; null without a driver that is precipitation. */
async function rainOf(site: string, drivers: string | undefined, rain: string | undefined) {
  if (drivers === undefined || rain === undefined) return null;
  for await (const [, record] of readRecords(drivers, [site], { numbers: [rain] })) {
    if (record instanceof Error) throw record;
    const rowOf = rowsByDay(record.days);
    return (day: Day): number => record.numbers[rain]![rowOf(day) ?? -1] ?? Number.NaN;
  }
  return null;
}

/** Quantiles by epoch, over the models that trained so long. */
function curvesOf(curves: readonly Float64Array[]): SiteSeries["losses"][string] {
  const epochs = Math.max(...curves.map((curve) => curve.length));
  const at = (q: number) =>
    Array.from({ length: epochs }, (_, epoch) =>
      Number(
        quantile(
          curves.flatMap((curve) => (epoch < curve.length ? [curve[epoch]!] : [])),
          q,
        ).toPrecision(5),
      ),
    );
  return { low: at(spread[0]), middle: at(spread[1]), high: at(spread[2]) };
}

/** The primary's loss of every epoch, of losses [epochs, V]. */
const primaryOf = (losses: Float64Array, outputs: number) => losses.filter((_, i) => i % outputs === 0);

async function partitionSeries(
  files: readonly string[],
  partition: string,
  truth: readonly Truth[],
  { factors, variables }: SeriesParams,
): Promise<SiteSeries["partitions"][string]> {
  const [primary] = variables;
  let days: readonly Day[] = [];
  const predicted: Record<string, Record<string, PredictedSeries>> = Object.fromEntries(
    variables.map((variable) => [variable, {}]),
  );
  for (const factor of factors) {
    const own = files.filter(
      (path) => basename(path).startsWith(`${partition}_preds`) && factorOf(path) === factor,
    );
    const models = (await Promise.all(own.map((path) => readPredicted(path, variables)))).flat();
    days = models[0]?.days ?? days;
    for (const [v, variable] of variables.entries()) {
      const trained = models.filter((model) => model.byVariable[variable]!.length > 0);
      if (trained.length === 0) continue;
      const bands = bandsOf(trained.map((model) => model.byVariable[variable]!));
      predicted[variable]![factor] =
        variable === primary ? { ...bands, ...extremes(trained, variable, truth[v]!) } : bands;
    }
  }
  const rowOf = new Map(days.map((day, i) => [day, i]));
  const observed = Object.fromEntries(
    truth.map((one) => {
      const values = new Float64Array(days.length).fill(Number.NaN);
      one.days.forEach((day, i) => {
        const row = rowOf.get(day);
        if (row !== undefined) values[row] = one.values[i]!;
      });
      return [one.variable, packSeries(values)];
    }),
  );
  return { days, observed, predicted };
}

/** Quantiles over the models, day by day. */
function bandsOf(models: readonly Float64Array[]): Pick<PredictedSeries, "low" | "middle" | "high"> {
  const [low, middle, high] = spread.map((q) =>
    packSeries(
      Array.from(models[0]!, (_, day) =>
        quantile(
          models.map((values) => values[day]!),
          q,
        ),
      ),
    ),
  );
  return { low: low!, middle: middle!, high: high! };
}

/** The models of the least and the greatest squared error on the observed days: of the best and worst NSE. */
function extremes(
  models: readonly Predicted[],
  variable: string,
  truth: Truth,
): Pick<PredictedSeries, "best" | "worst"> {
  if (truth.days.length === 0) return {};
  const rowOf = new Map(models[0]!.days.map((day, i) => [day, i]));
  const error = ({ byVariable }: Predicted) =>
    truth.days.reduce(
      (sum, day, i) => sum + (byVariable[variable]![rowOf.get(day)!]! - truth.values[i]!) ** 2,
      0,
    );
  const ranked = models.map((model) => ({ model, error: error(model) })).sort((a, b) => a.error - b.error);
  const one = ({ model }: { readonly model: Predicted }) => ({
    seed: model.seed,
    values: packSeries(model.byVariable[variable]!),
  });
  return { best: one(ranked[0]!), worst: one(ranked.at(-1)!) };
}

function factorOf(path: string): number {
  return Number(/\/factor_([^/]+)\//.exec(path)![1]);
}

/** The predictions in a file or a store. */
async function readPredicted(path: string, variables: readonly string[]): Promise<Predicted[]> {
  if (!path.endsWith(".npz")) return [await readModel(path, variables)];
  const stored = await readPredictionStore(path, variables);
  return stored.map(({ seed, byVariable }) => ({
    seed,
    days: [...byVariable[variables[0]!]!.keys()],
    byVariable: Object.fromEntries(
      variables.map((variable) => [variable, Float64Array.from(byVariable[variable]?.values() ?? [])]),
    ),
  }));
}

/** Reads a predictions file without the checks of `readPredictions`: it has passed them when it was scored. */
async function readModel(path: string, variables: readonly string[]): Promise<Predicted> {
  const [header = "", ...lines] = (await readFile(path, "utf8")).trimEnd().split("\n");
  const rows = lines.map((line) => line.split(","));
  const at = (column: string) => header.split(",").indexOf(column);
  const missing = ["date", ...variables].find((column) => at(column) < 0);
  if (missing !== undefined) throw cannot("read predictions", path, `it has no column "${missing}"`);
  const values = (variable: string) => {
    const index = at(variable);
    if (rows.every((row) => row[index] === "")) return new Float64Array(0);
    return Float64Array.from(rows, (row) => Number(row[index]));
  };
  return {
    seed: Number(/\/rand_seed_([^/]+)\//.exec(path)![1]),
    days: rows.map((row) => parseDay(row[at("date")]!)!),
    byVariable: Object.fromEntries(variables.map((variable) => [variable, values(variable)])),
  };
}
