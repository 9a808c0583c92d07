/** Which factor is best where: how many sites each is best at, and a map of them. */
import * as Plot from "@observablehq/plot";
import { element } from "../../../shared/elements.ts";
import type { Outline } from "../../outline.ts";
import { load } from "../data.ts";
import { figure } from "../figure.ts";
import { brief, seedMedians, siteGains } from "../numbers.ts";
import { factorColours, palette } from "../palette.ts";
import { type Context, chosenScores, label, siteLabel } from "./context.ts";

/** Neighbouring factors have colours that are close: their shapes are not. */
const shapes = ["circle", "triangle", "diamond2", "star", "cross", "wye"] as const;

function shapeOf(factor: string, factors: readonly string[]) {
  const above = factors.filter((each) => each !== "0");
  return factor === "0" ? "square" : shapes[above.indexOf(factor) % shapes.length]!;
}

export function bestFactor(context: Context): HTMLElement {
  const { report, choices } = context;
  const dependsOn = ["partition", "variable", "score"];
  const factors = report.factors.map(String);
  const best = async () => {
    const medians = seedMedians(report, await chosenScores(context));
    return siteGains(report, medians, choices.now.score).map(({ site, best, gain }) => ({
      site,
      factor: best < 0 ? null : factors[best]!,
      score: best < 0 ? Number.NaN : medians[site]![best]!,
      gain,
    }));
  };
  const nothing = () =>
    `${label(choices.now.variable)} has no ${label(choices.now.score)} on ${choices.now.partition} at any site.`;

  const bars = figure({
    name: "best-factor",
    title: "Sites by their best factor",
    choices,
    dependsOn,
    async draw(width) {
      const rows = factors.map((factor) => ({ factor, sites: 0 }));
      for (const { factor } of await best()) {
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
        x: { domain: factors, label: "multi-task factor", labelArrow: "none", padding: 0.3 },
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
        caption:
          "Best by the median over seeds. Of many factors one is always best: chance alone spreads the sites too.",
        columns: ["factor", "sites"],
        rows: rows.map((row) => [row.factor, row.sites]),
      };
    },
  });

  const map = figure({
    name: "map",
    title: "Where they are",
    choices,
    dependsOn: [...dependsOn, "site"],
    async draw(width) {
      const outline = await load<Outline | null>("outline");
      const places = (await best()).flatMap((row) => {
        const site = report.sites[row.site]!;
        if (site.latitude === null || site.longitude === null) return [];
        return [
          { ...row, id: site.id, name: siteLabel(site), latitude: site.latitude, longitude: site.longitude },
        ];
      });
      if (places.length === 0) return "The list of sites gives no latitude and longitude.";
      const colours = factorColours(report.factors);
      const { ground, text, same } = palette();
      const chosen = places.filter((place) => place.id === choices.now.site);
      const margin = 1.5;
      const box = [
        Math.min(...places.map((p) => p.longitude)) - margin,
        Math.min(...places.map((p) => p.latitude)) - margin,
        Math.max(...places.map((p) => p.longitude)) + margin,
        Math.max(...places.map((p) => p.latitude)) + margin,
      ] as const;
      const corners = {
        type: "MultiPoint" as const,
        coordinates:
          outline === null
            ? [
                [box[0], box[1]],
                [box[2], box[3]],
              ]
            : [
                [-124.7, 25],
                [-67, 25],
                [-67, 49.3],
                [-124.7, 49.3],
                [-95, 49.5],
                [-80, 24.5],
              ],
      };
      const present = factors.filter((factor) => places.some((place) => place.factor === factor));
      const svg = Plot.plot({
        width,
        height: Math.round(Math.max(220, Math.min(420, width * 0.64))),
        style: { fontSize: "12px", background: "none" },
        projection:
          outline === null
            ? { type: "equirectangular", domain: corners }
            : { type: "albers", domain: corners, inset: 6 },
        color: {
          type: "categorical",
          domain: present,
          range: present.map((factor) => colours[factors.indexOf(factor)]!),
          label: "best factor",
        },
        symbol: { domain: present, range: present.map((factor) => shapeOf(factor, factors)), legend: true },
        marks: [
          ...(outline === null
            ? []
            : [
                Plot.geo(
                  { type: "MultiLineString", coordinates: outline as unknown as [number, number][][] },
                  { stroke: same, strokeWidth: 0.7 },
                ),
              ]),
          Plot.dot(places, {
            x: "longitude",
            y: "latitude",
            fill: "factor",
            symbol: "factor",
            stroke: ground,
            strokeWidth: 1,
            r: 5.5,
          }),
          Plot.dot(chosen, { x: "longitude", y: "latitude", r: 9, stroke: text, strokeWidth: 2 }),
          Plot.tip(
            places,
            Plot.pointer({
              x: "longitude",
              y: "latitude",
              title: (place) =>
                `${place.name}\nbest factor ${place.factor ?? "-"}\n${label(choices.now.score)} ${brief(place.score)}`,
              fill: ground,
            }),
          ),
        ],
      });
      svg.addEventListener("click", () => {
        const value = (svg as unknown as { value: { id: string } | null }).value;
        if (value) choices.set({ site: value.id });
      });
      svg.style.color = text;
      return {
        svg,
        caption: "Colour and shape: best factor. The ring is the chosen site; a click on a dot chooses it.",
        columns: ["site", "best factor", label(choices.now.score), "gain over 0"],
        rows: places.map((place) => [
          place.name,
          place.factor ?? "",
          Number(place.score.toPrecision(6)),
          Number(place.gain.toPrecision(4)),
        ]),
      };
    },
  });
  return element(
    "section",
    { id: "best" },
    element("h2", {}, "Best factor per site"),
    element("div", { className: "pair" }, bars, map),
  );
}
