/** The loss of every epoch, of any site. */
import * as Plot from "@observablehq/plot";
import { element } from "../../../shared/elements.ts";
import { loadSeries } from "../data.ts";
import { figure } from "../figure.ts";
import { factorColours } from "../palette.ts";
import { type Context, siteLabel } from "./context.ts";
import { sitePicker } from "./site-picker.ts";

export function curves(context: Context): HTMLElement | null {
  const { report, choices } = context;
  if (!report.series) return null;
  return element(
    "section",
    { id: "training" },
    element("h2", {}, "Training"),
    figure({
      name: "losses",
      title: "Train loss by epoch",
      controls: [sitePicker(context)],
      choices,
      dependsOn: ["site"],
      async draw(width) {
        const { losses } = await loadSeries(choices.now.site);
        const factors = report.factors.map(String).filter((factor) => losses[factor] !== undefined);
        const rows = factors.flatMap((factor) =>
          losses[factor]!.middle.map((middle, i) => ({
            factor,
            epoch: i + 1,
            middle,
            low: losses[factor]!.low[i]!,
            high: losses[factor]!.high[i]!,
          })),
        );
        if (rows.length === 0) return "No model of this site says its losses.";
        const colours = factorColours(report.factors);
        const of = (factor: string) => colours[report.factors.map(String).indexOf(factor)]!;
        const last = factors.map((factor) => rows.filter((row) => row.factor === factor).at(-1)!);
        const svg = Plot.plot({
          width,
          height: 340,
          marginLeft: 56,
          marginBottom: 42,
          marginRight: 44,
          style: { fontSize: "12px", background: "none" },
          x: { label: "epoch", labelArrow: "none" },
          y: {
            type: "log",
            grid: true,
            label: "loss",
            labelArrow: "none",
            tickFormat: "~g",
            ticks: 6,
          },
          color: { domain: factors, range: factors.map(of), legend: true, label: "factor" },
          marks: [
            Plot.areaY(rows, {
              x: "epoch",
              y1: "low",
              y2: "high",
              z: "factor",
              fill: "factor",
              fillOpacity: 0.18,
            }),
            Plot.line(rows, { x: "epoch", y: "middle", z: "factor", stroke: "factor", strokeWidth: 1.8 }),
            Plot.text(last, { x: "epoch", y: "middle", text: "factor", dx: 6, textAnchor: "start" }),
          ],
        });
        const site = report.sites.find((each) => each.id === choices.now.site)!;
        return {
          svg,
          caption: `Site ${siteLabel(site)}: median over the seeds and the middle 80 %. A loss is primary + factor x auxiliary, so those of different factors compare by their shapes, not their heights.`,
          columns: ["factor", "epoch", "10 %", "median", "90 %"],
          rows: rows.map((row) => [row.factor, row.epoch, row.low, row.middle, row.high]),
        };
      },
    }),
  );
}
