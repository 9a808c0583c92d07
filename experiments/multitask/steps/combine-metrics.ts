/**
 * combine_metrics: the metrics files of an experiment become one table, in the order of the list.
 *
 * The lines pass through as text, some hundred files at a time, so memory does not grow with the text and no
 * number is written anew. Of them a few columns are kept for a summary in the log, which arquero makes:
 * grouping and quantiles over a table of columns is what it serves best.
 */
import { open, readFile } from "node:fs/promises";
import { cannot } from "braid-engine";
import { count } from "braid-engine/quantities";
import { parse } from "csv-parse/sync";
import { flowScoreNames } from "../flow-scores.ts";
import { scoreNames, scoresOfDischarge } from "../metrics.ts";
import { namedUnscored, whyUnscored } from "../statistics/unscored.ts";
import { refuseMixing } from "./backend.ts";
import { formerColumns, metricsColumns } from "./metrics-table.ts";

interface CombineJob {
  readonly input: readonly string[];
  readonly output: string;
  readonly params: { readonly mixBackends: boolean };
  log(text: string): void;
}

/** What the summary is made of, one entry per line of the table. */
interface Columns {
  readonly site: string[];
  readonly observed: number[];
  /** Not for a head that was never trained, which has no scores. */
  readonly trained: boolean[];
  readonly partition: string[];
  readonly variable: string[];
  readonly factor: number[];
  readonly nse: number[];
}

const filesAtOnce = 256;
const formerHeader = `${formerColumns.join(",")}\n`;
const lacking = ",".repeat(metricsColumns.length - formerColumns.length);

/** Gathers the files of a job. @throws where one is no metrics file, or backends are mixed. */
export async function combineMetrics({ input, output, params, log }: CombineJob): Promise<void> {
  const header = `${metricsColumns.join(",")}\n`;
  const [backendAt, siteAt, observedAt, trainedAt, ...at] = [
    "backend",
    "site_id",
    "n_obs",
    "trained",
    "partition",
    "variable",
    "factor",
    "nse",
  ].map((column) => (metricsColumns as readonly string[]).indexOf(column)) as [
    ...[number, number, number, number],
    ...[number, number, number, number],
  ];
  const empty = new Map<string, Map<string, number>>();
  const columns: Columns = {
    ...{ site: [], observed: [], trained: [] },
    ...{ partition: [], variable: [], factor: [], nse: [] },
  };
  let first: { file: string; backend: string } | undefined;
  const handle = await open(output, "w");
  try {
    await handle.write(header);
    for (let from = 0; from < input.length; from += filesAtOnce) {
      const files = input.slice(from, from + filesAtOnce);
      const bodies = await Promise.all(files.map((file) => bodyOf(file, header)));
      bodies.forEach((body, i) => {
        for (const row of parse(body) as string[][]) {
          const backend = row[backendAt]!;
          first ??= { file: files[i]!, backend };
          refuseMixing("gather", files[i]!, backend, first.backend, params.mixBackends);
          if (row[trainedAt] !== "no")
            for (const score of emptyScores(row)) {
              const name = `${row[at[1]]} on ${row[at[0]]}`;
              const scores = empty.get(name) ?? new Map<string, number>();
              empty.set(name, scores.set(score, (scores.get(score) ?? 0) + 1));
            }
          columns.site.push(row[siteAt]!);
          columns.observed.push(Number(row[observedAt]));
          columns.trained.push(row[trainedAt] !== "no");
          columns.partition.push(row[at[0]]!);
          columns.variable.push(row[at[1]]!);
          columns.factor.push(Number(row[at[2]]));
          columns.nse.push(row[at[3]] === "" ? Number.NaN : Number(row[at[3]]));
        }
      });
      await handle.write(bodies.join(""));
    }
  } finally {
    await handle.close();
  }
  log(await summary(columns));
  for (const text of withoutScore(columns)) log(text);
  for (const [name, scores] of empty) {
    const told = [...scores].map(([score, models]) => `${score} (${count(models, "model")})`);
    log(`Empty for ${name}: ${told.join(", ")}. The logs of evaluate_predictions have the reasons`);
  }
}

/** The empty scores of a line, among those that its variable can have, and its version. */
function emptyScores(row: readonly string[]): string[] {
  const isEmpty = (name: (typeof metricsColumns)[number]) => row[metricsColumns.indexOf(name)] === "";
  const isFlow = !isEmpty("n_negative");
  const isFormer = flowScoreNames.every(isEmpty);
  return [
    ...scoreNames.filter((name) => isFlow || !scoresOfDischarge.includes(name)),
    ...(isFlow && !isFormer ? flowScoreNames : []),
  ].filter(isEmpty);
}

/** One line per partition and variable, with the sites where no trained model has an NSE, and why. */
function withoutScore({ site, observed, trained, partition, variable, nse }: Columns): string[] {
  const groups = new Map<string, Map<string, { scored: boolean; observed: number }>>();
  for (const [i, one] of site.entries()) {
    if (!trained[i]) continue;
    const name = `${variable[i]} on ${partition[i]}`;
    const sites = groups.get(name) ?? new Map<string, { scored: boolean; observed: number }>();
    groups.set(name, sites);
    const scored = (sites.get(one)?.scored ?? false) || !Number.isNaN(nse[i]!);
    sites.set(one, { scored, observed: observed[i]! });
  }
  return [...groups].flatMap(([name, sites]) => {
    const unscored = [...sites]
      .filter(([, { scored }]) => !scored)
      .map(([one, { observed }]) => ({
        site: one,
        reason: whyUnscored(observed, name.split(" on ").at(-1)!),
      }));
    if (unscored.length === 0) return [];
    return [`No NSE of ${name} at ${count(unscored.length, "site")}: ${namedUnscored(unscored)}`];
  });
}

/** The lines of a metrics file below its header; those of an earlier version get the scores that it lacks, empty. */
async function bodyOf(file: string, header: string): Promise<string> {
  const given = await readFile(file, "utf8");
  const text = given.startsWith(formerHeader)
    ? header + given.slice(formerHeader.length).replaceAll("\n", `${lacking}\n`)
    : given;
  if (!text.startsWith(header) || !text.endsWith("\n") || text.length === header.length)
    throw cannot("gather", file, "it is not a whole metrics file of this version", {
      hint: "Delete it and run again.",
    });
  return text.slice(header.length);
}

/** NSE by partition, variable and factor: models scored, median, and the two quartiles. */
async function summary(columns: Columns): Promise<string> {
  const { op, table } = await import("arquero");
  const groups = table({ ...columns })
    .filter((row: { nse: number }) => !op.is_nan(row.nse))
    .groupby("partition", "variable", "factor")
    .rollup({
      models: op.count(),
      nse_q25: op.quantile("nse", 0.25),
      nse_median: op.median("nse"),
      nse_q75: op.quantile("nse", 0.75),
    })
    .orderby("partition", "variable", "factor");
  return `NSE over sites and seeds\n${groups.toMarkdown({ limit: Number.POSITIVE_INFINITY })}`;
}
