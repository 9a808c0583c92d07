/** Saves what a figure shows: as SVG, as PNG, as CSV. */
import { download } from "../../shared/download.ts";
import { type Cell, element } from "../../shared/elements.ts";
import { pngOf, withTexts } from "./png.ts";
import { type About, csvText } from "./provenance.ts";
import { standaloneSvg } from "./standalone-svg.ts";

export interface Saved {
  /** Absent for a table without a drawing. */
  readonly svg?: Element;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** The name of the file, without its ending. */
  readonly file: string;
  readonly about: About;
}

export const formats = ["SVG", "PNG", "CSV"] as const;
export type Format = (typeof formats)[number];

export async function save(format: Format, { svg, columns, rows, file, about }: Saved): Promise<void> {
  if (format === "CSV") {
    download([csvText(about, columns, rows)], "text/csv", `${file}.csv`);
    return;
  }
  const text = svg === undefined ? null : standaloneSvg(svg, about);
  if (text === null) return;
  if (format === "SVG") {
    download([text], "image/svg+xml", `${file}.svg`);
    return;
  }
  const { width, height } = sizeOf(text);
  const png = withTexts(await pngOf(text, width, height), {
    Title: about.title,
    Description: about.text,
    Comment: JSON.stringify(about.made),
  });
  download([png], "image/png", `${file}.png`);
}

function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const drawn = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  const [, , width = 0, height = 0] = (drawn.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  return { width, height };
}

/** A button for each format; `saved` gives what is shown, undefined while there is nothing. */
export function saveButtons(
  title: string,
  offered: readonly Format[],
  saved: () => Saved | undefined,
): HTMLElement {
  const buttons = offered.map((format) => {
    const button = element(
      "button",
      { type: "button", "aria-label": `Save "${title}" as ${format}` },
      format,
    );
    button.addEventListener("click", () => {
      const now = saved();
      if (now !== undefined) void save(format, now);
    });
    return button;
  });
  return element("span", { className: "save" }, ...buttons);
}
