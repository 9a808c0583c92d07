/** Checks of the sites that a run uses, from their ids, their areas in sites.csv, and the sums of their columns. */
import { dirname } from "node:path";
import { checkRunoff, type SiteSums } from "./check-runoff.ts";
import { collectFindings, type Findings } from "./finding.ts";
import { readList } from "./read-list.ts";
import { oddLength } from "./site-ids.ts";

/**
 * Warns if an id may have lost a zero, or if the discharge of a site is implausible for its precipitation and its area.
 * `siteList` is the path of sites.csv; null if there is none.
 */
export async function checkListed(
  siteList: string | null,
  observations: ReadonlyMap<string, SiteSums>,
  drivers: ReadonlyMap<string, SiteSums>,
  findings: Findings,
): Promise<void> {
  // Errors in the list are those of the folder's check: a run reads only the ids.
  const list = siteList === null ? null : await readList(dirname(siteList), collectFindings());
  const listed = new Map(list?.map((one) => [one.site, one]));
  for (const site of observations.keys()) {
    const odd = listed.get(site)?.foreign ? null : oddLength(site);
    if (odd !== null) findings.add("warning", "the data", site, odd);
  }
  checkRunoff(new Map(list?.map(({ site, area }) => [site, area])), observations, drivers, findings);
}
