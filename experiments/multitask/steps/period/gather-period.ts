/** combine_period: the scores of a predicted period in one table, and in a few words what was predicted. */
import { writeFile } from "node:fs/promises";
import { count } from "braid-engine/quantities";
import { sitesInPaths } from "../../missing-sites.ts";
import { type DateRange, daysOf, formatRange } from "../../sequences/partitions.ts";
import { syntheticNote } from "../../synthetic.ts";
import { combineMetrics } from "../combine-metrics.ts";
import { addColumns } from "../more-columns.ts";

interface AboutPeriod {
  readonly name: string;
  readonly primary: string;
  readonly synthetic: boolean;
  readonly data: readonly string[];
  readonly period: readonly DateRange[];
  /** The sites to predict, and the ungauged ones among them. */
  readonly sites: readonly string[];
  readonly ungauged: readonly string[];
  /** Days that models were trained on, or that chose their epochs. */
  readonly seen: readonly DateRange[];
  readonly mixBackends: boolean;
}

interface GatherJob {
  readonly input: {
    /** The unscaled windows of each site whose drivers could be prepared. */
    readonly windows: readonly string[];
    /** The scores of each model; the predictions of each where nothing was observed. */
    readonly made: readonly string[];
  };
  readonly params: AboutPeriod;
  log(text: string): void;
  warn(text: string): void;
}

/** Columns that scores of a period have beside those of an experiment. */
const columns = ["gauged", "seen_days"] as const;

/** Gathers scores. */
export async function gatherPeriod(
  job: GatherJob & { readonly output: { readonly metrics: string; readonly about: string } },
): Promise<void> {
  const { input, output, params } = job;
  await combineMetrics({ input: input.made, output: output.metrics, params, log: job.log });
  const ungauged = new Set(params.ungauged);
  const seen = seenDays(params);
  await addColumns(output.metrics, columns, (site) =>
    ungauged.has(site) ? { gauged: "no", seen_days: 0 } : { gauged: "yes", seen_days: seen },
  );
  const text = seenText(params);
  if (text !== null) job.warn(text);
  await writeFile(output.about, aboutPeriod(params, input.windows));
}

/** Says what was predicted, where there are no observations to score. */
export async function describePeriod(
  job: GatherJob & { readonly output: { readonly about: string } },
): Promise<void> {
  await writeFile(job.output.about, aboutPeriod(job.params, job.input.windows));
}

function seenDays({ period, seen }: AboutPeriod): number {
  const days = new Set(daysOf(seen));
  return daysOf(period).filter((day) => days.has(day)).length;
}

function seenText(params: AboutPeriod): string | null {
  const seen = seenDays(params);
  const gauged = params.sites.some((site) => !params.ungauged.includes(site));
  if (seen === 0 || !gauged) return null;
  return `${seen} of ${count(daysOf(params.period).length, "predicted day")} are days on which the models were trained or their epochs chosen: at gauged sites, the scores do not show how the models predict new days (column seen_days)`;
}

/** The text of about.txt. */
function aboutPeriod(params: AboutPeriod, windows: readonly string[]): string {
  const { name, primary, synthetic, data, period, sites, ungauged } = params;
  const present = sitesInPaths(sites, windows);
  const absent = sites.filter((site) => !present.includes(site));
  const without = ungauged.filter((site) => present.includes(site));
  const seen = seenText(params);
  return [
    `Predictions of ${primary} by the trained models of ${name} for ${period.map(formatRange).join(", ")}, at ${count(present.length, "site")}. Made from`,
    ...data.map((file) => `  ${file}`),
    ...(synthetic ? [syntheticNote] : []),
    without.length === 0
      ? "The models were trained on every site."
      : `Ungauged: no model was trained on ${count(without.length, "site")}: ${without.join(", ")}.`,
    ...(absent.length === 0
      ? []
      : [`Left out, since their drivers could not be prepared: ${absent.join(", ")}.`]),
    ...(seen === null ? [] : [`${seen}.`]),
    "",
  ].join("\n");
}
