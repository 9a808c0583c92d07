/** A figure as a file that stands by itself: with its legend, its ground, its colours and its font. */
import { element } from "../../shared/elements.ts";
import { palette } from "./palette.ts";

const space = "http://www.w3.org/2000/svg";
/** Of a row of the legend, in the drawing's unit. */
const rowHeight = 22;

export function saveSvg(drawn: Element, name: string): void {
  const svg = drawn instanceof SVGElement ? drawn : [...drawn.querySelectorAll("svg")].at(-1);
  if (!svg) return;
  const copy = svg.cloneNode(true) as SVGElement;
  const { ground, text } = palette();
  const legend = drawn.querySelectorAll('span[class$="-swatch"]');
  if (legend.length > 0) addLegend(copy, [...legend], text);
  copy.setAttribute("xmlns", space);
  copy.setAttribute("style", `background:${ground};color:${text};font:12px system-ui,sans-serif`);
  const url = URL.createObjectURL(new Blob([copy.outerHTML], { type: "image/svg+xml" }));
  const link = element("a", { href: url, download: `${name}.svg` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

/** Puts the entries of a legend, which stand beside the drawing as HTML, in rows above it. */
function addLegend(svg: SVGElement, entries: readonly Element[], colour: string): void {
  const [width, height] = ["width", "height"].map((side) => Number(svg.getAttribute(side))) as [
    number,
    number,
  ];
  const group = document.createElementNS(space, "g");
  let [x, row] = [8, 0];
  for (const entry of entries) {
    const words = entry.textContent ?? "";
    const length = 24 + 7 * words.length + 14;
    if (x > 8 && x + length > width) [x, row] = [8, row + 1];
    const mark = entry.querySelector("svg")?.cloneNode(true) as SVGElement | undefined;
    const y = row * rowHeight;
    if (mark !== undefined) {
      for (const [side, value] of Object.entries({ x, y: y + 4, width: 14, height: 14 }))
        mark.setAttribute(side, String(value));
      group.append(mark);
    }
    const label = document.createElementNS(space, "text");
    for (const [key, value] of Object.entries({ x: x + 20, y: y + 15, fill: colour, "text-anchor": "start" }))
      label.setAttribute(key, String(value));
    label.textContent = words;
    group.append(label);
    x += length;
  }
  const added = (row + 1) * rowHeight;
  group.setAttribute("transform", `translate(0,${-added})`);
  svg.append(group);
  svg.setAttribute("height", String(height + added));
  svg.setAttribute("viewBox", `0 ${-added} ${width} ${height + added}`);
}
