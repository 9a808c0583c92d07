/**
 * Factors that train the model of factor 0: where no auxiliary is observed in train, the factor weighs nothing. Such models are no
 * evidence of "no difference", so they are not compared, and no correction for many tests counts them.
 *
 * A training unit is judged as a whole, since its sites share the model: a site without the auxiliary may learn it from others.
 */
import { siteScores } from "./compare.ts";
import type { ScoreTable } from "./scores.ts";
import type { Comparison, SameModels } from "./spec.ts";

/** Sites of each unit; without units a site is its own. */
export type Members = Readonly<Record<string, readonly string[]>>;

/** Finds the factors of a site that train the model of factor 0; the table is read once for each unit. */
export function sameModels(
  table: ScoreTable,
  comparison: Comparison,
  members: Members = {},
): (site: string) => SameModels {
  const units = Object.values(members);
  const known = new Map<readonly string[], SameModels>();
  return (site) => {
    const sites = units.find((unit) => unit.includes(site)) ?? [site];
    const same = known.get(sites) ?? sameInUnit(table, comparison, sites);
    known.set(sites, same);
    return same;
  };
}

function sameInUnit(table: ScoreTable, comparison: Comparison, sites: readonly string[]): SameModels {
  const rows = sites.flatMap((site) => Object.values(siteScores(table, site, comparison)).flat());
  const where = sites.length > 1 ? " at any site of its unit" : "";
  const reasons = comparison.factors.flatMap((factor, i): [number, string][] => {
    const k = i + 1;
    if (!sites.some((site) => table.learnsMore(site, factor)))
      return [[k, `same model: no auxiliary was observed in train${where}, so the factor changes nothing`]];
    const isSame = rows.length > 0 && rows.every(({ scores }) => scores[k] === scores[0]);
    return isSame ? [[k, "same model: every score equals that of factor 0"]] : [];
  });
  return new Map(reasons);
}
