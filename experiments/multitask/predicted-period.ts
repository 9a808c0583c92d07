/**
 * What `pnpm exp:a predict` predicts: the days of a period, at the sites of a data folder, with the models of an experiment.
 * A model of one site predicts that site. A model of several sites also predicts sites that it did not learn from
 * (ungauged ones), if they have its attributes and targets have one scale for all sites (`scaling.targets: unit`).
 */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { checkColumns } from "@braid/data/records";
import { cannot, nearest } from "braid-engine";
import { type Attribute, attributesAt } from "./attributes.ts";
import type { Experiment } from "./config.ts";
import { type Converted, headerOf, sitesOf, sourceOf, tablesOf } from "./data-tables.ts";
import { checkQualifiers } from "./reading/observations.ts";
import { checkPartitions, type DateRange, parseRange } from "./sequences/partitions.ts";
import type { SiteSpec } from "./sequences/prepare-site.ts";
import { chooseSites } from "./sites.ts";
import { readList, type Units, withoutScale } from "./units.ts";

/** A period to predict, ready to be planned. */
export interface PredictedPeriod {
  /** Where the predictions lie, below the working folder. */
  readonly folder: string;
  /** In order of date. */
  readonly period: readonly DateRange[];
  readonly drivers: string;
  /** Null if the data have none: then nothing is scored. */
  readonly observations: string | null;
  /** The variables that the observations have a column of: those that are scored. */
  readonly scored: readonly string[];
  readonly parquet: readonly Converted[];
  /** The models or the data are made up. */
  readonly synthetic: boolean;
  readonly sites: readonly string[];
  /** Those that no model learnt from. */
  readonly ungauged: readonly string[];
  /** The sites of each unit; absent if each model has one site. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
  /** Those of the models, with the values of ungauged sites. */
  readonly attributes: readonly Attribute[];
}

/** What is known of the experiment whose models predict. */
export interface PredictingExperiment {
  readonly name: string;
  /** The data folder, as the config names it. */
  readonly data: string;
  readonly observations: string;
  readonly drivers: string;
  readonly siteList: string | null;
  readonly sites: readonly string[];
  readonly prepare: SiteSpec;
  readonly units?: Units;
  readonly synthetic: boolean;
}

type PredictKeys = NonNullable<Experiment["predict"]>;

/** The tables that are predicted from and scored on, and the sites that they have. */
interface Source
  extends Pick<PredictedPeriod, "drivers" | "observations" | "scored" | "parquet" | "synthetic"> {
  readonly list: string | null;
  readonly known: readonly string[];
  /** What messages call it. */
  readonly name: string;
}

/** Reads the keys of `predict`. @throws for days, data or sites that cannot be predicted. */
export async function resolvePeriod(
  given: PredictKeys,
  experiment: PredictingExperiment,
  folder: string,
): Promise<PredictedPeriod> {
  // The experiment's own files may be ones that a rule has yet to make.
  const isOwn = given.data !== undefined && resolve(folder, given.data) === resolve(folder, experiment.data);
  const keys = isOwn ? { ...given, data: undefined } : given;
  const { period = [] } = checkPartitions({ period: [keys.period].flat().map(parseRange) });
  const into = `${experiment.name}/predict/${keys.name ?? `${period[0]!.from}_${period.at(-1)!.to}`}`;
  const source = await readSource(keys.data, experiment, folder, into);
  const { units } = experiment;
  const sites = sitesToPredict(keys, experiment, { ...source, file: resolve(folder, source.name) });
  const gauged = new Set(units === undefined ? experiment.sites : Object.values(units.members).flat());
  const ungauged = sites.filter((site) => !gauged.has(site));
  const { list, known: _, name: __, ...tables } = source;
  return {
    folder: into,
    period,
    ...tables,
    sites,
    ungauged,
    ...(units === undefined
      ? { attributes: [] }
      : await ofUnits(units, { sites, ungauged, list, where: source.name, folder })),
  };
}

async function readSource(
  data: string | undefined,
  experiment: PredictingExperiment,
  folder: string,
  into: string,
): Promise<Source> {
  const { variables, drivers, mask } = experiment.prepare;
  if (data === undefined) {
    const { observations, drivers, siteList } = experiment;
    const own = { observations, drivers, parquet: [] };
    const { known, list } = await sitesOf(folder, experiment.data, own);
    const { synthetic } = experiment;
    return { ...own, scored: variables, synthetic, list: siteList, known, name: list ?? drivers };
  }
  const path = resolve(folder, data);
  if (!existsSync(path))
    throw cannot("predict from", data, "it does not exist", {
      hint: "Give a folder that has input_file.csv, or one file of drivers (config key predict.data, or --predict.data).",
    });
  const isFile = statSync(path).isFile();
  const tables = isFile ? driversAlone(data) : tablesOf(data, path, `${into}/data`);
  const driven = await headerOf(folder, tables.drivers, tables.parquet);
  const driversSource = sourceOf(tables.drivers, tables.parquet);
  if (driven === undefined)
    throw cannot("predict from", data, "it has no input_file.csv", {
      hint: "Drivers are what models predict from: a folder laid out as `data` of the config, or one file of drivers.",
    });
  checkColumns(driversSource, driven, ["date", ...drivers]);
  const observed = isFile ? undefined : await headerOf(folder, tables.observations, tables.parquet);
  const scored = variables.filter((variable) => observed?.includes(variable));
  if (observed !== undefined) {
    const source = sourceOf(tables.observations, tables.parquet);
    checkColumns(source, observed, ["date", ...(scored.length > 0 ? scored : variables)]);
    checkQualifiers(source, observed, scored, mask);
  }
  const { known, list } = await sitesOf(folder, data, tables);
  const observations = observed === undefined ? null : tables.observations;
  const synthetic =
    experiment.synthetic || [driven, observed].some((header) => header?.includes("synthetic"));
  return { ...tables, observations, scored, synthetic, known, list, name: list ?? driversSource };
}

/** A single file of drivers in place of a data folder. */
function driversAlone(file: string) {
  if (file.endsWith(".parquet"))
    throw cannot("predict from", file, "one file of drivers must be a CSV file", {
      hint: "Put Parquet into a folder: input_file.parquet, beside a sites.csv that lists the sites.",
    });
  return { observations: "", drivers: file, parquet: [] };
}

/** In the order of the data. @throws for sites that the data or the models do not have. */
function sitesToPredict(
  { sites: wanted, data }: PredictKeys,
  { sites: own, units }: PredictingExperiment,
  { known, name, file }: Source & { readonly file: string },
): readonly string[] {
  if (units === undefined && Array.isArray(wanted)) {
    const foreign = wanted.find((site) => !own.includes(site));
    if (foreign !== undefined)
      throw cannot("predict site", foreign, "no model of the experiment was trained on it", {
        facts: [["closest", nearest(foreign, own).join(", ")]],
        hint: "With trainOn: each a model knows one site. Models of several sites predict sites that they have not seen: trainOn: all with scaling.targets: unit.",
      });
  }
  if (wanted !== undefined && (wanted !== "all" || units !== undefined))
    return chooseSites(wanted, [], known, file).sites;
  // Models of several sites predict whatever another folder has, models of one site their own sites.
  const ownOnly = units === undefined || data === undefined;
  const ours = new Set(own);
  const sites = ownOnly ? known.filter((site) => ours.has(site)) : known;
  if (sites.length > 0) return chooseSites(sites, [], known, file).sites;
  throw cannot("predict from", name, "it has none of the sites that the models can predict", {
    facts: [
      ["its sites", known.slice(0, 5).join(", ")],
      ["sites of the experiment", own.slice(0, 5).join(", ")],
    ],
  });
}

interface OfUnits {
  readonly sites: readonly string[];
  readonly ungauged: readonly string[];
  readonly list: string | null;
  readonly where: string;
  readonly folder: string;
}

/** The units of the sites, and the attributes of those that no model learnt from. */
async function ofUnits(units: Units, { sites, ungauged, list, where, folder }: OfUnits) {
  if (ungauged.length > 0 && units.targets === "site") throw withoutScale("predict site", ungauged);
  const { rows, columns } = await readList(
    ungauged.length === 0 || list === null ? null : { name: list, path: resolve(folder, list) },
  );
  const known = new Map(
    Object.entries(units.members).flatMap(([unit, members]) => members.map((site) => [site, unit] as const)),
  );
  const unitOf = (site: string): string => {
    const unit = known.get(site) ?? (units.trainOn === "all" ? "all" : rows.get(site)?.[units.trainOn]);
    if (unit !== undefined && units.members[unit] !== undefined) return unit;
    throw cannot("predict site", site, `no model was trained on its ${units.trainOn}`, {
      facts: [
        [`its ${units.trainOn}`, unit || `not in ${where}`],
        ["the models'", Object.keys(units.members).join(", ")],
      ],
      hint: `A site is predicted by the models of its unit: the column ${units.trainOn} of sites.csv says which.`,
    });
  };
  return {
    members: Object.fromEntries(Map.groupBy(sites, unitOf)),
    attributes: attributesAt(units.attributes, { sites: ungauged, rows, columns, file: list ?? where }),
  };
}
