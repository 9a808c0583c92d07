/** Sites without any scored model, which no count includes, each with its reason. */
import { count } from "braid-engine/quantities";
import { fewestObservations } from "../metrics.ts";

/** A site without a score on the partition in question. */
export interface Unscored {
  readonly site: string;
  readonly reason: string;
}

/** Why models have no NSE on a partition with `observed` days. */
export function whyUnscored(observed: number, partition: string): string {
  if (observed === 0) return `nothing was observed in ${partition}`;
  if (observed < fewestObservations)
    return `${count(observed, "observed day")} in ${partition}, and a score needs ${fewestObservations}`;
  return `all observations in ${partition} are equal`;
}

const mostNamed = 10;

/** `01435000 (nothing was observed in test), 02037500 (...)`; at most ten are named. */
export function namedUnscored(unscored: readonly Unscored[]): string {
  const named = unscored.slice(0, mostNamed).map(({ site, reason }) => `${site} (${reason})`);
  const more = unscored.length - named.length;
  return `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
