/** What a config asks for and the table of metrics does not have: not run yet, or left out with a reason. */
import { listed } from "@braid/data/check";
import { count } from "braid-engine/quantities";
import { leftOutOf, namedLeftOut, sitesInTable, valuesInTable } from "../missing-sites.ts";

/** Sites, factors, seeds and scored partitions: those of a config, or those of a table. */
export interface Grid {
  readonly sites: readonly string[];
  readonly factors: readonly number[];
  readonly seeds: readonly number[];
  readonly evaluate: readonly string[];
}

/** What of the config is in the table `metrics`. */
export function inTable({ sites, factors, seeds, evaluate }: Grid, metrics: string): Grid {
  const numbers = (column: string) => new Set([...valuesInTable(metrics, column)].map(Number));
  const [factorsThere, seedsThere] = [numbers("factor"), numbers("seed")];
  return {
    sites: sitesInTable(sites, metrics),
    factors: factors.filter((factor) => factorsThere.has(factor)),
    seeds: seeds.filter((seed) => seedsThere.has(seed)),
    evaluate: evaluate.filter((partition) => valuesInTable(metrics, "partition").has(partition)),
  };
}

interface Source extends Grid {
  readonly name: string;
  readonly preparedBy?: string;
  /** Sites that the config leaves out. */
  readonly excluded: readonly string[];
}

/**
 * Lines about what the answer does not cover: sites left out with their reasons, what is not run yet, and the command
 * `run` that runs it. Empty if the table has all of it.
 */
export function notCovered(folder: string, source: Source, present: Grid, run: string): string[] {
  const { sites, excluded } = source;
  const missing = leftOutOf(folder, source, present.sites);
  const failed = missing.filter(({ reason }) => reason !== "");
  const never = missing.filter(({ reason }) => reason === "");
  const told = [
    ...(failed.length === 0 ? [] : [`Left out: ${named(failed)}`]),
    ...(never.length === 0 ? [] : [`Not run yet: ${named(never)}`]),
  ];
  const settings = [
    ...parts("factor", source.factors, present.factors),
    ...parts("seed", source.seeds, present.seeds),
    ...parts("partition", source.evaluate, present.evaluate),
  ];
  return [
    ...(told.length === 0
      ? []
      : [`${sites.length - missing.length} of ${count(sites.length, "site")}. ${told.join(". ")}`]),
    ...(settings.length === 0 ? [] : [`Not run yet: ${settings.join("; ")}`]),
    ...(never.length + settings.length === 0 ? [] : [`To run what is missing: ${run}`]),
    ...(excluded.length === 0 ? [] : [`Excluded by the config: ${excluded.join(", ")}`]),
  ];
}

function named(sites: Parameters<typeof namedLeftOut>[0]): string {
  return listed(sites.map((site) => namedLeftOut([site])));
}

/** `factors 2, 5`; none if all are present. */
function parts<T>(what: string, asked: readonly T[], present: readonly T[]): string[] {
  const absent = asked.filter((one) => !present.includes(one));
  if (absent.length === 0) return [];
  return [`${what}${absent.length === 1 ? "" : "s"} ${listed(absent.map(String))}`];
}
