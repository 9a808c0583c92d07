/**
 * What predictions are scored on: the observed days of a variable in one partition, from the source itself and
 * not from the prepared data, so that no score rests on anything that the preparation did. Masking is the one
 * function that both share.
 */

import type { SiteRecord } from "@braid/data/records";
import { type Day, formatDay } from "@braid/data/tables";
import { cannot } from "braid-engine";
import { observationsOf, observed } from "../reading/observations.ts";
import { rowsByDay } from "../reading/rows-by-day.ts";
import { type DateRange, daysOf, type Partitions } from "../sequences/partitions.ts";

export interface TruthParams {
  /** The primary first. */
  readonly variables: readonly string[];
  readonly discharge: readonly string[];
  readonly partitions: Partitions;
  readonly mask: readonly string[];
}

/** What was observed of one variable in one partition: days [N] and values [N], and epsilon for discharge. */
export interface Truth {
  readonly variable: string;
  readonly days: readonly Day[];
  readonly values: Float64Array;
  readonly epsilon: number | null;
}

/** By the record it was laid out from: the small calls at the end of a site's training share it. */
const laidOut = new WeakMap<SiteRecord, Map<string, readonly Truth[]>>();

/** The truth of each variable of `site` in `partition`, in the order of the variables. */
export async function truthOf(
  file: string,
  site: string,
  partition: string,
  params: TruthParams,
): Promise<readonly Truth[]> {
  const { variables, discharge, partitions, mask } = params;
  const record = await observationsOf(file, site, variables);
  const known = laidOut.get(record) ?? new Map<string, readonly Truth[]>();
  laidOut.set(record, known);
  const key = JSON.stringify([partition, variables, discharge, partitions, mask]);
  const truth = known.get(key) ?? layOut(record, partition, params);
  known.set(key, truth);
  return truth;
}

function layOut(
  record: SiteRecord,
  partition: string,
  { variables, discharge, partitions, mask }: TruthParams,
): Truth[] {
  const rowOf = rowsByDay(record.days);
  return variables.map((variable) => {
    const { values } = observed(record, variable, mask);
    const seenIn = (ranges: readonly DateRange[]) =>
      daysOf(ranges).filter((day) => !Number.isNaN(values[rowOf(day) ?? -1] ?? Number.NaN));
    const valuesOf = (days: readonly Day[]) => Float64Array.from(days, (day) => values[rowOf(day)!]!);
    const days = seenIn(partitions[partition]!);
    const train = valuesOf(seenIn(partitions.train!));
    const epsilon = (0.01 * train.reduce((sum, value) => sum + value, 0)) / train.length;
    return { variable, days, values: valuesOf(days), epsilon: discharge.includes(variable) ? epsilon : null };
  });
}

/** What `file` predicted on the days of the truth, [N]. @throws where it lacks one of them. */
export function predictedOn(
  file: string,
  { variable, days }: Truth,
  predicted: ReadonlyMap<Day, number>,
): Float64Array {
  const lacking = days.find((day) => !predicted.has(day));
  if (lacking !== undefined)
    throw cannot("evaluate", file, `it lacks ${formatDay(lacking)}, on which "${variable}" was observed`, {
      hint: "Make the predictions again: they are of other dates than this config's partition.",
    });
  return Float64Array.from(days, (day) => predicted.get(day)!);
}
