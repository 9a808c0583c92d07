/**
 * The jobs of a rule as a grid of cells, one canvas: how much of each cell is made, in this run or before,
 * what runs and what failed. The longer side lies along the page where there is room, else down it.
 */
import { element } from "../../shared/elements.ts";
import { onThemeChange } from "../../shared/theme.ts";
import type { Grid } from "../message.ts";

export interface HeatMap {
  readonly canvas: HTMLCanvasElement;
  /** Shows a grid. Until the reader has chosen a cell, the first failed cell is chosen. */
  show(grid: Grid): void;
  /** Forgets the grid and the chosen cell, before another grid is shown. */
  forget(): void;
}

interface Layout {
  /** Whether y lies along the page instead of x. */
  readonly turned: boolean;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly left: number;
  readonly top: number;
}

/** Calls `tell` with a sentence about the cell under the pointer or the keyboard's cursor. */
export function heatMap(tell: (text: string) => void): HeatMap {
  const canvas = element("canvas", {
    tabIndex: 0,
    role: "application",
    "aria-label": "Jobs by wildcards; arrow keys move from cell to cell",
  });
  let grid: Grid | null = null;
  let layout: Layout | null = null;
  let at: [column: number, row: number] | null = null;
  /** Neither the reader nor the page has chosen a cell. */
  let untouched = true;
  let pointed = false;

  const draw = () => {
    if (grid === null || canvas.parentElement === null) return;
    layout = layOut(grid, canvas.parentElement.clientWidth);
    if (untouched) chooseFailed(grid, layout);
    paint(canvas, grid, layout, at);
    if (at !== null) tell(sentence(grid, layout, at));
  };
  const chooseFailed = ({ counts, xs }: Grid, { turned }: Layout) => {
    const first = counts.failed.findIndex((n) => n > 0);
    if (first < 0) return;
    untouched = false;
    const [x, y] = [first % xs.length, Math.floor(first / xs.length)];
    at = turned ? [y, x] : [x, y];
  };
  const go = (next: [number, number] | null) => {
    untouched = false;
    at = next;
    if (at === null) tell("");
    draw();
  };
  canvas.addEventListener("pointermove", (event) => {
    if (layout === null) return;
    const column = Math.floor((event.offsetX - layout.left) / layout.cellWidth);
    const row = Math.floor((event.offsetY - layout.top) / layout.cellHeight);
    const inside = column >= 0 && row >= 0 && column < layout.columns.length && row < layout.rows.length;
    pointed ||= inside;
    if (inside && (at?.[0] !== column || at[1] !== row)) go([column, row]);
  });
  canvas.addEventListener("pointerleave", () => {
    // A cell that the keyboard or the page has chosen stays.
    if (pointed) go(null);
    pointed = false;
  });
  canvas.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (move === undefined || layout === null) return;
    event.preventDefault();
    const [column, row] = at ?? [0, 0];
    const within = (value: number, length: number) => Math.max(0, Math.min(length - 1, value));
    go([
      at === null ? 0 : within(column + move[0]!, layout.columns.length),
      at === null ? 0 : within(row + move[1]!, layout.rows.length),
    ]);
  });
  addEventListener("resize", draw);
  onThemeChange(draw);
  return {
    canvas,
    show(next) {
      grid = next;
      draw();
    },
    forget() {
      grid = null;
      at = null;
      untouched = true;
      tell("");
    },
  };
}

function layOut({ xs, ys }: Grid, width: number): Layout {
  const longest = Math.max(xs.length, ys.length);
  const across = width >= longest * 7 + 120;
  // Wide pages show the longer side across, narrow ones the shorter.
  const turned = across === ys.length > xs.length;
  const [columns, rows] = turned ? [ys, xs] : [xs, ys];
  const left = Math.min(width * 0.4, 14 + 7.2 * Math.max(...rows.map((text) => text.length)));
  const cellWidth = Math.max(3, Math.min(46, (width - left - 2) / columns.length));
  const cellHeight = rows.length > 40 ? 13 : 20;
  const fits = cellWidth > 7 * Math.max(...columns.map((text) => text.length)) + 4;
  const top = fits ? 20 : Math.min(90, 8 + 7 * Math.max(...columns.map((text) => text.length)));
  return { turned, columns, rows, cellWidth, cellHeight, left, top };
}

function paint(canvas: HTMLCanvasElement, grid: Grid, layout: Layout, at: [number, number] | null): void {
  const { columns, rows, cellWidth, cellHeight, left, top } = layout;
  const [width, height] = [left + cellWidth * columns.length + 2, top + cellHeight * rows.length + 2];
  const scale = devicePixelRatio;
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.style.width = `${width}px`;
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = colour("faint");
  labels(context, layout);
  const gap = cellWidth > 8 ? 1 : 0.4;
  rows.forEach((_, row) => {
    columns.forEach((_, column) => {
      const i = indexOf(grid, layout, column, row);
      const { made, before, running, failed } = grid.counts;
      const [x, y] = [left + column * cellWidth, top + row * cellHeight];
      const [w, h] = [cellWidth - gap, cellHeight - gap];
      context.fillStyle = colour("empty");
      context.fillRect(x, y, w, h);
      // The part that is made fills the cell from below.
      let filled = 0;
      for (const [n, name] of [
        [before[i]!, "before"],
        [made[i]!, "made"],
        [running[i]!, "running"],
      ] as const) {
        const part = Math.min(1 - filled, n / grid.perCell);
        if (part <= 0) continue;
        context.fillStyle = colour(name);
        context.fillRect(x, y + h * (1 - filled - part), w, h * part);
        filled += part;
      }
      if (failed[i]! > 0) {
        // A shape, so that failures do not depend on colour alone.
        context.strokeStyle = colour("failed");
        context.lineWidth = 2;
        context.strokeRect(x + 1, y + 1, w - 2, h - 2);
        context.beginPath();
        context.moveTo(x + 1, y + 1);
        context.lineTo(x + w - 1, y + h - 1);
        context.stroke();
      }
    });
  });
  if (at !== null) {
    context.strokeStyle = colour("text");
    context.lineWidth = 2;
    context.strokeRect(
      left + at[0] * cellWidth - 1,
      top + at[1] * cellHeight - 1,
      cellWidth + 1,
      cellHeight + 1,
    );
  }
}

function labels(
  context: CanvasRenderingContext2D,
  { columns, rows, cellWidth, cellHeight, left, top }: Layout,
): void {
  context.textBaseline = "middle";
  rows.forEach((text, row) => {
    context.fillText(text, 0, top + (row + 0.5) * cellHeight, left - 6);
  });
  const fits = top === 20;
  const every = fits ? 1 : Math.ceil(13 / cellWidth);
  columns.forEach((text, column) => {
    if (column % every !== 0) return;
    context.save();
    context.translate(left + (column + 0.5) * cellWidth, top - 6);
    if (fits) context.textAlign = "center";
    else context.rotate(-Math.PI / 2);
    context.fillText(text, 0, 0);
    context.restore();
  });
}

function indexOf({ xs }: Grid, { turned }: Layout, column: number, row: number): number {
  return turned ? column * xs.length + row : row * xs.length + column;
}

function sentence(grid: Grid, layout: Layout, [column, row]: [number, number]): string {
  const i = indexOf(grid, layout, column, row);
  const { made, before, running, failed } = grid.counts;
  const [x, y] = layout.turned
    ? [layout.rows[row], layout.columns[column]]
    : [layout.columns[column], layout.rows[row]];
  const place = [`${grid.x} ${x}`, ...(grid.y === "" ? [] : [`${grid.y} ${y}`])].join(", ");
  const parts = [
    [made[i]!, "made in this run"],
    [before[i]!, "made before"],
    [running[i]!, "running"],
    [failed[i]!, "failed"],
  ] as const;
  const words = parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
  const whole = Number.isInteger(grid.perCell) ? ` of ${grid.perCell}` : "";
  return `${place}: ${words.join(", ") || "nothing yet"}${whole}`;
}
