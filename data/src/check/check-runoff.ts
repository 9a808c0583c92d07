/**
 * Compares flow with precipitation on the area of the basin. A river with far more water than the precipitation, or next to
 * none, is probably in another unit.
 */
import type { SiteSummary } from "./check-table.ts";
import type { ColumnSummary } from "./column.ts";
import type { Findings } from "./finding.ts";
import { dischargeUnitOf, dischargeUnits, precipitationOf } from "./units-of.ts";

/** A mean over fewer days may be that of one season. */
const enoughDays = 300;

/** Springs, and rain at a dry gauge below wet mountains, make more than 1 of it; cubic feet for metres make 35. */
const mostRunoff = 3;

/** Rivers of deserts and below diversions carry a hundredth; cubic feet taken for litres a three-hundredth of that. */
const leastRunoff = 0.002;

/** Suggest a unit only if it gives at least this share of the precipitation. */
const usual = { least: 0.02, most: 1.5 };

/** Warns if a site's discharge is implausible for its precipitation and its area (km2 by site). */
export function checkRunoff(
  areas: ReadonlyMap<string, number>,
  observations: ReadonlyMap<string, SiteSummary>,
  drivers: ReadonlyMap<string, SiteSummary>,
  findings: Findings,
): void {
  for (const [site, area] of areas) {
    const rain = means(drivers.get(site))
      .map(([name, mean]) => precipitationOf(name, mean))
      .find((mm) => mm !== null);
    if (!(area > 0) || rain === undefined || rain === null) continue;
    for (const [name, mean] of means(observations.get(site))) {
      const said = dischargeUnitOf(name);
      if (said === null) continue;
      // m3/s x 86,400 s a day / (km2 x 10^6 m2) x 1000 mm = mm a day
      const depth = (unit: (typeof dischargeUnits)[number]) => (unit.to(mean, area) * 86.4) / area;
      const runoff = depth(said);
      const share = runoff / rain;
      if (!(share > mostRunoff || (mean > 0 && share < leastRunoff))) continue;
      const others = dischargeUnits.filter((unit) => {
        const other = depth(unit) / rain;
        return unit !== said && other >= usual.least && other <= usual.most;
      });
      const perhaps =
        others.length === 0 ? "" : `is its unit ${others.map(({ words }) => words).join(" or ")}, or `;
      const odd =
        share > mostRunoff
          ? "is more than three times the precipitation"
          : "is less than two thousandths of the precipitation";
      findings.add(
        "warning",
        "obs_file.csv",
        site,
        `${name} ${odd}: ${perhaps}the area in sites.csv not in the unit that its name says?`,
        `${runoff.toPrecision(3)} mm a day flow off, ${rain.toPrecision(3)} fall`,
      );
    }
  }
}

/** The means of a site's columns that have enough values. */
function means(site: SiteSummary | undefined): [name: string, mean: number][] {
  return [...(site?.columns ?? new Map<string, ColumnSummary>())].flatMap(([name, { seen, sum }]) =>
    seen >= enoughDays ? [[name, sum / seen] as [string, number]] : [],
  );
}
