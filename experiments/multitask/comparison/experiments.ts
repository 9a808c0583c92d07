/** Finished experiments, as their statistics left them: what was asked, the counts, and the gain at each site. */
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { cannot } from "braid-engine";
import { commandOf } from "../command-name.ts";
import { tablePaths } from "../statistics/findings.ts";
import { numberIn, type Row, readTable } from "../statistics/tables.ts";

/** The keys of experiment.json that comparisons look at. */
interface Settings {
  readonly synthetic: boolean;
  readonly discharge: readonly string[];
  readonly prepare: {
    readonly variables: readonly string[];
    readonly drivers: readonly string[];
    readonly partitions: Readonly<Record<string, unknown>>;
  };
  readonly units?: {
    readonly trainOn: string;
    readonly attributes: readonly { readonly name: string }[];
  };
  readonly statistics: { readonly naiveFactor: number };
}

export interface FinishedExperiment {
  readonly name: string;
  readonly synthetic: boolean;
  readonly primary: string;
  readonly isFlow: boolean;
  /** Undefined if each site has its own model. */
  readonly trainOn: string | undefined;
  readonly attributes: readonly string[];
  readonly drivers: readonly string[];
  readonly naiveFactor: number;
  /** The partition that verdicts are about, and its days as the config has them. */
  readonly judged: string;
  readonly days: string;
  /** Lines of counts.csv. */
  readonly counts: readonly Row[];
  readonly sites: ReadonlyMap<string, SiteGain>;
}

/** One site of an experiment, in NSE of its primary; null if there is none. */
export interface SiteGain {
  /** Median over seeds at factor 0. */
  readonly single: number | null;
  /** The factor whose gain it is, and the median paired difference to factor 0. */
  readonly factor: string;
  readonly gain: number | null;
  readonly verdict: string;
}

/** The experiments of a working folder whose statistics are made, by name. */
export function finishedIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, tablePaths(entry.name).counts)))
    .map(({ name }) => name)
    .sort();
}

/** Reads an experiment. @throws if its statistics are not made. */
export async function readExperiment(folder: string, name: string): Promise<FinishedExperiment> {
  const paths = tablePaths(name);
  for (const file of [paths.counts, paths.experiment])
    if (!existsSync(join(folder, file)))
      throw cannot("compare experiment", name, `it has no "${file}"`, {
        facts: [["folder", folder]],
        hint: `Make its statistics first: ${commandOf(name)} statistics`,
      });
  const settings = JSON.parse(await readFile(join(folder, paths.experiment), "utf8")) as Settings;
  const [counts, tests, factors] = (await Promise.all(
    [paths.counts, paths.tests, paths.factors].map((file) => readTable(join(folder, file))),
  )) as [Row[], Row[], Row[]];
  const { prepare, units, discharge, synthetic, statistics } = settings;
  const primary = prepare.variables[0]!;
  const judged = factors[0]?.partition ?? "";
  return {
    name: basename(name),
    synthetic,
    primary,
    isFlow: discharge.includes(primary),
    trainOn: units?.trainOn,
    attributes: (units?.attributes ?? []).map((attribute) => attribute.name),
    drivers: prepare.drivers,
    naiveFactor: statistics.naiveFactor,
    judged,
    days: JSON.stringify(prepare.partitions[judged] ?? null),
    counts,
    sites: sitesOf(tests, factors),
  };
}

/** The factor of a site is that of the test `chosen_factor`, or of `naive_best` if none was chosen on validation. */
function sitesOf(tests: readonly Row[], factors: readonly Row[]): Map<string, SiteGain> {
  const single = new Map(
    factors.filter(({ factor }) => factor === "0").map((row) => [row.site_id!, numberIn(row.nse_median)]),
  );
  const of = (test: string) =>
    new Map(tests.filter((row) => row.test === test).map((row) => [row.site_id!, row]));
  const [chosen, naive] = [of("chosen_factor"), of("naive_best")];
  return new Map(
    [...single].map(([site, nse]) => {
      const row = chosen.get(site)?.factor ? chosen.get(site)! : naive.get(site);
      return [
        site,
        {
          single: nse,
          factor: row?.factor ?? "",
          gain: numberIn(row?.median_difference),
          verdict: row?.verdict ?? "",
        },
      ];
    }),
  );
}
