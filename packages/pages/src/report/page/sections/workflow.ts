/** The rules of the workflow and what they need, in layers from the sources down. */
import type { Report } from "../../src/report.ts";
import { element } from "../dom.ts";
import { figure } from "../figure.ts";
import { depths, passage, withoutImplied } from "../layers.ts";
import { palette } from "../palette.ts";
import type { Context } from "./context.ts";

/** Height of a line of a name. */
const line = 14;
const box = { width: 190, height: 46, gapX: 18, gapY: 34 };

export function workflow({ report, choices }: Context): HTMLElement {
  return element(
    "section",
    { id: "workflow" },
    element("h2", {}, "The workflow"),
    figure({
      name: "rules",
      title: "Rules and their jobs",
      choices,
      dependsOn: [],
      draw: async (width) => {
        if (report.graph.rules.length === 0) return "The journal of the working folder knows of no job.";
        return {
          svg: drawing(report, width),
          caption:
            "A box is a rule, with the jobs that were done; an arrow leads from a rule to one that needs its files. Arrows that others imply are left out; the table has all.",
          columns: ["rule", "jobs", "needs"],
          rows: report.graph.rules.map(({ name, jobs }) => [
            name,
            jobs,
            report.graph.edges
              .filter(([, to]) => to === name)
              .map(([from]) => from)
              .join(", "),
          ]),
        };
      },
    }),
  );
}

function drawing({ graph: { rules, edges: all } }: Report, width: number): SVGElement {
  const edges = withoutImplied(all);
  const depth = depths(
    rules.map((rule) => rule.name),
    edges,
  );
  const layers: string[][] = [];
  for (const { name } of rules) {
    const layer = depth.get(name)!;
    layers[layer] = [...(layers[layer] ?? []), name];
  }
  const widest = Math.max(...layers.map((layer) => layer.length));
  const boxWidth = Math.min(box.width, (width - 2) / widest - box.gapX);
  const names = new Map(rules.map(({ name }) => [name, linesOf(name, boxWidth)]));
  const boxHeight = box.height + (Math.max(...[...names.values()].map((lines) => lines.length)) - 1) * line;
  const inner = widest * (boxWidth + box.gapX) - box.gapX;
  const place = new Map<string, [x: number, y: number]>();
  layers.forEach((layer, row) => {
    const start = (inner - layer.length * (boxWidth + box.gapX) + box.gapX) / 2;
    layer.forEach((name, i) => {
      place.set(name, [1 + start + i * (boxWidth + box.gapX), 1 + row * (boxHeight + box.gapY)]);
    });
  });
  const height = layers.length * (boxHeight + box.gapY) - box.gapY + 2;
  const { text, faint, primary } = palette();
  const arrows = edges.map(([from, to]) => {
    const [[x1, y1], [x2, y2]] = [place.get(from)!, place.get(to)!];
    const [ax, ay, bx, by] = [x1 + boxWidth / 2, y1 + boxHeight, x2 + boxWidth / 2, y2 - 5];
    let [path, x, y] = [`M${ax},${ay}`, ax, ay];
    const curve = (toX: number, toY: number) => {
      const bend = Math.min(22, (toY - y) / 2);
      path += ` C${x},${y + bend} ${toX},${toY - bend} ${toX},${toY}`;
      [x, y] = [toX, toY];
    };
    // Through the rows between, where their boxes leave room.
    for (let row = depth.get(from)! + 1; row < depth.get(to)!; row++) {
      const top = 1 + row * (boxHeight + box.gapY);
      const lefts = layers[row]!.map((name) => place.get(name)![0]);
      const wanted = ax + ((bx - ax) * (top + boxHeight / 2 - ay)) / (by - ay);
      const ends = lefts.map((left) => [left, left + boxWidth] as const);
      curve(passage(wanted, ends, box.gapX, inner + 2), top);
      y += boxHeight;
      path += ` V${y}`;
    }
    curve(bx, by);
    return `<path d="${path}" fill="none" stroke="${faint}" stroke-width="1.4" marker-end="url(#arrow)"/>`;
  });
  const boxes = rules.map(({ name, jobs }) => {
    const [x, y] = place.get(name)!;
    const middle = x + boxWidth / 2;
    const title = names
      .get(name)!
      .map((part, i) => `<tspan x="${middle}" y="${y + 19 + i * line}">${part}</tspan>`)
      .join("");
    return `<rect x="${x}" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="7" fill="none" stroke="${primary}" stroke-width="1.6"/><text text-anchor="middle" fill="${text}" font-size="12.5" font-weight="600">${title}</text><text x="${middle}" y="${y + boxHeight - 10}" text-anchor="middle" fill="${faint}" font-size="11.5">${jobs.toLocaleString("en-US")} ${jobs === 1 ? "job" : "jobs"}</text>`;
  });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("width", String(inner + 2));
  svg.setAttribute("height", String(height));
  svg.setAttribute("viewBox", `0 0 ${inner + 2} ${height}`);
  svg.innerHTML = `<defs><marker id="arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="${faint}"/></marker></defs>${arrows.join("")}${boxes.join("")}`;
  return svg;
}

/** A name that is too long for its box on two lines, cut at the underscore nearest to its middle. */
function linesOf(name: string, width: number): string[] {
  const cuts = [...name.matchAll(/_/g)].map(({ index }) => index + 1);
  if (cuts.length === 0 || name.length * 7.6 < width - 8) return [name];
  const middle = name.length / 2;
  const cut = cuts.reduce((best, one) => (Math.abs(one - middle) < Math.abs(best - middle) ? one : best));
  return [name.slice(0, cut), name.slice(cut)];
}
