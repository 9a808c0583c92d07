/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Elements and numbers as the page shows them. */

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: object = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) (made as unknown as Record<string, unknown>)[key] = value;
    else made.setAttribute(key, String(value));
  }
  made.append(...children);
  return made;
}

export function byId(id: string): HTMLElement {
  return document.getElementById(id)!;
}

/** A labelled choice; it is made anew only when its options change, so that an open list stays open. */
export function picker(
  label: string,
  options: readonly string[],
  chosen: string,
  onChoose: (value: string) => void,
): HTMLElement {
  const list = element(
    "select",
    {},
    ...options.map((value) => element("option", { value, selected: value === chosen }, value)),
  );
  list.addEventListener("change", () => onChoose(list.value));
  return element("label", {}, element("span", {}, label), list);
}

export function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3_600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86_400) return `${Math.floor(s / 3_600)} h ${Math.floor((s % 3_600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3_600)} h`;
}

export function bytes(n: number): string {
  return n >= 2 ** 30 ? `${(n / 2 ** 30).toFixed(1)} GiB` : `${Math.round(n / 2 ** 20)} MiB`;
}

/** `17/s`, `0.4/s`, `2.5/min`. */
export function rate(each: number): string {
  if (each >= 10) return `${Math.round(each)}/s`;
  return each >= 0.1 ? `${each.toFixed(1)}/s` : `${(each * 60).toFixed(1)}/min`;
}

/** A line from 0 up over a soft area, without axes; `label` says what a reader of the screen hears. */
export function sparkline(values: readonly number[], label: string): SVGSVGElement {
  const high = Math.max(...values, 1e-9);
  const points = values.map(
    (value, i) => `${across(i, values.length).toFixed(1)},${down(value, 0, high).toFixed(1)}`,
  );
  const shape = `<polygon points="0,${height} ${points.join(" ")} ${width},${height}" fill="var(--before)" opacity="0.35"/><polyline points="${points.join(" ")}" fill="none" stroke="var(--made)" stroke-width="1.6" vector-effect="non-scaling-stroke"/>`;
  return drawing(points.length > 1 ? shape : "", label);
}

/** A dot for each number, in order, from the lowest to the highest. */
export function dots(values: readonly number[], label: string): SVGSVGElement {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const marks = values.flatMap((value, i) => {
    if (!Number.isFinite(value)) return [];
    const [x, y] = [(3 + 0.98 * across(i, values.length)).toFixed(1), down(value, low, high).toFixed(1)];
    // A line of no length with round ends stays round when the drawing is stretched.
    return [`M${x},${y}h0`];
  });
  return drawing(
    `<path d="${marks.join("")}" fill="none" stroke="var(--made)" stroke-width="4" stroke-linecap="round" vector-effect="non-scaling-stroke"/>`,
    label,
  );
}

const [width, height] = [300, 48];

function across(i: number, n: number): number {
  return (i / Math.max(1, n - 1)) * width;
}

function down(value: number, low: number, high: number): number {
  return height - 4 - ((value - low) / (high - low || 1)) * (height - 8);
}

function drawing(marks: string, label: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("height", String(height));
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.innerHTML = marks;
  return svg;
}
