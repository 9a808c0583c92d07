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

/** A line over a soft area, without axes; `label` says what a reader of the screen hears. */
export function sparkline(values: readonly number[], label: string, fromZero = true): SVGSVGElement {
  const [width, height] = [300, 48];
  const finite = values.filter(Number.isFinite);
  const low = fromZero ? 0 : Math.min(...finite);
  const high = Math.max(...finite, low + 1e-9);
  const x = (i: number) => (i / Math.max(1, values.length - 1)) * width;
  const y = (value: number) => height - 2 - ((value - low) / (high - low)) * (height - 4);
  const points = values.flatMap((value, i) =>
    Number.isFinite(value) ? [`${x(i).toFixed(1)},${y(value).toFixed(1)}`] : [],
  );
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("height", String(height));
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  if (points.length > 1)
    svg.innerHTML = `<polygon points="${x(0)},${height} ${points.join(" ")} ${width},${height}" fill="var(--before)" opacity="0.35"/><polyline points="${points.join(" ")}" fill="none" stroke="var(--made)" stroke-width="1.6" vector-effect="non-scaling-stroke"/>`;
  return svg;
}
