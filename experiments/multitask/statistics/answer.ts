/** The short answer on the terminal: NSE by factor, and under each test how many sites are better or worse. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cannot } from "braid-engine";
import { count } from "braid-engine/quantities";
import { noDischarge } from "../discharge.ts";
import { scoreTables } from "../score-tables.ts";
import { heldOutSites } from "../units.ts";
import { factorTable, verdictTable } from "./answer-tables.ts";
import { incomparable } from "./compare.ts";
import { type AnswerSource, linesAlone, linesOf, noneOfThese, partitionOf } from "./factor-lines.ts";
import { isFresh, tablePaths } from "./findings.ts";
import { inTable, notCovered } from "./not-run.ts";
import { readTable } from "./tables.ts";
import { isWhole, testedFindings } from "./tested-findings.ts";
import { namedUnscored, type Unscored } from "./unscored.ts";
import { countWords, syntheticWords, testWords } from "./words.ts";

/** What the user typed, and from where. */
export interface Typed {
  /** A path of the working folder as the user sees it. */
  readonly shown: (path: string) => string;
  /** The command that runs what the config asks for. */
  readonly run: string;
  /** The command that makes a target with the same options; left out if its targets have other names. */
  readonly make?: (target: string) => string;
  /** Breaks a line between words where it is wider than the terminal; left out if nothing is too wide. */
  readonly fold?: (line: string) => string;
}

/** What the figures of the tables are. */
const nseUnit = "NSE has no unit: 1 is perfect, 0 is as good as the mean of the observations.";

const inFolder: Typed = { shown: (path) => path, run: "pnpm exp:a" };

/** The text, from the results below `folder`; `drawn` allows more than plain letters. */
export async function answer(
  source: AnswerSource,
  folder: string,
  drawn: boolean,
  typed: Typed = inFolder,
): Promise<string> {
  const { name, primary, statistics } = source;
  const metrics = join(folder, scoreTables(name).overall);
  if (!existsSync(metrics))
    throw cannot("print results of", name, "it has no table of scores yet", {
      hint: `Run the experiment first: ${typed.run}`,
    });
  const tested = await testedFindings(source, folder, metrics);
  const present = tested !== null && isWhole(source, tested) ? source : inTable(source, metrics);
  const of = { ...source, ...present };
  if ([of.sites, of.factors, of.seeds, of.evaluate].some((some) => some.length === 0))
    throw noneOfThese(source, metrics);
  const obstacle = tested === null ? incomparable(of) : null;
  const judged = tested?.partition ?? partitionOf(of);
  const seen = tested ?? (await (obstacle === null ? linesOf : linesAlone)(of, metrics));
  const fold = typed.fold ?? ((line) => line);
  // A command stays whole, to be copied.
  const without = notCovered(folder, source, present, typed.run).map((line) =>
    line.endsWith(typed.run) ? line : fold(line),
  );
  if (seen.sites === 0) return noAnswer(of, judged, seen.unscored, without, typed);
  const { factors, sites, seeds, unscored } = seen;
  return [
    fold(
      `${name}: NSE of ${primary} on ${judged}, ${count(sites, "site")}, ${count(seeds, "seed")}${sharing(source)}${syntheticWords(source.synthetic)}`,
    ),
    ...ungauged(source).map(fold),
    ...without,
    ...(unscored.length === 0 ? [] : [fold(`Not counted: ${namedUnscored(unscored)}`)]),
    "",
    ...factorTable(factors, sites, drawn),
    fold(nseUnit),
    "",
    ...(source.discharge.length === 0 ? [fold(noDischarge(source.prepare.variables))] : []),
    ...(obstacle !== null
      ? [fold(whyNothingCompared(source, obstacle))]
      : tested === null
        ? [fold(untested(source))]
        : [
            ...verdictTable(tested, statistics.naiveFactor).map(fold),
            "",
            ...(await auxiliaryLines(join(folder, tablePaths(name).auxiliaryCounts), statistics)).map(fold),
            `More: ${typed.shown(`${name}/statistics/summary.md`)}`,
          ]),
    ...furtherFiles(source, folder, tested === null ? metrics : join(folder, tablePaths(name).counts), typed),
  ].join("\n");
}

/** Why no factor is compared with another. */
function whyNothingCompared(
  source: AnswerSource,
  { compare, given, cause, hint }: NonNullable<ReturnType<typeof incomparable>>,
): string {
  const [primary] = source.prepare.variables;
  if (source.prepare.variables.length === 1)
    return `Nothing is compared: ${primary} is the only variable. To compare factors, name another variable of obs_file.csv under "auxiliary" in the config.`;
  const isAsked = incomparable(source) === null;
  const isJudged = incomparable({ ...source, evaluate: source.judges }) === null;
  const help = isAsked
    ? "The config lists both, but they have not both been run."
    : isJudged
      ? "The target `statistics` scores others and compares on them."
      : hint;
  return `Nothing is compared (${compare} ${given}): ${cause}. ${help}`;
}

/** How to test what has only been scored. */
function untested({ evaluate, judges }: AnswerSource): string {
  const further = judges.filter((partition) => !evaluate.includes(partition));
  const scores = further.length === 0 ? "" : ` It scores ${further.join(" and ")} too, and trains nothing.`;
  return `Are these differences more than chance? The target \`statistics\` tests them.${scores}`;
}

/**
 * Names the scores and what other targets have made of them, unless it is older than `source`. If there is no page, says
 * how to make it.
 */
function furtherFiles(
  { name }: AnswerSource,
  folder: string,
  source: string,
  { shown, make }: Typed,
): string[] {
  const { overall } = scoreTables(name);
  const metrics = join(folder, overall);
  const [page, scores] = [`${name}/report/index.html`, `${name}/export/scores.nc`];
  const skill = `${name}/baselines/skill.csv`;
  const hasPage = isFresh(join(folder, page), source);
  return [
    `Scores: ${shown(overall)}`,
    ...(isFresh(join(folder, skill), metrics) ? [`Skill over baselines: ${shown(skill)}`] : []),
    ...(hasPage ? [`Page: ${shown(page)}`] : []),
    ...(isFresh(join(folder, scores), metrics) ? [`Export: ${shown(`${name}/export`)}`] : []),
    ...(hasPage || make === undefined ? [] : ["Next, a page with maps and figures:", `  ${make("report")}`]),
  ];
}

function sharing({ units }: AnswerSource): string {
  if (units === undefined) return "";
  return units.trainOn === "all" ? ", one model of all sites" : `, one model of each ${units.trainOn}`;
}

function ungauged({ units }: AnswerSource): string[] {
  const sites = heldOutSites(units);
  return sites.length === 0 ? [] : [`Ungauged, no model was trained on them: ${sites.join(", ")}`];
}

/** The answer if no model of any site has a score. */
function noAnswer(
  { name, primary, evaluate }: AnswerSource,
  judged: string,
  unscored: readonly Unscored[],
  without: readonly string[],
  { shown, fold = (line) => line }: Typed,
): string {
  const others = evaluate.filter((partition) => partition !== judged);
  return [
    fold(`${name}: no answer, since no site has an NSE of ${primary} on ${judged}`),
    ...without,
    fold(`Not counted: ${namedUnscored(unscored)}`),
    fold(`Choose other days for ${judged} (partitions.${judged}), or sites that have observations there.`),
    ...(others.length === 0 ? [] : [`Scores on ${others.join(", ")}: ${shown(scoreTables(name).overall)}`]),
  ].join("\n");
}

/** A line for each auxiliary variable: where its verdicts are, or why there are none. */
async function auxiliaryLines(file: string, { naiveFactor }: AnswerSource["statistics"]): Promise<string[]> {
  if (!existsSync(file)) return [];
  const byVariable = Map.groupBy(await readTable(file), (line) => line.variable!);
  return [...byVariable].map(([variable, counts]) => {
    const alone = counts.filter((line) => line.adjustment === "none");
    const made = alone.filter((line) => line.sites !== "0");
    const shown = made.find((line) => line.test === "naive_factor") ?? made[0];
    if (shown === undefined) return `No verdict on ${variable}: ${alone[0]!.reason!.replace(". ", ".\n")}.`;
    const [better = "", same = "", worse = ""] = (["better", "no_difference", "worse"] as const).map((what) =>
      countWords(shown, what, false),
    );
    return `${variable}, ${testWords(shown.test!, naiveFactor)}, against factor 0 of ${shown.single_task}:\n${better} better, ${same} no difference, ${worse} worse.`;
  });
}
