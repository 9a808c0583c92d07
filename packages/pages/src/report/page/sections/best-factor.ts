/** How many sites each factor is best at, and what is gained where. */
import * as Plot from "@observablehq/plot";
import { element } from "../../../shared/elements.ts";
import { bestWords } from "../best-words.ts";
import { figure } from "../figure.ts";
import { direction } from "../names.ts";
import { seedMedians, siteGains } from "../numbers.ts";
import { factorColours } from "../palette.ts";
import { xLabel } from "../room.ts";
import { type Context, chosenScores, chosenWords } from "./context.ts";

export function bestFactor(context: Context): HTMLElement {
  const { report, choices } = context;
  const dependsOn = ["partition", "variable", "score"];
  const factors = report.factors.map(String);
  const best = async () => {
    const medians = seedMedians(report, await chosenScores(context));
    return siteGains(report, medians, choices.now.score).map(({ best }) => factors[best] ?? null);
  };
  const nothing = () => `There is no ${chosenWords(context)} at any site.`;

  const bars = figure(context, {
    name: "best-factor",
    file: "best-factor-counts",
    title: "Sites by their best factor",
    dependsOn,
    async draw(width) {
      const rows = factors.map((factor) => ({ factor, sites: 0 }));
      for (const factor of await best()) {
        const row = rows.find((each) => each.factor === factor);
        if (row !== undefined) row.sites++;
      }
      if (rows.every((row) => row.sites === 0)) return nothing();
      const colours = factorColours(report.factors);
      const svg = Plot.plot({
        width,
        height: 320,
        marginTop: 30,
        marginLeft: 52,
        marginBottom: 42,
        style: { fontSize: "12px", background: "none" },
        x: { domain: factors, label: "multi-task factor", ...xLabel, padding: 0.3 },
        y: {
          grid: true,
          label: "sites",
          labelArrow: "none",
          nice: true,
          // Sites are whole.
          ticks: Math.min(6, Math.max(...rows.map((row) => row.sites))),
        },
        marks: [
          Plot.barY(rows, { x: "factor", y: "sites", fill: (row) => colours[factors.indexOf(row.factor)]! }),
          Plot.text(rows, {
            x: "factor",
            y: "sites",
            text: (row) => (row.sites === 0 ? "" : String(row.sites)),
            dy: -8,
          }),
          Plot.ruleY([0]),
        ],
      });
      return {
        svg,
        finding: bestWords(rows),
        caption: `${chosenWords(context)}, ${direction(choices.now.score)}: best by the median over seeds. Some factor is always best: chance alone would spread the sites over the factors too.`,
        columns: ["factor", "sites"],
        rows: rows.map((row) => [row.factor, row.sites]),
      };
    },
  });

  return element("section", { id: "best" }, element("h2", {}, "Best factor per site"), bars);
}
