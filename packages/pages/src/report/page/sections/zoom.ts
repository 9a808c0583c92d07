/** Zooming along the time axis: dragging over the drawing, a strip of the whole period with the part that is shown, two dates. */
import * as Plot from "@observablehq/plot";
import { element } from "../../../shared/elements.ts";
import { palette } from "../palette.ts";
import type { Context } from "./context.ts";
import { endsOf, margins } from "./hydrograph.ts";
import { type Day, dayLength } from "./hydrograph-data.ts";
import { type Scales, svgElement } from "./stacked.ts";

const isoDay = (time: number) => new Date(time).toISOString().slice(0, 10);

/** The days between the chosen dates; all where fewer than two would be left. */
export function inWindow<D extends { readonly date: Date }>(
  days: readonly D[],
  { from, to }: { readonly from: string; readonly to: string },
): readonly D[] {
  const [first, last] = [
    from === "" ? Number.NEGATIVE_INFINITY : Date.parse(from),
    to === "" ? Number.POSITIVE_INFINITY : Date.parse(to),
  ];
  const some = days.filter(({ date }) => date.getTime() >= first && date.getTime() <= last);
  return some.length < 2 ? days : some;
}

/** The first and the last date as fields, and a way back to the whole period. */
export function windowControls({ choices }: Context): HTMLElement {
  const fields = (["from", "to"] as const).map((key) => {
    const input = element("input", { type: "date", value: choices.now[key] });
    input.addEventListener("change", () => choices.set({ [key]: input.value }));
    choices.onChange((keys) => {
      if (keys.has(key)) input.value = choices.now[key];
    });
    return element("label", {}, element("span", {}, key === "from" ? "From" : "to"), input);
  });
  const whole = element("button", { type: "button" }, "Whole period");
  const update = () => {
    whole.disabled = choices.now.from === "" && choices.now.to === "";
  };
  whole.addEventListener("click", () => choices.set({ from: "", to: "" }));
  choices.onChange(update);
  update();
  return element("span", { className: "window" }, ...fields, whole);
}

/** Lets the reader drag over `drawing` to choose the days between; a double click shows the whole period again. */
export function zoomByDragging({ choices }: Context, drawing: SVGSVGElement & Scales): void {
  const { range, invert } = drawing.scale("x");
  const height = Number(drawing.getAttribute("height"));
  const band = svgElement("rect", { y: 0, width: 0, height, fill: palette().faint, "fill-opacity": 0.25 });
  band.style.pointerEvents = "none";
  drawing.append(band);
  const placeOf = (event: PointerEvent) => {
    const { x: place } = new DOMPoint(event.clientX, event.clientY).matrixTransform(
      drawing.getScreenCTM()!.inverse(),
    );
    return Math.min(range[1], Math.max(range[0], place));
  };
  let start: number | null = null;
  drawing.style.touchAction = "pan-y";
  drawing.style.cursor = "crosshair";
  // Before Plot, whose tips keep the event to themselves.
  const capture = { capture: true };
  const begin = (event: PointerEvent) => {
    if (event.button !== 0) return;
    start = placeOf(event);
    drawing.setPointerCapture(event.pointerId);
  };
  drawing.addEventListener("pointerdown", begin, capture);
  drawing.addEventListener("pointermove", (event) => {
    if (start === null) return;
    const here = placeOf(event);
    band.setAttribute("x", String(Math.min(start, here)));
    band.setAttribute("width", String(Math.abs(here - start)));
  });
  drawing.addEventListener("pointercancel", () => {
    start = null;
    band.setAttribute("width", "0");
  });
  drawing.addEventListener("pointerup", (event) => {
    if (start === null) return;
    const [a, b] = [start, placeOf(event)].sort((x, y) => x - y) as [number, number];
    start = null;
    band.setAttribute("width", "0");
    const [from, to] = [a, b].map((place) => Number(invert(place))) as [number, number];
    // A click is no drag, and a line needs two days.
    if (b - a < 5 || to - from < 2 * dayLength) return;
    choices.set({ from: isoDay(from), to: isoDay(to) });
  });
  drawing.addEventListener("dblclick", () => choices.set({ from: "", to: "" }));
}

/** The observations of the whole period in a strip, with a frame around what is shown; dragging in it chooses as well. */
export function overview(
  context: Context,
  days: readonly Day[],
  shown: readonly Day[],
  width: number,
): HTMLElement {
  const { faint, text } = palette();
  const whole = shown.length === days.length;
  const drawn = Plot.plot({
    ...{ width, height: 40, ...margins, marginTop: 2, marginBottom: 2 },
    style: { background: "none" },
    x: { type: "utc", axis: null, domain: endsOf(days) },
    y: { axis: null },
    marks: [
      Plot.line(days, { x: "date", y: "observed", z: "range", stroke: faint, strokeWidth: 1 }),
      ...(whole
        ? []
        : [
            Plot.rect([shown], {
              ...{ x1: (one: readonly Day[]) => one[0]!.date, x2: (one: readonly Day[]) => one.at(-1)!.date },
              ...{ fill: text, fillOpacity: 0.12, stroke: text },
            }),
          ]),
    ],
  }) as unknown as SVGSVGElement & Scales;
  drawn.setAttribute("aria-hidden", "true");
  zoomByDragging(context, drawn);
  return element("div", { className: "overview", title: "Drag to choose days; double click for all" }, drawn);
}
