/** Predicted and observed values by day, of any site, factor and partition. */
import * as Plot from "@observablehq/plot";
import { element, select } from "../../../shared/elements.ts";
import { unpackSeries } from "../../packed.ts";
import { loadSeries } from "../data.ts";
import { dayTicks } from "../day-ticks.ts";
import { figure } from "../figure.ts";
import { palette } from "../palette.ts";
import { type Context, label, siteLabel } from "./context.ts";
import { sitePicker } from "./site-picker.ts";

const day = 86_400_000;

export function series(context: Context): HTMLElement | null {
  const { report, choices } = context;
  if (!report.series) return null;
  const factor = select("Factor", report.factors.map(String), choices.now.factor, (value) =>
    choices.set({ factor: value }),
  );
  const seed = seedPicker(context);
  choices.onChange(() => {
    factor.querySelector("select")!.value = choices.now.factor;
  });
  let extremes = false;
  let logarithmic = false;
  const toggle = (text: string, onChange: (on: boolean) => void) => {
    const box = element("input", { type: "checkbox" });
    box.addEventListener("change", () => {
      onChange(box.checked);
      redraw();
    });
    return element("label", { className: "check" }, box, text);
  };
  let redraw = () => {};
  const shown = figure({
    name: "series",
    title: "By day",
    controls: [
      sitePicker(context),
      factor,
      seed,
      toggle("best and worst model", (on) => {
        extremes = on;
      }),
      toggle("logarithmic", (on) => {
        logarithmic = on;
      }),
    ],
    choices: {
      ...choices,
      onChange(listener) {
        choices.onChange(listener);
        redraw = () => listener(new Set(["site"]));
      },
    },
    dependsOn: ["site", "factor", "seed", "partition", "variable"],
    async draw(width) {
      const { site, partition, variable } = choices.now;
      const all = await loadSeries(site);
      const part = all.partitions[partition];
      const observedPacked = part?.observed[variable];
      if (part === undefined || observedPacked === undefined)
        return `${siteLabel(siteOf(site))} was not observed on ${partition}.`;
      const predicted = part.predicted[variable]?.[choices.now.factor];
      const observed = unpackSeries(observedPacked);
      const colours = palette();
      const bands = predicted && {
        low: unpackSeries(predicted.low),
        middle: unpackSeries(predicted.middle),
        high: unpackSeries(predicted.high),
      };
      const extra = (
        [
          ["best", predicted?.best, colours.better === colours.primary ? "#009e73" : colours.better],
          ["worst", predicted?.worst, colours.worse],
        ] as const
      ).flatMap(([kind, one, colour]) =>
        one === undefined || !(extremes || String(one.seed) === choices.now.seed)
          ? []
          : [{ kind, seed: one.seed, values: unpackSeries(one.values), colour }],
      );
      const model = extra.find((one) => String(one.seed) === choices.now.seed);
      // A partition may be of several ranges: a line must not leap from one to the next.
      let range = 0;
      const rows = part.days.map((date, i) => {
        if (i > 0 && date !== part.days[i - 1]! + 1) range++;
        return {
          date: new Date(date * day),
          range,
          observed: observed[i]!,
          low: bands?.low[i] ?? Number.NaN,
          middle: bands?.middle[i] ?? Number.NaN,
          high: bands?.high[i] ?? Number.NaN,
          model: model?.values[i] ?? Number.NaN,
        };
      });
      const positive = (value: number) => (logarithmic && value <= 0 ? Number.NaN : value);
      const domain = [
        "observed",
        ...(bands ? ["predicted"] : []),
        ...extra.map((one) => `${one.kind} (seed ${one.seed})`),
      ];
      const svg = Plot.plot({
        width,
        height: 340,
        marginLeft: 56,
        marginBottom: 42,
        style: { fontSize: "12px", background: "none" },
        x: { type: "utc", label: null, ...dayTicks(part.days, width) },
        y: {
          type: logarithmic ? "log" : "linear",
          grid: true,
          label: label(variable),
          labelArrow: "none",
          ...(logarithmic ? { tickFormat: "~g", ticks: 5 } : {}),
        },
        color: {
          domain,
          range: [colours.observed, ...(bands ? [colours.primary] : []), ...extra.map((one) => one.colour)],
          legend: true,
        },
        marks: [
          ...(bands
            ? [
                Plot.areaY(rows, {
                  x: "date",
                  y1: (row) => positive(row.low),
                  y2: (row) => positive(row.high),
                  z: "range",
                  fill: colours.primary,
                  fillOpacity: 0.25,
                }),
              ]
            : []),
          Plot.dot(
            rows.filter((row) => Number.isFinite(positive(row.observed))),
            { x: "date", y: "observed", r: 1.4, fill: colours.observed },
          ),
          Plot.line(rows, {
            x: "date",
            y: (row) => positive(row.observed),
            z: "range",
            stroke: () => "observed",
            strokeWidth: 1,
          }),
          ...(bands
            ? [
                Plot.line(rows, {
                  x: "date",
                  y: (row) => positive(row.middle),
                  z: "range",
                  stroke: () => "predicted",
                  strokeWidth: 1.6,
                }),
              ]
            : []),
          ...extra.map((one) =>
            Plot.line(
              rows.map((row, i) => ({ ...row, value: positive(one.values[i]!) })),
              {
                x: "date",
                y: "value",
                z: "range",
                stroke: () => `${one.kind} (seed ${one.seed})`,
                strokeWidth: 1.1,
                strokeDasharray: one.kind === "worst" ? "4 2" : "1 2",
              },
            ),
          ),
          Plot.ruleX(rows, Plot.pointerX({ x: "date", stroke: colours.faint })),
          Plot.tip(
            rows,
            Plot.pointerX({
              x: "date",
              y: (row) => positive(row.observed),
              title: (row) =>
                `${row.date.toISOString().slice(0, 10)}\nobserved ${short(row.observed)}\npredicted ${short(row.middle)} (${short(row.low)} to ${short(row.high)})`,
              fill: colours.ground,
            }),
          ),
        ],
      });
      return {
        svg,
        caption: bands
          ? `${siteLabel(siteOf(site))}, ${partition}, factor ${choices.now.factor}: median over the seeds, and the band that holds the middle 80 % of them.${modelWords(model)}`
          : `${siteLabel(siteOf(site))}, ${partition}: at factor ${choices.now.factor} no head for ${label(variable)} was trained.`,
        columns: [
          ...["date", "observed", "10 %", "median", "90 %"],
          ...(model === undefined ? [] : [`seed ${model.seed}`]),
        ],
        rows: rows.map((row) => [
          row.date.toISOString().slice(0, 10),
          short(row.observed),
          short(row.low),
          short(row.middle),
          short(row.high),
          ...(model === undefined ? [] : [short(row.model)]),
        ]),
      };
    },
  });
  return element("section", { id: "days" }, element("h2", {}, "Predicted and observed"), shown);

  /** What is shown of the model that was chosen. */
  function modelWords(model: { readonly kind: string; readonly seed: number } | undefined): string {
    if (choices.now.seed === "") return "";
    if (model !== undefined)
      return ` Seed ${model.seed}, the ${model.kind} of them by squared error, has a line of its own.`;
    return ` Seed ${choices.now.seed} is shown as one of them only: beside the page lie the days of the best and the worst seed of each site and factor, for ${label(report.variables[0]!)}.`;
  }

  function siteOf(id: string) {
    return report.sites.find((site) => site.id === id)!;
  }
}

/** Leads from one model back to all; hidden where all are shown. */
function seedPicker({ choices }: Context): HTMLElement {
  const shown = element("span");
  const update = () => {
    const { seed } = choices.now;
    const all = ["", "all"] as const;
    const one = [seed, seed] as const;
    shown.replaceChildren(
      ...(seed === "" ? [] : [select("Seed", [all, one], seed, (value) => choices.set({ seed: value }))]),
    );
  };
  update();
  choices.onChange((keys) => {
    if (keys.has("seed")) update();
  });
  return shown;
}

function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "";
}
