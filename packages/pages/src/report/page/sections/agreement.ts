/** How the values of a site agree, whatever their days: the duration curve, and predicted against observed. */
import { element } from "../../../shared/elements.ts";
import { type Drawn, figure } from "../figure.ts";
import type { Context } from "./context.ts";
import { durationCurve } from "./duration-curve.ts";
import { siteDays } from "./hydrograph-data.ts";
import { type Pairs, pairsOf } from "./pairs.ts";
import { scatter } from "./scatter.ts";

const dependsOn = ["site", "factor", "partition", "variable"];
const follows = ["axis", "score"];

export function agreement(context: Context): HTMLElement | null {
  const { report } = context;
  if (!report.series) return null;
  const drawn = (draw: (context: Context, pairs: Pairs, width: number) => Drawn) => async (width: number) => {
    const all = await siteDays(context);
    if (typeof all === "string") return all;
    const pairs = pairsOf(all);
    return pairs.observed.length < 2 || pairs.series.length === 0
      ? "There are fewer than two days with an observation and a prediction."
      : { ...draw(context, pairs, width), shown: { factor: String(all.factor) } };
  };
  return element(
    "section",
    { id: "agreement" },
    element("h2", {}, "Duration curve and scatter"),
    element(
      "div",
      { className: "pair" },
      figure(context, {
        name: "duration",
        file: "duration-curve",
        title: "Duration curve",
        dependsOn,
        follows,
        draw: drawn(durationCurve),
      }),
      figure(context, {
        name: "scatter",
        title: "Predicted against observed",
        dependsOn,
        follows,
        draw: drawn(scatter),
      }),
    ),
  );
}
