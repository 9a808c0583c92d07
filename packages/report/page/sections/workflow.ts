/** The rules of the workflow and what they need, in layers from the sources down. */
import type { Report } from "../../src/report.ts";
import { element } from "../dom.ts";
import { figure } from "../figure.ts";
import { palette } from "../palette.ts";
import type { Context } from "./context.ts";

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
            "A box is a rule, with the jobs that were done; an arrow leads from a rule to one that needs its files.",
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

function drawing({ graph: { rules, edges } }: Report, width: number): SVGElement {
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
  const inner = widest * (boxWidth + box.gapX) - box.gapX;
  const place = new Map<string, [x: number, y: number]>();
  layers.forEach((layer, row) => {
    const start = (inner - layer.length * (boxWidth + box.gapX) + box.gapX) / 2;
    layer.forEach((name, i) => {
      place.set(name, [1 + start + i * (boxWidth + box.gapX), 1 + row * (box.height + box.gapY)]);
    });
  });
  const height = layers.length * (box.height + box.gapY) - box.gapY + 2;
  const { text, faint, primary } = palette();
  const arrows = edges.map(([from, to]) => {
    const [[x1, y1], [x2, y2]] = [place.get(from)!, place.get(to)!];
    const [ax, ay, bx, by] = [x1 + boxWidth / 2, y1 + box.height, x2 + boxWidth / 2, y2 - 5];
    const bend = depth.get(to)! - depth.get(from)! > 1 ? boxWidth * 0.95 : 0;
    return `<path d="M${ax},${ay} C${ax + bend},${ay + 22} ${bx + bend},${by - 22} ${bx},${by}" fill="none" stroke="${faint}" stroke-width="1.4" marker-end="url(#arrow)"/>`;
  });
  const boxes = rules.map(({ name, jobs }) => {
    const [x, y] = place.get(name)!;
    const middle = x + boxWidth / 2;
    return `<rect x="${x}" y="${y}" width="${boxWidth}" height="${box.height}" rx="7" fill="none" stroke="${primary}" stroke-width="1.6"/><text x="${middle}" y="${y + 19}" text-anchor="middle" fill="${text}" font-size="12.5" font-weight="600">${name}</text><text x="${middle}" y="${y + 36}" text-anchor="middle" fill="${faint}" font-size="11.5">${jobs.toLocaleString("en-US")} ${jobs === 1 ? "job" : "jobs"}</text>`;
  });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("width", String(inner + 2));
  svg.setAttribute("height", String(height));
  svg.setAttribute("viewBox", `0 0 ${inner + 2} ${height}`);
  svg.innerHTML = `<defs><marker id="arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="${faint}"/></marker></defs>${arrows.join("")}${boxes.join("")}`;
  return svg;
}

/** The longest way from a source to each rule. */
function depths(names: readonly string[], edges: Report["graph"]["edges"]): Map<string, number> {
  const depth = new Map(names.map((name) => [name, 0]));
  for (let changed = true, round = 0; changed && round <= names.length; round++) {
    changed = false;
    for (const [from, to] of edges) {
      const least = depth.get(from)! + 1;
      if (depth.get(to)! < least) {
        depth.set(to, least);
        changed = true;
      }
    }
  }
  return depth;
}
