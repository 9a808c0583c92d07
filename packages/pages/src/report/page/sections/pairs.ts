/** Observed and predicted values of a site on the same days. */
import { variableName } from "../names.ts";
import { palette } from "../palette.ts";
import { type Context, siteLabel } from "./context.ts";
import type { SiteDays } from "./hydrograph-data.ts";

/** Observed days with a prediction: the values, and the predictions on the same days, medians over the seeds. */
export interface Pairs {
  readonly observed: readonly number[];
  readonly series: readonly {
    readonly name: string;
    readonly colour: string;
    readonly values: readonly number[];
  }[];
}

export function pairsOf({ days, factor, predicted, beside }: SiteDays): Pairs {
  const { single, primary } = palette();
  const both = days.filter(
    (day) =>
      Number.isFinite(day.observed) &&
      (!predicted || Number.isFinite(day.middle)) &&
      (!beside || Number.isFinite(day.single)),
  );
  return {
    observed: both.map((day) => day.observed),
    series: [
      ...(beside ? [{ name: "factor 0", colour: single, values: both.map((day) => day.single) }] : []),
      ...(predicted
        ? [{ name: `factor ${factor}`, colour: primary, values: both.map((day) => day.middle) }]
        : []),
    ],
  };
}

/** The site, the variable and the partition of a caption. */
export function placeWords({ report, choices: { now } }: Context): string {
  const site = report.sites.find((one) => one.id === now.site)!;
  return `${siteLabel(site)}, ${variableName(report, now.variable)} on ${now.partition}.`;
}
