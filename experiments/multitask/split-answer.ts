/** The answer of an experiment with splits: the verdicts of all, or as long as they are not made, the answer of each. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BraidError } from "braid-engine";
import type { ResolvedExperiment } from "./resolve.ts";
import { nameOfSplit, splitPaths } from "./split-rules.ts";
import type { Typed } from "./statistics/answer.ts";
import { isFresh, tablePaths } from "./statistics/findings.ts";
import { withOverDays } from "./statistics/over-days.ts";
import { predictedText } from "./statistics/predicted.ts";
import { judgedPartition } from "./statistics/spec.ts";
import { type SplitTests, sharedDays, splitRefusals, verdictCells } from "./statistics/splits.ts";
import { readTable } from "./statistics/tables.ts";
import { aligned, syntheticWords } from "./statistics/words.ts";

/** The text, from the results below `folder`; `tell` gives the answer of one split. */
export async function splitsAnswer(
  experiment: ResolvedExperiment,
  splits: readonly ResolvedExperiment[],
  folder: string,
  typed: Typed,
  tell: (split: ResolvedExperiment) => Promise<string>,
): Promise<string> {
  const { shown, fold = (line) => line } = typed;
  const paths = splitPaths(experiment.name);
  const made = splits.map(({ name }) => tablePaths(name));
  const isMade = made
    .flatMap(({ tests, days }) => [tests, days])
    .every(
      (file) => existsSync(join(folder, file)) && isFresh(join(folder, paths.counts), join(folder, file)),
    );
  if (!isMade) return (await Promise.all(splits.map((split) => toldOrNot(split, tell)))).join("\n\n");
  const tables: SplitTests[] = await Promise.all(
    splits.map(async (split, i) => ({
      ...{ name: nameOfSplit(split), partitions: split.prepare.partitions },
      tests: withOverDays(
        await readTable(join(folder, made[i]!.tests)),
        await readTable(join(folder, made[i]!.days)),
      ),
    })),
  );
  const { name, evaluate, prepare, statistics } = experiment;
  const judged = judgedPartition(evaluate);
  const synthetic = syntheticWords(
    splits.some((split) => split.synthetic),
    "verdicts",
  );
  const shared = sharedDays(tables, judged);
  return [
    ...(await predictedIn(splits, folder, typed)),
    fold(
      `${name}: verdicts by the NSE of ${prepare.variables[0]} on ${judged} in ${splits.length} splits, each site alone${synthetic}`,
    ),
    "",
    ...fittedTable(verdictCells(tables, statistics.naiveFactor), fold),
    ...splitRefusals(tables, statistics.naiveFactor).map(fold),
    ...(shared === null ? [] : ["", fold(shared)]),
    "",
    fold(
      `More: ${shown(paths.page)}, and of each split ${shown(`${name}/split_NAME/statistics/summary.md`)}`,
    ),
  ].join("\n");
}

/** A table with a column per split, or where that is too wide, a block per row. */
function fittedTable(cells: readonly (readonly string[])[], fold: (line: string) => string): string[] {
  const lines = aligned(cells);
  if (lines.every((line) => fold(line) === line)) return lines;
  const [[corner, ...names] = [], ...rows] = cells;
  return rows.flatMap(([test, ...values], i) => [
    ...(i === 0 ? [] : [""]),
    i === 0 ? `${test} (${corner})` : test!,
    ...aligned(names.map((name, k) => [`  ${name}`, values[k]!])),
  ]);
}

/** What the models of each split predicted for another period, with an empty line after each. */
async function predictedIn(
  splits: readonly ResolvedExperiment[],
  folder: string,
  typed: Typed,
): Promise<string[]> {
  const texts = await Promise.all(
    splits.map((split) => predictedText({ ...split, primary: split.prepare.variables[0]! }, folder, typed)),
  );
  return texts.flatMap((text) => (text === null ? [] : [text, ""]));
}

/** The answer of a split, or why there is none. */
async function toldOrNot(
  split: ResolvedExperiment,
  tell: (split: ResolvedExperiment) => Promise<string>,
): Promise<string> {
  try {
    return await tell(split);
  } catch (error) {
    if (error instanceof BraidError) return error.message;
    throw error;
  }
}
