/**
 * Attributes that are computed from the targets under another name: their values follow a statistic of the observations
 * over the sites on a straight line, in whatever unit.
 */
import { cannot } from "braid-engine";
import type { Attribute } from "../attributes.ts";
import type { Prepared } from "./prepared.ts";

/** On fewer sites a straight line may be chance. */
const fewestSites = 6;
/** What rounding of either column leaves of a correlation of 1. */
const nearOne = 0.99999;

const statistics = {
  mean: (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length,
  maximum: (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value)),
  minimum: (values: readonly number[]) => values.reduce((least, value) => Math.min(least, value)),
  "standard deviation": (values: readonly number[]) => {
    const mean = statistics.mean(values);
    return Math.sqrt(statistics.mean(values.map((value) => (value - mean) ** 2)));
  },
} as const;

/** @throws for the first attribute (`values`: [attributes][sites]) that is a statistic of a target, or its logarithm. */
export function checkLeaks(
  unit: string,
  attributes: readonly Attribute[],
  values: readonly (readonly number[])[],
  members: readonly Prepared[],
): void {
  if (attributes.length === 0 || members.length < fewestSites) return;
  const { variables } = members[0]!;
  for (const [v, variable] of variables.entries()) {
    const observations = members.map((member) => observedValues(member, v));
    for (const [name, statistic] of Object.entries(statistics)) {
      const ofSites = observations.map((one) => (one.length === 0 ? Number.NaN : statistic(one)));
      for (const [a, attribute] of attributes.entries()) {
        if (attribute.climate !== null) continue;
        for (const found of [ofSites, ofSites.map(Math.log)])
          if (Math.abs(correlation(values[a]!, found)) > nearOne)
            throw cannot(
              "use attribute",
              attribute.name,
              `it follows the ${name} of "${variable}" over the sites`,
              {
                facts: [
                  ["unit", unit],
                  ["sites", String(members.length)],
                ],
                hint: "It is computed from observations, including those of the days that judge the models: leave it out.",
              },
            );
      }
    }
  }
}

/** Every observed value of variable v, in all partitions. */
function observedValues({ partitions, variables }: Prepared, v: number): number[] {
  const V = variables.length;
  return Object.values(partitions).flatMap(({ y, mask }) => {
    const values: number[] = [];
    for (let i = v; i < y.length; i += V) if (mask[i] === 1) values.push(y[i]!);
    return values;
  });
}

/** Pearson's correlation over the places where both are finite; 0 where it is not defined. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const both = a.flatMap((value, i) => (Number.isFinite(b[i]) ? [[value, b[i]!] as const] : []));
  if (both.length < fewestSites) return 0;
  const [meanA, meanB] = [
    statistics.mean(both.map(([one]) => one)),
    statistics.mean(both.map(([, one]) => one)),
  ];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [one, other] of both) {
    ab += (one - meanA) * (other - meanB);
    aa += (one - meanA) ** 2;
    bb += (other - meanB) ** 2;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}
