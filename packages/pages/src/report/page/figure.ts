/**
 * A figure that is drawn when it comes into view, and again when its choices, its width or the theme change.
 * It can be saved as SVG, PNG and CSV and read as a table; its text alternative says what it finds.
 */
import { type Cell, element, table } from "../../shared/elements.ts";
import { onThemeChange } from "../../shared/theme.ts";
import { fileName, madeFrom } from "./provenance.ts";
import { formats, saveButtons } from "./save.ts";
import type { Context } from "./sections/context.ts";

export interface Drawn {
  readonly svg: SVGElement | HTMLElement;
  /** What the figure finds, in a sentence or two with its numbers. */
  readonly finding: string;
  /** How to read it. */
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** What is shown where a choice leaves it open, for the name of the file. */
  readonly shown?: { readonly factor: string };
  /** Controls that belong to the drawing and are no part of it. */
  readonly below?: HTMLElement;
}

export interface FigureOptions {
  /** Names the element. */
  readonly name: string;
  /** Names the file that is saved, after what the figure shows; without it the name of the element does. */
  readonly file?: string;
  readonly title: string;
  /** Controls above the figure. */
  readonly controls?: readonly HTMLElement[];
  /** Controls under the drawing. */
  readonly moreControls?: readonly HTMLElement[];
  /** The choices that say what the figure shows: it is drawn again when they change, and its file is named after them. */
  readonly dependsOn: readonly string[];
  /** Other choices that it is drawn again for. */
  readonly follows?: readonly string[];
  draw(width: number): Promise<Drawn | string>;
}

export function figure(
  { report, choices }: Context,
  {
    name,
    file = name,
    title,
    controls = [],
    moreControls = [],
    dependsOn,
    follows = [],
    draw,
  }: FigureOptions,
): HTMLElement {
  const canvas = element("div", { className: "canvas" });
  const caption = element("figcaption");
  const details = element("details", {}, element("summary", {}, "As a table"));
  const save = saveButtons(title, formats, () =>
    drawn === undefined
      ? undefined
      : {
          ...{ svg: drawn.svg, columns: drawn.columns, rows: drawn.rows },
          file: fileName(report, file, dependsOn, { ...choices.now, ...drawn.shown }),
          about: { title, text: `${drawn.finding} ${drawn.caption}`, made: madeFrom(report) },
        },
  );
  save.hidden = true;
  let drawn: Drawn | undefined;
  let visible = false;
  let stale = true;
  let turn = 0;
  let width = 0;

  const show = async () => {
    if (!visible || !stale) return;
    stale = false;
    const mine = ++turn;
    width = canvas.clientWidth;
    const result = await draw(Math.max(260, width)).catch(
      (error: Error) => `Cannot draw this: ${error.message}.`,
    );
    if (mine !== turn) return;
    drawn = typeof result === "string" ? undefined : result;
    save.hidden = drawn === undefined;
    details.hidden = drawn === undefined || drawn.rows.length === 0;
    place(title, result, canvas, caption);
    if (details.open) fill();
    outer.dataset.drawn = String(mine);
  };
  const redraw = () => {
    stale = true;
    void show();
  };
  const fill = () => {
    details.querySelector(".scroll")?.remove();
    if (drawn !== undefined) details.append(table(title, drawn.columns, drawn.rows));
  };

  details.hidden = true;
  details.addEventListener("toggle", () => details.open && fill());
  choices.onChange((keys) => {
    if ([...dependsOn, ...follows].some((key) => keys.has(key))) redraw();
  });
  onThemeChange(redraw);
  const outer = element(
    "figure",
    { id: name },
    element("div", { className: "bar" }, element("h3", {}, title), ...controls, save),
    canvas,
    moreControls.length === 0 ? null : element("div", { className: "bar" }, ...moreControls),
    caption,
    details,
  );
  watch(
    outer,
    (isVisible) => {
      visible = isVisible;
      if (visible) inTurn(show);
    },
    () => {
      visible = true;
      return show();
    },
  );
  new ResizeObserver(() => {
    if (Math.abs(canvas.clientWidth - width) > 8) redraw();
  }).observe(canvas);
  return outer;
}

/** Puts a drawing and its caption in their places, or the reason why there is none. */
function place(title: string, result: Drawn | string, canvas: HTMLElement, caption: HTMLElement): void {
  if (typeof result === "string") {
    canvas.replaceChildren(element("p", { className: "nothing" }, result));
    caption.textContent = "";
    return;
  }
  // The parts of a picture say nothing by themselves, and what Plot calls them is not allowed there.
  for (const part of result.svg.querySelectorAll("g[aria-label]")) part.removeAttribute("aria-label");
  result.svg.setAttribute("role", "img");
  result.svg.setAttribute("aria-label", `${title}. ${result.finding}`);
  canvas.replaceChildren(result.svg, ...(result.below === undefined ? [] : [result.below]));
  caption.replaceChildren(element("strong", {}, result.finding), ` ${result.caption}`);
}

/** Calls `onView` when a figure comes into view or leaves it, and `showNow` for print and when unseen figures are drawn. */
function watch(outer: HTMLElement, onView: (isVisible: boolean) => void, showNow: () => Promise<void>): void {
  new IntersectionObserver((entries) => onView(entries.at(-1)!.isIntersecting), {
    rootMargin: "200px",
  }).observe(outer);
  unseen.push(showNow);
  // On paper everything is in view. What is drawn already is drawn in the colours of paper: its data are there.
  addEventListener("beforeprint", showNow);
}

let last: Promise<unknown> = Promise.resolve();

/** Draws figures that come into view together one after the other: the first can be seen before the last is drawn. */
function inTurn(draw: () => Promise<void>): void {
  last = last.then(() => new Promise((resolve) => setTimeout(resolve))).then(draw);
}

/** Figures that may not have come into view. */
const unseen: (() => Promise<void>)[] = [];

/** Draws the figures that are out of view too, one by one: a browser that prints does not wait for their data. */
export async function drawUnseen(): Promise<void> {
  for (let next = unseen.shift(); next !== undefined; next = unseen.shift()) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    await next();
  }
}
