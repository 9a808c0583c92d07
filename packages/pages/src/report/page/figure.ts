/**
 * A figure that is drawn when it comes into view, and again when its choices, its width or the theme change.
 * It can be saved as SVG and read as a table.
 */
import { type Cell, element, table } from "../../shared/elements.ts";
import { onThemeChange } from "../../shared/theme.ts";
import type { Choices } from "./choice.ts";
import { saveSvg } from "./save-svg.ts";

export interface Drawn {
  readonly svg: SVGElement | HTMLElement;
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface FigureOptions {
  /** Names the file that is saved, and the element. */
  readonly name: string;
  readonly title: string;
  /** Controls above the figure. */
  readonly controls?: readonly HTMLElement[];
  readonly choices: Choices;
  /** The choices that the figure depends on. */
  readonly dependsOn: readonly string[];
  draw(width: number): Promise<Drawn | string>;
}

export function figure({ name, title, controls = [], choices, dependsOn, draw }: FigureOptions): HTMLElement {
  const canvas = element("div", { className: "canvas" });
  const caption = element("figcaption");
  const details = element("details", {}, element("summary", {}, "As a table"));
  const save = element("button", { type: "button", disabled: true }, "Save SVG");
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
    save.disabled = drawn === undefined;
    details.hidden = drawn === undefined || drawn.rows.length === 0;
    if (typeof result === "string") {
      canvas.replaceChildren(element("p", { className: "nothing" }, result));
      caption.textContent = "";
    } else {
      result.svg.setAttribute("role", "img");
      result.svg.setAttribute("aria-label", `${title}. ${result.caption}`);
      canvas.replaceChildren(result.svg);
      caption.textContent = result.caption;
      if (details.open) fill();
    }
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
  save.addEventListener("click", () => drawn !== undefined && saveSvg(drawn.svg, name));
  choices.onChange((keys) => {
    if (dependsOn.some((key) => keys.has(key))) redraw();
  });
  onThemeChange(redraw);
  const outer = element(
    "figure",
    { id: name },
    element("div", { className: "bar" }, element("h3", {}, title), ...controls, save),
    canvas,
    caption,
    details,
  );
  new IntersectionObserver(
    (entries) => {
      visible = entries.at(-1)!.isIntersecting;
      void show();
    },
    { rootMargin: "200px" },
  ).observe(outer);
  new ResizeObserver(() => {
    if (Math.abs(canvas.clientWidth - width) > 8) redraw();
  }).observe(canvas);
  // On paper everything is in view.
  addEventListener("beforeprint", () => {
    visible = true;
    void show();
  });
  return outer;
}
