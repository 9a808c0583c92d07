/**
 * report_series: of one site what the report draws by day and by epoch: observations, quantiles of the
 * predictions over the seeds, the best and the worst model, quantiles of the train losses.
 */
import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { type Day, parseDay } from "@braid/data/tables";
import { quantile } from "@braid/statistics";
import { cannot } from "braid-engine";
import { dataScript, type PredictedSeries, packSeries, type SiteSeries } from "braid-pages/report";
import { readAllModels } from "./packed/members.ts";
import { readPredictionStore } from "./packed/prediction-store.ts";
import { type Truth, type TruthParams, truthOf } from "./truth.ts";

export interface SeriesParams extends TruthParams {
  readonly factors: readonly number[];
  readonly evaluate: readonly string[];
}

interface SeriesJob {
  readonly input: {
    readonly observations: string;
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
  const partitions: Record<string, SiteSeries["partitions"][string]> = {};
  for (const partition of params.evaluate) {
    const truth = await truthOf(input.observations, site, partition, params);
    partitions[partition] = await partitionSeries(input.predictions, partition, truth, params);
  }
  const losses: Record<string, SiteSeries["losses"][string]> = {};
  for (const factor of params.factors) {
    const models = await readAllModels(input.models.filter((path) => factorOf(path) === factor));
    const curves = models.map(({ losses }) => losses);
    const at = (q: number) =>
      Array.from(curves[0]!, (_, epoch) =>
        Number(
          quantile(
            curves.map((curve) => curve[epoch]!),
            q,
          ).toPrecision(5),
        ),
      );
    losses[factor] = { low: at(spread[0]), middle: at(spread[1]), high: at(spread[2]) };
  }
  const series: SiteSeries = { site, partitions, losses };
  await writeFile(output, dataScript(`series/${site}`, series));
}

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
