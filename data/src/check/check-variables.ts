/**
 * Whether each site has something to learn: a primary that was observed and varies. Days and partitions of a run are
 * not known here: only what no choice of them could mend is an error.
 */
import type { SiteSummary } from "./check-table.ts";
import { type ColumnSummary, isOneValue } from "./column.ts";
import type { Findings } from "./finding.ts";

const usual = "discharge_cms";
const leaveOut = "leave the site out, list the others under `sites:` of the config";

/** The primary of observations where none is named: discharge_cms, else their first variable; null without any. */
export function primaryOf(observations: ReadonlyMap<string, SiteSummary>): string | null {
  const names = [...(observations.values().next().value?.columns.keys() ?? [])];
  return names.includes(usual) ? usual : (names[0] ?? null);
}

/**
 * Adds an error for each site of `used` (null: all) whose primary has nothing to learn from, a warning for one that was observed
 * on few days, and a warning for each other variable that was never observed.
 */
export function checkVariables(
  primary: string | null,
  observations: ReadonlyMap<string, SiteSummary>,
  used: ReadonlySet<string> | null,
  findings: Findings,
): void {
  const [first] = observations.values();
  if (first !== undefined && primary !== null && !first.columns.has(primary)) {
    const columns = `its variables: ${[...first.columns.keys()].join(", ")}`;
    findings.add("error", "obs_file.csv", null, `it has no column "${primary}", the primary`, columns);
  }
  for (const { site, columns, first: start, last } of observations.values())
    for (const [name, column] of columns) {
      if (name === primary && isSparse(column.seen, last - start + 1))
        findings.add(
          "warning",
          "obs_file.csv",
          site,
          `${name}, the primary, was observed on few days: a run takes each value for that of its day, so weekly or monthly means would be wrong`,
          `${column.seen} of ${last - start + 1} days`,
        );
      const state = useless(column);
      if (state === null || (name !== primary && column.seen > 0)) continue;
      const breaks = name === primary && (used === null || used.has(site));
      if (breaks) findings.add("error", "obs_file.csv", site, `${name}, the primary, ${state}: ${leaveOut}`);
      else findings.add("warning", "obs_file.csv", site, `${name} ${state}`);
    }
}

/** Daily values with gaps have more, weekly ones have fewer; of a few values this is not known. */
const leastShare = 1 / 6;
const enoughValues = 20;

function isSparse(seen: number, days: number): boolean {
  return seen >= enoughValues && seen / days < leastShare;
}

/** Why there is nothing to learn; null where there is. Fields that are no numbers are findings of their own. */
function useless(column: ColumnSummary): string | null {
  if (column.seen === 0) return "was never observed";
  return isOneValue(column) ? "is the same on every observed day" : null;
}
