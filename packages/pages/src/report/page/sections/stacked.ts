/** Several drawings under each other as one, so that they are looked at and saved together. */

/** What Plot says of the scales of a drawing. */
export interface Scales {
  scale(name: string): {
    readonly range: readonly [number, number];
    apply(value: unknown): number;
    invert(place: number): unknown;
  };
}

/** A new element of a drawing. */
export function svgElement<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | number>>,
): SVGElementTagNameMap[K] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

export function stacked(parts: readonly Element[], width: number): SVGElement {
  let top = 0;
  for (const part of parts) {
    const height = Number(part.getAttribute("height"));
    part.setAttribute("y", String(top));
    // Takes the pointer where nothing is drawn: a drawing within another one has no ground of its own that would.
    part.prepend(svgElement("rect", { width, height, fill: "none", "pointer-events": "all" }));
    top += height;
  }
  const whole = svgElement("svg", { width, height: top, viewBox: `0 0 ${width} ${top}` });
  whole.append(...parts);
  return whole;
}
