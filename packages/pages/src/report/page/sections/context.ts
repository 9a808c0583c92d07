/** What every section gets: the report, the choices, and the scores that are chosen. */
import type { Report, ScoreCube, Verdicts } from "../../report.ts";
import type { Choices } from "../choice.ts";
import { loadScores } from "../data.ts";
import { scoreLabel, variableName } from "../names.ts";

export interface Context {
  readonly report: Report;
  readonly choices: Choices;
}

/** The scores that the reader has chosen. */
export function chosenScores({ choices }: Context): Promise<ScoreCube> {
  const { partition, variable, score } = choices.now;
  return loadScores(partition, variable, score);
}

type ScoreChoice = Verdicts["judged"];

/** What a figure of the chosen scores is about. */
export function chosenWords({ report, choices }: Context): string {
  return scoreWords(report, choices.now);
}

/** `NSE of discharge on test` */
export function scoreWords(report: Report, { partition, variable, score }: ScoreChoice): string {
  return `${scoreLabel(report, score, variable)} of ${variableName(report, variable)} on ${partition}`;
}

/** Whether the chosen scores are those that the tests judge. */
export function isJudged(
  { choices: { now } }: Context,
  { partition, variable, score }: ScoreChoice,
): boolean {
  return now.partition === partition && now.variable === variable && now.score === score;
}

export function siteLabel({ id, name }: { readonly id: string; readonly name: string }): string {
  return name === "" || name === id ? id : `${id} ${name}`;
}

/**
 * Limits that the bulk of the values fills, so that a few terrible models do not flatten the rest: efficiencies end
 * at -1, unless all of them lie below.
 */
export function limits(score: string, lows: readonly number[], highs: readonly number[]): [number, number] {
  let low = Math.min(...lows.filter(Number.isFinite));
  let high = Math.max(...highs.filter(Number.isFinite));
  if (/nse|kge/.test(score) && high > -1) {
    low = Math.max(low, -1);
    high = Math.min(Math.max(high, low + 0.1), 1);
  }
  const margin = (high - low || 1) * 0.04;
  return [low - margin, high + margin];
}
