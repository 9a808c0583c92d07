/**
 * Lanes: a table in which each row has a drawing, and all drawings share one axis. Names, numbers and the marks of the axis
 * are text of the page, so they keep their size when the drawings are stretched. The run report and the live view draw
 * their figures as lanes.
 */
import { type Html, html, type Part, trusted } from "./html.ts";

export interface Tick {
  /** From 0 to 1 along the axis. */
  readonly at: number;
  readonly text: string;
}

export interface LaneColumn {
  readonly head: string;
  readonly number?: boolean;
}

export interface LaneRow {
  readonly name: Part;
  /** SVG whose x goes from 0 to `width`. */
  readonly drawing: Html;
  /** What the drawing shows, for screen readers. */
  readonly label: string;
  readonly cells: readonly Part[];
}

export interface Lanes {
  /** The id of the figure. */
  readonly id: string;
  readonly title: string;
  /** What the figure finds, in a sentence with its numbers. */
  readonly finding: string;
  /** How to read it. */
  readonly caption: Part;
  /** What the axis shows, with its unit. */
  readonly axis: string;
  readonly ticks: readonly Tick[];
  readonly first: string;
  readonly columns: readonly LaneColumn[];
  readonly rows: readonly LaneRow[];
  /** The height of a drawing in pixels. */
  readonly height: number;
}

/** The width of a drawing in its own units. */
export const laneWidth = 240;

export function lanes({
  id,
  title,
  finding,
  caption,
  axis,
  ticks,
  first,
  columns,
  rows,
  height,
}: Lanes): Html {
  const side = ({ number }: LaneColumn) => (number ? html` class="number"` : null);
  return html`<figure id="${id}">
<h3>${title}</h3>
<div class="scroll" tabindex="0" role="region" aria-label="${title}: table"><table>
<caption class="unseen">${title}</caption>
<thead><tr><th scope="col">${first}</th><th scope="col" class="lane">${axis}${axisMarks(ticks)}</th>${columns.map((column) => html`<th scope="col"${side(column)}>${column.head}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ({ name, drawing, label, cells }) =>
    html`<tr><th scope="row">${name}</th><td class="lane"><svg class="drawn" height="${height}" viewBox="0 0 ${laneWidth} ${height}" preserveAspectRatio="none" role="img" aria-label="${label}">${ticks.map(({ at }) => html`<path class="grid" d="M${round(at * laneWidth)},0V${height}"/>`)}${drawing}</svg></td>${cells.map((cell, i) => html`<td${side(columns[i]!)}>${cell}</td>`)}</tr>\n`,
)}</tbody>
</table></div>
<figcaption><strong>${finding}</strong> ${caption}</figcaption>
</figure>
`;
}

/**
 * The first and the last mark stay within the axis. Where the axis is too narrow for all marks, each second, third or fourth
 * is shown: `without0` is left out below the first of `axisWidths`, `without1` between it and the second, and so on.
 */
function axisMarks(ticks: readonly Tick[]): Html {
  const kept = [0, ...axisWidths].map((width) => marksThatFit(ticks, width));
  return html`<div class="axis"><svg class="ticks" height="16" aria-hidden="true">${ticks.map((tick, i) => {
    const without = kept.flatMap((marks, level) => (marks.has(i) ? [] : [`without${level}`])).join(" ");
    const named = without === "" ? null : html` class="${without}"`;
    return html`<text x="${round(100 * tick.at)}%" y="12" text-anchor="${trusted(anchorOf(tick))}"${named}>${tick.text}</text>`;
  })}</svg></div>`;
}

const anchorOf = ({ at }: Tick) => (at < 0.06 ? "start" : at > 0.94 ? "end" : "middle");

/** Widths of an axis in pixels at which more marks may fit: that of a narrow lane comes first. */
export const axisWidths: readonly number[] = [240, 340, 480];
const narrowest = 168;
/** Pixels of a character of a mark, and between two marks. */
const [character, gap] = [6.8, 8];

/** The marks, by their numbers, that fit on an axis of at least `width` pixels side by side: the first and each n-th after it. */
export function marksThatFit(ticks: readonly Tick[], width: number): ReadonlySet<number> {
  const ends = (tick: Tick): [number, number] => {
    const [place, length] = [tick.at * Math.max(width, narrowest), tick.text.length * character];
    const left = place - { start: 0, middle: length / 2, end: length }[anchorOf(tick)];
    return [left, left + length];
  };
  for (let n = 1; n < ticks.length; n++) {
    const some = ticks.map((_, i) => i).filter((i) => i % n === 0);
    const fits = some.every((at, i) => i === 0 || ends(ticks[some[i - 1]!]!)[1] + gap <= ends(ticks[at]!)[0]);
    if (fits) return new Set(some);
  }
  return new Set([0]);
}

const round = (value: number) => Number(value.toFixed(2));

/**
 * The path of an area of steps, one for each of `values` (from 0 to 1). It starts at the y of `ground` and reaches up by
 * `reach`, or down if `reach` is negative. Equal neighbours are one step; a value above 0 is at least a pixel high.
 */
export function stepArea(values: readonly number[], ground: number, reach: number): string {
  const width = laneWidth / values.length;
  let path = `M0,${ground}`;
  let before = ground;
  const least = Math.sign(reach);
  for (const [i, value] of values.entries()) {
    const length = value <= 0 ? 0 : Math.max(1, Math.abs(reach * Math.min(1, value)));
    const y = Math.round(ground - least * length);
    if (y !== before) path += `H${round(i * width)}V${y}`;
    before = y;
  }
  return `${path}H${laneWidth}V${ground}Z`;
}

/** Intervals between the marks of a time axis, ms: whole milliseconds, seconds, minutes, hours and days. */
const steps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000],
  ...[1, 2, 5, 10, 20, 30, 60, 120, 180, 360, 720].map((minutes) => 60_000 * minutes),
  ...[1, 2, 5, 10, 20, 50, 100].map((days) => 86_400_000 * days),
];
const mostTicks = 5;

/** Marks of an axis from 0 to `seconds`: `0`, `20 s`, `40 s`. */
export function timeTicks(seconds: number): Tick[] {
  const ms = 1_000 * seconds;
  const step = steps.find((each) => ms / each <= mostTicks) ?? ms;
  return Array.from({ length: Math.floor(ms / step + 1e-9) + 1 }, (_, i) => ({
    at: (i * step) / ms,
    text: i === 0 ? "0" : wholeTime(i * step),
  }));
}

function wholeTime(ms: number): string {
  const units = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1_000, "s"],
    [1, "ms"],
  ] as const;
  const [length, unit] = units.find(([each]) => ms % each === 0) ?? [1, "ms"];
  return `${ms / length} ${unit}`;
}
