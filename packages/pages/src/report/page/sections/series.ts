/** Predicted and observed values by day, of any site, factor and partition. */
import { element, select } from "../../../shared/elements.ts";
import { type Drawn, figure } from "../figure.ts";
import { goodness, variableLabel, variableName } from "../names.ts";
import { twoDecimals } from "../numbers.ts";
import { type Context, siteLabel } from "./context.ts";
import { drawHydrograph, notPositive } from "./hydrograph.ts";
import {
  type Day,
  isLogarithmic,
  type Model,
  medianNse,
  type SiteDays,
  siteDays,
} from "./hydrograph-data.ts";
import { sitePicker } from "./site-picker.ts";
import { inWindow, overview, windowControls, zoomByDragging } from "./zoom.ts";

export function series(context: Context): HTMLElement | null {
  const { report } = context;
  if (!report.series) return null;
  return element(
    "section",
    { id: "days" },
    element("h2", {}, "Hydrograph"),
    figure(context, {
      name: "hydrograph",
      title: "By day",
      controls: [sitePicker(context), factorPicker(context), seedPicker(context)],
      moreControls: [windowControls(context), ...boxes(context)],
      dependsOn: ["site", "factor", "partition", "variable"],
      // The best factor is that of the table of sites, which depends on the score.
      follows: ["seed", "from", "to", "axis", "models", "score"],
      async draw(width) {
        const all = await siteDays(context);
        return typeof all === "string" ? all : drawDays(context, all, width);
      },
    }),
  );
}

async function drawDays(context: Context, all: SiteDays, width: number): Promise<Drawn> {
  const { choices } = context;
  const { factor, predicted, beside, rain } = all;
  const [nse, nseOfSingle] = [await medianNse(context, factor), await medianNse(context, 0)];
  const days = inWindow(all.days, choices.now);
  const first = all.days.indexOf(days[0]!);
  const models = all.models
    .filter(({ seed }) => choices.now.models === "extremes" || String(seed) === choices.now.seed)
    .map((model) => ({ ...model, values: model.values.subarray(first, first + days.length) }));
  const model = models.find(({ seed }) => String(seed) === choices.now.seed);
  const score = (value: number) => (Number.isFinite(value) ? `, NSE ${twoDecimals(value)}` : "");
  const { svg, flow } = drawHydrograph(
    context,
    {
      ...{ days, models, rain },
      names: {
        single: beside ? `single-task (factor 0)${score(nseOfSingle)}` : null,
        predicted: predicted
          ? `${factor === 0 ? "single-task (factor 0)" : `factor ${factor}`}${score(nse)}`
          : null,
      },
    },
    width,
  );
  zoomByDragging(context, flow);
  return {
    ...{ svg, below: overview(context, all.days, days, width) },
    shown: { factor: String(factor) },
    finding: findingOf(context, all, nse, nseOfSingle),
    caption: captionOf(context, all, days, model),
    columns: [
      ...["date", "observed", "10 %", "median", "90 %"],
      ...(beside ? ["median at factor 0"] : []),
      ...(rain ? [context.report.rain!.name] : []),
      ...(model === undefined ? [] : [`seed ${model.seed}`]),
    ],
    rows: days.map((day, i) => [
      day.date.toISOString().slice(0, 10),
      ...[day.observed, day.low, day.middle, day.high].map(short),
      ...(beside ? [short(day.single)] : []),
      ...(rain ? [short(day.rain)] : []),
      ...(model === undefined ? [] : [short(model.values[i]!)]),
    ]),
  };
}

function findingOf(
  context: Context,
  { factor, predicted, beside }: SiteDays,
  nse: number,
  single: number,
): string {
  const { site, partition, variable } = context.choices.now;
  const name = variableName(context.report, variable);
  if (!predicted) return `At ${site}, ${name} was not trained at factor ${factor}.`;
  if (!Number.isFinite(nse)) return `At ${site}, ${name} has no NSE on ${partition}.`;
  if (!beside || !Number.isFinite(single))
    return `At ${site}, factor ${factor} has a median NSE of ${twoDecimals(nse)} on ${partition}.`;
  const change = goodness("nse", nse) - goodness("nse", single);
  const verb = Math.abs(change) < 0.005 ? "as good as" : change > 0 ? "better than" : "worse than";
  return `At ${site}, factor ${factor} (median NSE ${twoDecimals(nse)}) is ${verb} single-task learning (${twoDecimals(single)}) on ${partition}.`;
}

function captionOf(
  context: Context,
  { predicted, rain }: SiteDays,
  days: readonly Day[],
  model: Model | undefined,
): string {
  const { report, choices } = context;
  const { site, partition, variable, seed } = choices.now;
  const below = isLogarithmic(context) ? notPositive(days) : [];
  const parts = [
    `${variableLabel(report, variable)} by day, ${siteLabel(report.sites.find((one) => one.id === site)!)}, ${partition}.`,
    ...(predicted
      ? ["Lines: medians over the seeds; band: the middle 80 % of them. NSE is the median over the seeds."]
      : []),
    ...(rain ? ["Above: precipitation."] : []),
    ...(below.length === 0 ? [] : [notShown(below)]),
    ...(seed === "" ? [] : [modelWords(report.variables[0]!)]),
    "Drag over the days to zoom, double click for all.",
  ];
  return parts.join(" ");

  /** What is shown of the model that was chosen. */
  function modelWords(primary: string): string {
    if (model !== undefined)
      return `Seed ${model.seed}, the ${model.kind} of them by squared error, has its own line.`;
    return `Seed ${seed} has no line of its own: the page has the days of single seeds only for ${variableName(report, primary)}, and only of the best and the worst seed of each site and factor.`;
  }
}

function notShown(below: readonly { readonly of: string }[]): string {
  const parts = [...Map.groupBy(below, ({ of }) => of)].map(([of, days]) => `${days.length} ${of}`);
  return `${parts.join(" and ")} values are 0 or less and have no logarithm: triangles at the foot mark their days.`;
}

function factorPicker({ report, choices }: Context): HTMLElement {
  const made = select(
    "Factor",
    [["best", "of the site"], ...report.factors.map(String)],
    choices.now.factor,
    (factor) => choices.set({ factor }),
  );
  choices.onChange((keys) => {
    if (keys.has("factor")) made.querySelector("select")!.value = choices.now.factor;
  });
  return made;
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

/** What more is drawn, and the axis of flow: other variables have no use for a logarithm. */
function boxes({ report, choices }: Context): HTMLElement[] {
  const box = (text: string, key: "models" | "axis", value: string) => {
    const input = element("input", { type: "checkbox", checked: choices.now[key] === value });
    input.addEventListener("change", () => choices.set({ [key]: input.checked ? value : "" }));
    return element("label", { className: "check" }, input, text);
  };
  const logarithmic = box("logarithmic", "axis", "log");
  const update = () => {
    logarithmic.hidden = !report.discharge.includes(choices.now.variable);
  };
  choices.onChange(update);
  update();
  return [box("best and worst model", "models", "extremes"), logarithmic];
}

function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "";
}
