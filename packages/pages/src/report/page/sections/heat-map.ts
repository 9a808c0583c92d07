/** What each factor gains at each site, as a map of colours. */
import * as Plot from "@observablehq/plot";
import { count } from "braid-engine/quantities";
import { filterKeys } from "../choice.ts";
import { figure } from "../figure.ts";
import { gainColours } from "../gain-colours.ts";
import { goodness, scoreLabel } from "../names.ts";
import { brief, median, seedMedians, sixDigits } from "../numbers.ts";
import { palette } from "../palette.ts";
import { chooseAtClick } from "./click.ts";
import { type Context, chosenScores, chosenWords } from "./context.ts";
import { shownRows, sorted } from "./site-rows.ts";

interface Cell {
  readonly id: string;
  readonly name: string;
  readonly factor: string;
  readonly gain: number;
}

/** Null without factor 0. */
export function heatMap(context: Context): HTMLElement | null {
  const { report, choices } = context;
  if (!report.factors.includes(0)) return null;
  const factors = report.factors.filter((factor) => factor !== 0).map(String);
  return figure(context, {
    name: "heat-map",
    file: "gain-heat-map",
    title: "Gain of every factor at every site",
    dependsOn: ["partition", "variable", "score"],
    follows: ["site", "sort", ...filterKeys],
    async draw(width) {
      const cells = await cellsOf(context);
      const finite = cells.map((cell) => cell.gain).filter(Number.isFinite);
      if (finite.length === 0)
        return `No site that passes the filters has ${chosenWords(context)} at factor 0 and above.`;
      const label = scoreLabel(report, choices.now.score, choices.now.variable);
      const { color, reach } = gainColours(finite, `gain in ${label} over factor 0`, width);
      const beyond = finite.filter((gain) => Math.abs(gain) > reach).length;
      const svg = plotOf(context, cells, factors, color, width);
      chooseAtClick(svg, (cell: Cell) => choices.set({ site: cell.id, factor: cell.factor }));
      return {
        svg,
        finding: findingOf(cells, factors),
        caption: `${chosenWords(context)}: median over seeds minus that at factor 0; blue is better. The colour scale ends at ±${brief(reach)}; ${count(beyond, "cell")} of ${finite.length} ${beyond === 1 ? "lies" : "lie"} beyond. Click a cell to open the hydrograph.`,
        columns: ["site", "factor", "gain"],
        rows: cells.map(({ id, factor, gain }) => [id, factor, sixDigits(gain)]),
      };
    },
  });
}

function plotOf(
  { choices }: Context,
  cells: readonly Cell[],
  factors: readonly string[],
  color: ReturnType<typeof gainColours>["color"],
  width: number,
) {
  const { text, ground } = palette();
  const ids = [...new Set(cells.map((cell) => cell.id))];
  // The ids of few sites have room below their columns.
  const named = (width - 60) / ids.length >= 66;
  return Plot.plot({
    width,
    height: (named ? 76 : 60) + Math.max(120, 26 * factors.length),
    ...{ marginLeft: 52, marginRight: 8, marginTop: 4, marginBottom: named ? 46 : 30 },
    style: { fontSize: "12px", background: "none" },
    x: {
      ...{ domain: ids, axis: named ? "bottom" : null, tickSize: 0, label: null },
      padding: ids.length > 150 ? 0 : 0.06,
    },
    y: { domain: factors.toReversed(), label: "factor", labelArrow: "none", tickSize: 0, padding: 0.06 },
    color,
    marks: [
      Plot.cell(
        cells.filter((cell) => Number.isFinite(cell.gain)),
        { x: "id", y: "factor", fill: "gain" },
      ),
      Plot.cell(
        cells.filter((cell) => cell.id === choices.now.site),
        {
          ...{ x: "id", y: "factor", fill: "none", stroke: text, strokeWidth: 1.2 },
        },
      ),
      Plot.text(
        [
          `${count(ids.length, "site")}, ${choices.now.sort === "" ? "the greatest gain first" : "in the order of the table"}`,
        ],
        {
          frameAnchor: "bottom",
          dy: named ? 34 : 18,
        },
      ),
      Plot.tip(
        cells,
        Plot.pointer({
          ...{ x: "id", y: "factor", fill: ground, maxRadius: 60 },
          title: (cell: Cell) => `${cell.name}\nfactor ${cell.factor}\ngain ${brief(cell.gain)}`,
        }),
      ),
    ],
  });
}

async function cellsOf(context: Context): Promise<Cell[]> {
  const { report, choices } = context;
  const medians = seedMedians(report, await chosenScores(context));
  const zero = report.factors.indexOf(0);
  const ordered = sorted(report, await shownRows(context), {
    ...choices.now,
    sort: choices.now.sort || "-gain",
  });
  return ordered.flatMap(({ place, id, name }) =>
    report.factors.flatMap((factor, f) => {
      if (f === zero) return [];
      const good = (at: number) => goodness(choices.now.score, medians[place]![at]!);
      return [{ id, name, factor: String(factor), gain: good(f) - good(zero) }];
    }),
  );
}

function findingOf(cells: readonly Cell[], factors: readonly string[]): string {
  const shares = factors.map((factor) => {
    const gains = cells.filter((cell) => cell.factor === factor && Number.isFinite(cell.gain));
    return {
      factor,
      sites: gains.length,
      above: gains.filter((cell) => cell.gain > 0).length,
      middle: median(gains.map((cell) => cell.gain)),
    };
  });
  const best = shares.toSorted((a, b) => b.above / b.sites - a.above / a.sites)[0]!;
  const worst = shares.toSorted((a, b) => a.above / a.sites - b.above / b.sites)[0]!;
  const words = ({ factor, sites, above, middle }: typeof best) =>
    `factor ${factor} lies above factor 0 at ${above} of ${count(sites, "site")} (median gain ${brief(middle)})`;
  const text = best === worst ? words(best) : `${words(best)}, ${words(worst)}`;
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
