/** The losses of every epoch, of any site. */
import * as Plot from "@observablehq/plot";
import { element } from "../../../shared/elements.ts";
import type { LossCurves, SiteSeries } from "../../report.ts";
import { loadSeries } from "../data.ts";
import { figure } from "../figure.ts";
import { brief } from "../numbers.ts";
import { factorColours } from "../palette.ts";
import { xLabel } from "../room.ts";
import { type Context, siteLabel } from "./context.ts";
import { sitePicker } from "./site-picker.ts";

export function curves(context: Context): HTMLElement | null {
  const { report } = context;
  if (!report.series) return null;
  return element(
    "section",
    { id: "training" },
    element("h2", {}, "Training"),
    lossFigure(context, {
      name: "losses",
      file: "train-loss",
      title: "Train loss by epoch",
      curvesOf: ({ losses }) => losses,
      caption:
        "A loss is primary + factor x auxiliary: compare the shapes of different factors, not their heights.",
    }),
    ...(report.validated === true
      ? [
          lossFigure(context, {
            name: "validation_losses",
            file: "validation-loss",
            title: "Validation loss of the primary by epoch",
            curvesOf: ({ validation = {} }) => validation,
            caption:
              "This is the loss of the primary alone, after each epoch, on days that no model learns from, so you can compare its heights. A curve that rises while the train loss falls shows overfitting.",
          }),
        ]
      : []),
  );
}

interface Losses {
  readonly name: string;
  readonly file: string;
  readonly title: string;
  curvesOf(series: SiteSeries): LossCurves;
  readonly caption: string;
}

function lossFigure(context: Context, { name, file, title, curvesOf, caption }: Losses): HTMLElement {
  const { report, choices } = context;
  return figure(context, {
    name,
    file,
    title,
    controls: [sitePicker(context)],
    dependsOn: ["site"],
    async draw(width) {
      const losses = curvesOf(await loadSeries(choices.now.site));
      const factors = report.factors.map(String).filter((factor) => losses[factor] !== undefined);
      const rows = factors.flatMap((factor) => {
        const { low, middle, high } = losses[factor]!;
        return middle.map((value, i) => ({
          ...{ factor, epoch: i + 1, middle: value, low: low[i]!, high: high[i]! },
        }));
      });
      if (rows.length === 0) return "No model of this site has recorded its losses.";
      const site = report.sites.find((each) => each.id === choices.now.site)!;
      return {
        svg: plotOf(rows, factors, report.factors, width),
        finding: findingOf(rows, factors),
        caption: `Site ${siteLabel(site)}: median over the seeds and the middle 80 %. ${caption}`,
        columns: ["factor", "epoch", "10 %", "median", "90 %"],
        rows: rows.map((row) => [row.factor, row.epoch, row.low, row.middle, row.high]),
      };
    },
  });
}

interface Row {
  readonly factor: string;
  readonly epoch: number;
  readonly middle: number;
  readonly low: number;
  readonly high: number;
}

/** Where the losses at the first and at the last factor begin and end, and in which epoch they are least. */
function findingOf(rows: readonly Row[], factors: readonly string[]): string {
  const parts = [...new Set([factors[0]!, factors.at(-1)!])].map((factor) => {
    const own = rows.filter((row) => row.factor === factor);
    const least = own.reduce((a, b) => (b.middle < a.middle ? b : a));
    const [first, last] = [own[0]!, own.at(-1)!];
    return `at factor ${factor} from ${brief(first.middle)} to ${brief(last.middle)}, smallest in epoch ${least.epoch} of ${own.length}`;
  });
  return `The loss changes ${parts.join("; ")}.`;
}

function plotOf(rows: readonly Row[], factors: readonly string[], all: readonly number[], width: number) {
  const colours = factorColours(all);
  const of = (factor: string) => colours[all.map(String).indexOf(factor)]!;
  const last = factors.map((factor) => rows.filter((row) => row.factor === factor).at(-1)!);
  return Plot.plot({
    width,
    height: 340,
    marginLeft: 56,
    marginBottom: 42,
    marginRight: 44,
    style: { fontSize: "12px", background: "none" },
    x: { label: "epoch", ...xLabel },
    y: { type: "log", grid: true, label: "loss", labelArrow: "none", tickFormat: "~g", ticks: 6 },
    color: { domain: factors, range: factors.map(of), legend: true, label: "factor" },
    marks: [
      Plot.areaY(rows, {
        ...{ x: "epoch", y1: "low", y2: "high", z: "factor" },
        ...{ fill: "factor", fillOpacity: 0.18 },
      }),
      Plot.line(rows, { x: "epoch", y: "middle", z: "factor", stroke: "factor", strokeWidth: 1.8 }),
      Plot.text(last, { x: "epoch", y: "middle", text: "factor", dx: 6, textAnchor: "start" }),
    ],
  });
}
