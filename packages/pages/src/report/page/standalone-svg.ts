/** A figure as a file that stands by itself: with its legend, its ground, its colours and its font. */

import { palette } from "./palette.ts";
import type { About } from "./provenance.ts";

const space = "http://www.w3.org/2000/svg";
/** Of a row of the legend, in the drawing's unit. */
const rowHeight = 22;

/** The drawing in `drawn` as the text of an SVG file; null if it has none. `about` is its title and metadata. */
export function standaloneSvg(drawn: Element, about: About): string | null {
  const all = drawn instanceof SVGElement ? [drawn] : outermost(drawn);
  const svg = all.at(-1);
  if (svg === undefined) return null;
  const copy = svg.cloneNode(true) as SVGElement;
  const { ground, text } = palette();
  const legend = drawn.querySelectorAll('span[class$="-swatch"]');
  if (legend.length > 0) addLegend(copy, [...legend], text);
  for (const ramp of all.slice(0, -1)) if (ramp.closest('[class$="-swatch"]') === null) addAbove(copy, ramp);
  copy.setAttribute("xmlns", space);
  copy.setAttribute("style", `background:${ground};color:${text};font:12px system-ui,sans-serif`);
  for (const [name, words] of [
    ["metadata", JSON.stringify(about.made)],
    ["desc", about.text],
    ["title", about.title],
  ] as const) {
    const child = document.createElementNS(space, name);
    child.textContent = words;
    copy.prepend(child);
  }
  return new XMLSerializer().serializeToString(copy);
}

/** The drawings that are no part of another one: those of the legend come before the figure. */
function outermost(drawn: Element): SVGElement[] {
  return [...drawn.querySelectorAll("svg")].filter((svg) => svg.parentElement?.closest("svg") === null);
}

/** Puts a drawing of the legend, as a ramp of colours, above the figure. */
function addAbove(svg: SVGElement, ramp: SVGElement): void {
  const copy = ramp.cloneNode(true) as SVGElement;
  const added = Number(ramp.getAttribute("height")) + 6;
  const [left = 0, top = 0, width = 0, height = 0] = svg
    .getAttribute("viewBox")!
    .split(/[\s,]+/)
    .map(Number);
  copy.setAttribute("y", String(top - added));
  copy.setAttribute("text-anchor", "start");
  svg.append(copy);
  svg.setAttribute("height", String(height + added));
  svg.setAttribute("viewBox", `${left} ${top - added} ${width} ${height + added}`);
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
