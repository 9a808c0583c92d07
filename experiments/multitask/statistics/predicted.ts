/** What `pnpm exp:a predict` made, on the terminal: where it is, and the median NSE by factor at gauged and ungauged sites. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { median } from "@braid/statistics";
import { count } from "braid-engine/quantities";
import type { Typed } from "./answer.ts";
import { numberIn, type Row, readTable } from "./tables.ts";
import { aligned, figure, syntheticWords } from "./words.ts";

/** Predictions of a period, as far as they are made. */
interface PredictedSource {
  readonly primary: string;
  readonly factors: readonly number[];
  readonly predict?: { readonly folder: string; readonly synthetic: boolean };
}

/** The text, from the results below `folder`; null if there are none. */
export async function predictedText(
  { primary, factors, predict }: PredictedSource,
  folder: string,
  { shown, fold = (line) => line }: Pick<Typed, "shown" | "fold">,
): Promise<string | null> {
  if (predict === undefined || !existsSync(join(folder, predict.folder, "about.txt"))) return null;
  const head = `Predictions: ${shown(predict.folder)}`;
  const metrics = join(folder, predict.folder, "overall_metrics.csv");
  if (!existsSync(metrics)) return fold(`${head} (no observations to score them)`);
  const rows = (await readTable(metrics)).filter(({ variable }) => variable === primary);
  const groups = [
    ["gauged", rows.filter(({ gauged }) => gauged !== "no")],
    ["ungauged", rows.filter(({ gauged }) => gauged === "no")],
  ] as const;
  const shownGroups = groups.filter(([, some]) => some.length > 0);
  return [
    fold(`${head}${syntheticWords(predict.synthetic)}`),
    ...seenLines(rows).map(fold),
    ...aligned([
      [
        "factor",
        ...shownGroups.map(
          ([name, some]) =>
            `NSE at ${count(new Set(some.map(({ site_id }) => site_id)).size, `${name} site`)}`,
        ),
      ],
      ...factors.map((factor) => [
        String(factor),
        ...shownGroups.map(([, some]) =>
          figure(medianOf(some.filter((row) => Number(row.factor) === factor))),
        ),
      ]),
    ]),
  ].join("\n");
}

/** A mark beside scores of days that the models know; none if all days are new to them. */
function seenLines(rows: readonly Row[]): string[] {
  const seen = Math.max(0, ...rows.map(({ seen_days }) => numberIn(seen_days) ?? 0));
  if (seen === 0) return [];
  return [
    `Not all days are new: the models were trained, or their epochs chosen, on ${count(seen, "predicted day")}. At gauged sites these scores do not show how the models predict new days.`,
  ];
}

/** The median over sites of the median over seeds; NaN if no model has a score. */
function medianOf(rows: readonly Row[]): number {
  const bySite = [...Map.groupBy(rows, ({ site_id }) => site_id).values()].flatMap((ofSite) => {
    const scores = ofSite.map(({ nse }) => numberIn(nse)).filter((nse) => nse !== null);
    return scores.length === 0 ? [] : [median(scores)];
  });
  return bySite.length === 0 ? Number.NaN : median(bySite);
}
