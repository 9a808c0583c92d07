/** Flow held against precipitation: a river that carries far more than falls is written in another unit. */
import type { SiteSummary } from "./check-table.ts";
import type { ColumnSummary } from "./column.ts";
import type { Findings } from "./finding.ts";

/** A mean over fewer days may be that of one season. */
const enoughDays = 300;

/** Springs, and rain at a dry gauge below wet mountains, make more than 1 of it; cubic feet for metres make 35. */
const mostRunoff = 3;

/** Warns where `discharge_cms` is more than three times `prcp_mm` on the area of a site (km2 by site). */
export function checkRunoff(
  areas: ReadonlyMap<string, number>,
  observations: ReadonlyMap<string, SiteSummary>,
  drivers: ReadonlyMap<string, SiteSummary>,
  findings: Findings,
): void {
  for (const [site, area] of areas) {
    const flow = mean(observations.get(site)?.columns.get("discharge_cms"));
    const rain = mean(drivers.get(site)?.columns.get("prcp_mm"));
    // m3/s x 86,400 s a day / (km2 x 10^6 m2) x 1000 mm = mm a day
    const runoff = (flow * 86.4) / area;
    if (!(area > 0 && runoff > mostRunoff * rain)) continue;
    findings.add(
      "warning",
      "obs_file.csv",
      site,
      "discharge_cms is more than three times the precipitation: is its unit cubic feet per second, or the area in sites.csv not in the unit that its name says?",
      `${runoff.toPrecision(3)} mm a day flow off, ${rain.toPrecision(3)} fall`,
    );
  }
}

function mean(column: ColumnSummary | undefined): number {
  return column !== undefined && column.seen >= enoughDays ? column.sum / column.seen : Number.NaN;
}
