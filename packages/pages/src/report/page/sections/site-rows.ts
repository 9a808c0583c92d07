/** What the page says of each site: its verdict, its factor, what that gains, and its scores. */

import type { Report, ScoreCube, SiteResult } from "../../report.ts";
import type { Choice } from "../choice.ts";
import { goodness } from "../names.ts";
import { type Spread, seedSpreads } from "../numbers.ts";
import { type Context, chosenScores, isJudged, siteLabel } from "./context.ts";

export interface SiteRow {
  /** Position in the report's sites. */
  readonly place: number;
  readonly id: string;
  readonly name: string;
  /** better, no difference, worse or refused; null where the chosen scores are not those that tests judge. */
  readonly verdict: string | null;
  /** That of the test; without one, the factor above 0 of the best median. Null where nothing was scored. */
  readonly factor: number | null;
  /** What the factor gains over 0, above 0 is better: by the test with its interval, or between the medians. NaN: not known. */
  readonly gain: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Medians of the chosen score over the seeds at factor 0 and at the factor, each with half its interquartile range. */
  readonly single: Spread;
  readonly multi: Spread;
}

/** A row for each site, of the chosen scores. */
export async function siteRows(context: Context): Promise<SiteRow[]> {
  const { report, choices } = context;
  const { verdicts } = report;
  const judged = verdicts !== null && isJudged(context, verdicts.judged) ? verdicts.answer : null;
  return rowsOf(report, await chosenScores(context), choices.now, judged?.bySite ?? null);
}

/** The rows that pass the chosen filters. */
export async function shownRows(context: Context): Promise<SiteRow[]> {
  return passing(context, await siteRows(context));
}

/** Those of `rows` that pass the chosen filters. */
export function passing({ report, choices }: Context, rows: readonly SiteRow[]): SiteRow[] {
  return rows.filter((row) => passes(report, row, choices.now));
}

/** @param results those of the answering test, if it judges the scores. */
export function rowsOf(
  report: Report,
  cube: ScoreCube,
  { score, correction }: Pick<Choice, "score" | "correction">,
  results: Readonly<Record<string, SiteResult>> | null,
): SiteRow[] {
  const zero = report.factors.indexOf(0);
  const bySite = seedSpreads(report, cube);
  return report.sites.map((site, place) => {
    const spreads = bySite[place]!;
    const good = spreads.map((spread) => goodness(score, spread.median));
    const result = results?.[site.id];
    const best = bestAbove(report.factors, good);
    const chosen = result?.factor == null ? best : report.factors.indexOf(result.factor);
    const between = chosen < 0 || zero < 0 ? Number.NaN : good[chosen]! - good[zero]!;
    const none = { median: Number.NaN, half: Number.NaN };
    return {
      ...{ place, id: site.id, name: siteLabel(site) },
      verdict: results === null ? null : (result?.verdicts[correction] ?? "refused"),
      factor: report.factors[chosen] ?? null,
      gain: result?.gain ?? between,
      low: result?.low ?? null,
      high: result?.high ?? null,
      single: spreads[zero] ?? none,
      multi: spreads[chosen] ?? none,
    };
  });
}

/** The position of the factor above 0 of the best median; -1 if there is none. */
function bestAbove(factors: readonly number[], good: readonly number[]): number {
  let best = -1;
  good.forEach((value, f) => {
    if (factors[f] !== 0 && Number.isFinite(value) && !(value <= (good[best] ?? Number.NaN))) best = f;
  });
  return best;
}

type Filters = Pick<Choice, "text" | "verdict" | "least" | "most" | "property">;

/** Whether a site passes the filters: every word of the text in its id, name or words; the property within its limits. */
export function passes(report: Report, { place, verdict }: SiteRow, filters: Filters): boolean {
  const site = report.sites[place]!;
  const own = [site.id, site.name, ...Object.values(site.texts)].join(" ").toLowerCase();
  const words = filters.text.toLowerCase().split(/\s+/);
  if (!words.every((word) => own.includes(word))) return false;
  if (filters.verdict !== "" && verdict !== null && verdict !== filters.verdict) return false;
  const [least, most] = [filters.least, filters.most].map((text) =>
    text === "" ? Number.NaN : Number(text),
  );
  if (Number.isNaN(least) && Number.isNaN(most)) return true;
  const value = site.properties[filters.property];
  return value != null && !(value < least!) && !(value > most!);
}

/** What rows are sorted by: names of columns. */
export function sorted(
  report: Report,
  rows: readonly SiteRow[],
  { sort, property }: Pick<Choice, "sort" | "property">,
): SiteRow[] {
  const down = sort.startsWith("-");
  const keys: Readonly<Record<string, (row: SiteRow) => string | number>> = {
    site: (row) => row.id,
    verdict: (row) => ["better", "no difference", "worse", "refused"].indexOf(row.verdict ?? ""),
    factor: (row) => row.factor ?? Number.NaN,
    gain: (row) => row.gain,
    single: (row) => row.single.median,
    multi: (row) => row.multi.median,
    property: (row) => report.sites[row.place]!.properties[property] ?? Number.NaN,
  };
  const key = keys[sort.replace(/^-/, "")];
  if (key === undefined) return [...rows];
  return rows.toSorted((a, b) => {
    const [x, y] = [key(a), key(b)];
    // What is not known comes last, whichever way.
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
  });
}
