/** Whether the tables that the statistics left are of this config, and of the scores that are there now. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { scoreTables } from "../score-tables.ts";
import { incomparable } from "./compare.ts";
import { type AnswerSource, linesOf, partitionOf, type Seen } from "./factor-lines.ts";
import { type Findings, isFresh, madeFindings, tablePaths } from "./findings.ts";
import { inTable } from "./not-run.ts";

/** The findings of what the config asks for; null if they are not made, or of other scores. `metrics` is the default target's table. */
export async function testedFindings(
  source: AnswerSource,
  folder: string,
  metrics: string,
): Promise<Findings | null> {
  const { name, statistics } = source;
  const asked = { ...source, evaluate: source.judges };
  const made = incomparable(asked) === null ? await madeFindings(folder, name, statistics.naiveFactor) : null;
  if (made === null) return null;
  const files = tablePaths(name);
  const isNewer = isFresh(join(folder, files.counts), metrics);
  if (isNewer && isWhole(source, made)) return made;
  const judged = [metrics, join(folder, scoreTables(name).judged)].find(
    (table) => existsSync(table) && inTable(asked, table).evaluate.length === asked.evaluate.length,
  );
  if (judged === undefined) return null;
  const present = { ...asked, ...inTable(asked, judged) };
  if (!areOf(present, made)) return null;
  // Metrics that were gathered again may be the same: then the tables stand, whatever the times say.
  const stands = async () =>
    tellTheSame(made, await linesOf(present, judged)) && (await saySame(source, metrics, judged));
  return isNewer || (await stands()) ? made : null;
}

/** Whether the findings are of all that the config asks for. */
export function isWhole(source: AnswerSource, made: Findings): boolean {
  return areOf({ ...source, evaluate: source.judges }, made) && made.seeds === source.seeds.length;
}

/** Whether the table that is judged has the scores of the default target's table. */
async function saySame(source: AnswerSource, metrics: string, judged: string): Promise<boolean> {
  if (metrics === judged) return true;
  const of = { ...source, ...inTable(source, metrics) };
  if (incomparable(of) !== null) return isFresh(judged, metrics);
  return tellTheSame(await linesOf(of, metrics), await linesOf(of, judged));
}

/** Whether the tables are of this config: those of other sites or factors would answer another question. */
function areOf(source: AnswerSource, made: Findings): boolean {
  const { sites, factors, seeds } = source;
  const known = new Set(made.factors.map(({ factor }) => factor));
  return (
    made.partition === partitionOf(source) &&
    made.siteIds.size === sites.length &&
    sites.every((site) => made.siteIds.has(site)) &&
    made.seeds <= seeds.length &&
    known.size === factors.length &&
    factors.every((factor) => known.has(factor))
  );
}

/** Whether the scores by factor are those of the tables, which have seven digits. */
function tellTheSame(made: Seen, seen: Seen): boolean {
  if (seen.factors.length !== made.factors.length) return false;
  const same = (a: number | null, b: number | null) =>
    Object.is(a, b) || Math.abs((a ?? 0) - (b ?? 0)) <= 1e-6 * Math.max(1, Math.abs(a ?? 0));
  return (
    made.sites === seen.sites &&
    made.seeds === seen.seeds &&
    seen.factors.every((line, k) =>
      (["factor", "q25", "median", "q75", "difference"] as const).every((key) =>
        same(line[key], made.factors[k]![key]),
      ),
    )
  );
}
