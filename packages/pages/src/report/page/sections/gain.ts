/** What multi-task learning gains, against a property of the sites. */
import * as Plot from "@observablehq/plot";
import { element, select } from "../../../shared/elements.ts";
import { figure } from "../figure.ts";
import { brief, quantiles, seedMedians, siteGains } from "../numbers.ts";
import { palette } from "../palette.ts";
import { type Context, chosenScores, label, siteLabel } from "./context.ts";

export function gain(context: Context): HTMLElement | null {
  const { report, choices } = context;
  const properties = [...new Set(report.sites.flatMap((site) => Object.keys(site.properties)))];
  if (properties.length === 0 || !report.factors.includes(0)) return null;
  const picker = select(
    "Property",
    properties.map((name) => [name, label(name)] as const),
    choices.now.property,
    (property) => choices.set({ property }),
  );
  return element(
    "section",
    { id: "gains" },
    element("h2", {}, "Gain against properties of the sites"),
    figure({
      name: "gain",
      title: "Gain of the best factor above 0",
      controls: [picker],
      choices,
      dependsOn: ["partition", "variable", "score", "property", "site"],
      async draw(width) {
        const { score, property } = choices.now;
        const judged = judgement(context);
        const verdicts = judged?.bySite ?? null;
        const gains = siteGains(report, seedMedians(report, await chosenScores(context)), score);
        const points = gains.flatMap((each) => {
          const site = report.sites[each.site]!;
          const value = site.properties[property];
          if (value === null || value === undefined || !Number.isFinite(each.gain)) return [];
          return [
            {
              id: site.id,
              name: siteLabel(site),
              value,
              gain: each.gain,
              verdict: verdicts?.[site.id] ?? "not judged",
            },
          ];
        });
        if (points.length === 0) return "No site has both this property and scores at factor 0 and above.";
        const values = points.map((point) => point.value);
        const logarithmic = Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) > 50;
        const [low, high] = quantiles(
          points.map((point) => point.gain),
          [0.02, 0.98],
        ) as [number, number];
        const spread = Math.max(high - low, 1e-6);
        const domain: [number, number] = [Math.min(0, low) - spread * 0.1, Math.max(0, high) + spread * 0.1];
        const inside = points.filter((point) => point.gain >= domain[0] && point.gain <= domain[1]);
        const { better, worse, same, ground, text, primary } = palette();
        const kinds = ["better", "no difference", "worse", "refused", "not judged"].filter((kind) =>
          points.some((point) => point.verdict === kind),
        );
        const colour: Record<string, string> = {
          better,
          worse,
          "no difference": same,
          refused: same,
          "not judged": primary,
        };
        const svg = Plot.plot({
          width,
          height: 340,
          marginTop: 28,
          marginLeft: 56,
          marginBottom: 46,
          style: { fontSize: "12px", background: "none" },
          x: {
            type: logarithmic ? "log" : "linear",
            label: label(property),
            labelArrow: "none",
            ...(logarithmic ? { tickFormat: "~s", ticks: 6 } : {}),
          },
          y: { domain, grid: true, label: `gain in ${label(score)}`, labelArrow: "none" },
          color: { domain: kinds, range: kinds.map((kind) => colour[kind]!) },
          symbol: {
            domain: kinds,
            range: kinds.map((kind) =>
              kind === "better" ? "triangle" : kind === "worse" ? "square" : "circle",
            ),
            legend: verdicts !== null,
          },
          marks: [
            Plot.ruleY([0], { stroke: text }),
            Plot.dot(inside, {
              x: "value",
              y: "gain",
              fill: "verdict",
              symbol: "verdict",
              r: 4.5,
              stroke: ground,
            }),
            Plot.dot(
              inside.filter((point) => point.id === choices.now.site),
              { x: "value", y: "gain", r: 9, stroke: text, strokeWidth: 2 },
            ),
            Plot.tip(
              inside,
              Plot.pointer({
                x: "value",
                y: "gain",
                title: (point) =>
                  `${point.name}\n${label(property)} ${brief(point.value)}\ngain ${brief(point.gain)}`,
                fill: ground,
              }),
            ),
          ],
        });
        svg.addEventListener("click", () => {
          const value = (svg as unknown as { value: { id: string } | null }).value;
          if (value) choices.set({ site: value.id });
        });
        const rho = spearman(
          values,
          points.map((point) => point.gain),
        );
        const outside = points.length - inside.length;
        return {
          svg,
          caption: `Median at the best factor above 0 less the median at 0; since the best is picked, it tends to lie above 0 even without an effect. Rank correlation ${brief(rho)} (${points.length} sites).${judged === null ? "" : ` Colour and shape: what the test "${judged.title}" says of the site.`}${outside > 0 ? ` ${outside} sites lie outside of the axis.` : ""}`,
          columns: ["site", label(property), "gain", "verdict"],
          rows: points.map((point) => [
            point.name,
            point.value,
            Number(point.gain.toPrecision(4)),
            point.verdict,
          ]),
        };
      },
    }),
  );
}

/** The verdicts of the strictest test that judged most sites. */
function judgement({
  report: { verdicts, primary },
  choices,
}: Context): { readonly title: string; readonly bySite: Readonly<Record<string, string>> } | null {
  // They are about the primary, whatever else is shown.
  if (verdicts === null || choices.now.variable !== primary) return null;
  const order = ["chosen_factor", "any_better", "naive_best"];
  const ranked = [...verdicts.counts]
    .filter((count) => order.includes(count.test))
    .sort((a, b) => order.indexOf(a.test) - order.indexOf(b.test));
  const usable = ranked.find((count) => count.better.sites + count.same.sites + count.worse.sites > 0);
  const bySite = usable && verdicts.bySite[usable.test];
  return bySite === undefined ? null : { title: usable!.title, bySite };
}

/** Spearman's rank correlation, ties at their mean rank. */
export function spearman(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [ranks(x), ranks(y)];
  const mean = (a.length + 1) / 2;
  let [sab, saa, sbb] = [0, 0, 0];
  a.forEach((rank, i) => {
    sab += (rank - mean) * (b[i]! - mean);
    saa += (rank - mean) ** 2;
    sbb += (b[i]! - mean) ** 2;
  });
  return sab / Math.sqrt(saa * sbb);
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const result = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let i = from; i <= to; i++) result[order[i]!] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return result;
}
