/** What every section gets: the report, the choices, and the scores that are chosen. */
import type { Report, ScoreCube } from "../../report.ts";
import type { Choices } from "../choice.ts";
import { loadScores } from "../data.ts";

export interface Context {
  readonly report: Report;
  readonly choices: Choices;
}

/** The scores that the reader has chosen. */
export function chosenScores({ choices }: Context): Promise<ScoreCube> {
  const { partition, variable, score } = choices.now;
  return loadScores(partition, variable, score);
}

const names: Readonly<Record<string, string>> = {
  nse: "NSE",
  kge: "KGE",
  rmse: "RMSE",
  log_nse: "log-NSE",
  fhv: "FHV (%)",
  flv: "FLV (%)",
  r: "correlation",
};

/** A score, variable or property as people write it. */
export function label(name: string): string {
  return names[name] ?? name.replaceAll("_", " ");
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
