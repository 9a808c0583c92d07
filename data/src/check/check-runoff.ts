/**
 * Compares flow with precipitation on the area of the basin. A river with far more water than the precipitation, or next to
 * none, is probably in another unit.
 */

import { isDepth, type Unit } from "../units/kinds.ts";
import type { Findings } from "./finding.ts";
import { depthOf, dischargeUnitOf, dischargeUnits, precipitationOf } from "./units-of.ts";

/** How many values a site's columns have, and their sums. */
export interface SiteSums {
  readonly columns: ReadonlyMap<string, { readonly seen: number; readonly sum: number }>;
}

/** A mean over fewer days may be that of one season. */
const enoughDays = 300;

/** Springs, and rain at a dry gauge below wet mountains, make more than 1 of it; cubic feet for metres make 35. */
const mostRunoff = 3;

/** Rivers of deserts and below diversions carry a hundredth; cubic feet taken for litres a three-hundredth of that. */
const leastRunoff = 0.002;

/** Suggest a unit only if it gives at least this share of the precipitation. */
const usual = { least: 0.02, most: 1.5 };

/**
 * Warns if a site's discharge is implausible for its precipitation and its area (km2 by site). A discharge in mm a day needs
 * no area.
 */
export function checkRunoff(
  areas: ReadonlyMap<string, number>,
  observations: ReadonlyMap<string, SiteSums>,
  drivers: ReadonlyMap<string, SiteSums>,
  findings: Findings,
): void {
  for (const [site, observed] of observations) {
    const given = areas.get(site) ?? Number.NaN;
    const area = given > 0 ? given : Number.NaN;
    const rain = means(drivers.get(site))
      .map(([name, mean]) => precipitationOf(name, mean))
      .find((mm) => mm !== null);
    if (rain === undefined || rain === null) continue;
    for (const [name, mean] of means(observed)) {
      const said = dischargeUnitOf(name);
      if (said === null) continue;
      const runoff = depthOf(mean, said, area);
      const share = runoff / rain;
      // Without an area there is no share to judge.
      if (!(share > mostRunoff || (mean > 0 && share < leastRunoff))) continue;
      const odd =
        share > mostRunoff
          ? "is more than three times the precipitation"
          : "is less than two thousandths of the precipitation";
      findings.add(
        "warning",
        "obs_file.csv",
        site,
        `${name} ${odd}: ${perhaps(mean, said, area, rain)}`,
        `${runoff.toPrecision(3)} mm a day flow off, ${rain.toPrecision(3)} fall`,
      );
    }
  }
}

/** What may be wrong: units that would fit, or the area if the depth depends on it. */
function perhaps(mean: number, said: Unit, area: number, rain: number): string {
  const others = dischargeUnits.filter((unit) => {
    const share = depthOf(mean, unit, area) / rain;
    return unit !== said && share >= usual.least && share <= usual.most;
  });
  const unit = others.length === 0 ? null : `is its unit ${others.map(({ words }) => words).join(" or ")}`;
  if (isDepth(said)) return `${unit ?? "what is its unit"}?`;
  return `${unit === null ? "" : `${unit}, or `}the area in sites.csv not in the unit that its name says?`;
}

/** The means of a site's columns that have enough values. */
function means(site: SiteSums | undefined): [name: string, mean: number][] {
  return [...(site?.columns ?? [])].flatMap(([name, { seen, sum }]) =>
    seen >= enoughDays ? [[name, sum / seen] as [string, number]] : [],
  );
}
