/**
 * export_predictions: of one site what all models predicted and what was observed, as NetCDF and as Parquet.
 *
 * A job writes one file of each kind, a model at a time: memory does not grow with the number of models, and a change
 * at one site leaves the files of the others alone.
 */
import { type Day, formatDay } from "@braid/data/tables";
import { cannot } from "braid-engine";
import { type FileFacts, fileAttributes } from "../export/cf.ts";
import { type SiteAxes, type SiteVariable, writeSiteFile } from "../export/site-file.ts";
import { createSiteTable, type ModelSeries } from "../export/site-table.ts";
import { readSites } from "../report/read-sites.ts";
import { refuseMixing } from "./backend.ts";
import { groupByModel, type Member, type ModelFiles, readMembers } from "./packed/members.ts";
import { predictedOn, type TruthParams, truthOf } from "./truth.ts";

export interface ExportParams extends TruthParams, Omit<FileFacts, "trainedBy"> {
  readonly factors: readonly number[];
  readonly seeds: readonly number[];
  readonly evaluate: readonly string[];
  readonly mixBackends: boolean;
}

interface ExportJob {
  readonly input: {
    readonly observations: string;
    readonly predictions: readonly string[];
    readonly sites: readonly string[];
  };
  readonly output: { readonly netcdf: string; readonly parquet: string };
  readonly wildcards: { readonly site_id: string };
  readonly params: ExportParams;
}

/** The members of a file or store, by partition. */
type ByPartition = ReadonlyMap<string, readonly Member[]>;

/** Writes the two files of a site. */
export async function exportPredictions(job: ExportJob): Promise<void> {
  const { output, params } = job;
  const groups = groupByModel(job.input.predictions);
  const first = await readGroup(groups[0]!, params);
  const axes = await axesOf(first, job);
  const variables = await variablesOf(first, axes, job);
  const { backend } = first.values().next().value![0]!;
  const attributes = await fileAttributes(`Predictions at site ${axes.site}`, "export_predictions", {
    ...params,
    trainedBy: params.mixBackends ? `${backend} and perhaps other backends` : backend,
  });
  await writeSiteFile(output.netcdf, axes, variables, attributes, async (put) => {
    const table = await createSiteTable(output.parquet, axes, variables, attributes, params.synthetic);
    for (const group of groups) {
      const members = await readGroup(group, params);
      for (const one of [...members.values()].flat())
        refuseMixing("export", one.name, one.backend, backend, params.mixBackends);
      for (const series of seriesOf(members, group.factor, axes, params)) {
        for (const [column, predicted] of series.byColumn)
          await put(column, series.factor, series.seed, predicted);
        await table.add(series);
      }
    }
    await table.close();
  });
}

async function readGroup(group: ModelFiles, { evaluate, variables }: ExportParams): Promise<ByPartition> {
  const read = evaluate.map(
    async (partition) => [partition, await readMembers([group.paths.get(partition)!], variables)] as const,
  );
  return new Map(await Promise.all(read));
}

/** The axes, whose days are those of the first model. */
async function axesOf(first: ByPartition, { input, wildcards, params }: ExportJob): Promise<SiteAxes> {
  const [place] = await readSites(input.sites[0] ?? null, [wildcards.site_id]);
  const partitions = params.evaluate;
  const indexOf = new Map<Day, number>();
  for (const [partition, [member]] of first)
    for (const day of member!.byVariable[params.variables[0]!]!.keys())
      indexOf.set(day, partitions.indexOf(partition));
  const days = [...indexOf.keys()].sort((a, b) => a - b);
  return {
    site: wildcards.site_id,
    latitude: place!.latitude,
    longitude: place!.longitude,
    factors: params.factors,
    seeds: params.seeds,
    days,
    partitions,
    partitionOf: Int8Array.from(days, (day) => indexOf.get(day)!),
  };
}

/** What was observed, as the scores have it. @throws if an observed day was not predicted. */
async function variablesOf(
  first: ByPartition,
  { days }: SiteAxes,
  { input, wildcards, params }: ExportJob,
): Promise<SiteVariable[]> {
  const rowOf = new Map(days.map((day, row) => [day, row]));
  const observed = params.variables.map(() => new Float64Array(days.length).fill(Number.NaN));
  const epsilons = params.variables.map((): number | null => null);
  for (const [partition, [member]] of first) {
    const truth = await truthOf(input.observations, wildcards.site_id, partition, params);
    truth.forEach((one, v) => {
      // The primary is always trained: its days are those of the file.
      predictedOn(member!.name, one, member!.byVariable[params.variables[0]!]!);
      one.days.forEach((day, i) => {
        observed[v]![rowOf.get(day)!] = one.values[i]!;
      });
      epsilons[v] = one.epsilon;
    });
  }
  return params.variables.map((column, v) => ({
    column,
    isDischarge: params.discharge.includes(column),
    observed: observed[v]!,
    epsilon: epsilons[v]!,
  }));
}

/** The series of each model in a group. */
function* seriesOf(
  group: ByPartition,
  factor: number,
  { days, partitions, partitionOf }: SiteAxes,
  { variables }: ExportParams,
): Generator<ModelSeries> {
  const rows = partitions.map((_, p) => [...days.keys()].filter((row) => partitionOf[row] === p));
  const members = [...group.values()];
  for (const [m, { seed, backend }] of members[0]!.entries()) {
    const byColumn = new Map(
      variables.map((column) => {
        const values = new Float64Array(days.length).fill(Number.NaN);
        partitions.forEach((_, p) => {
          copySeries(members[p]![m]!, column, days, rows[p]!, values);
        });
        return [column, values];
      }),
    );
    yield { factor, seed, backend, byColumn };
  }
}

/** Copies predictions on some rows. @throws if the model has other days than these. */
function copySeries(
  { name, byVariable }: Member,
  column: string,
  days: readonly Day[],
  rows: readonly number[],
  values: Float64Array,
): void {
  const predicted = byVariable[column]!;
  if (predicted === null) return;
  for (const row of rows) values[row] = predicted.get(days[row]!) ?? Number.NaN;
  const lacking = rows.find((row) => !predicted.has(days[row]!));
  const own = new Set(rows.map((row) => days[row]!));
  const odd = lacking === undefined ? [...predicted.keys()].find((day) => !own.has(day)) : days[lacking];
  if (odd !== undefined)
    throw cannot("export", name, "its days are not those of the other predictions of its site", {
      facts: [["a day that only one has", formatDay(odd)]],
      hint: "Make the predictions again: their dates are not those of the config's partition.",
    });
}
