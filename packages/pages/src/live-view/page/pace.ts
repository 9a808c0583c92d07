/** Jobs done in the last minutes, rule by rule, and what the run uses of the machine. */
import { count, duration, fileSize, rate, withCommas } from "braid-engine/quantities";
import { byId, element } from "../../shared/elements.ts";
import { html } from "../../shared/html.ts";
import { type LaneRow, type Lanes, lanes, stepArea } from "../../shared/lanes.ts";
import type { BoardMessage, RulePace } from "../message.ts";

/** Seconds of a step of the pace. */
const step = 5;
const height = 30;
const mostRules = 8;
let drawn = "";

export function showPace(board: BoardMessage): void {
  const { html: text } = lanes(paceFigure(board));
  const place = byId("pace");
  // Replace the figure only if it changed, and keep its focus and scroll position.
  if (text !== drawn) {
    drawn = text;
    const before = place.querySelector(".scroll");
    const focused = before !== null && document.activeElement === before;
    const left = before?.scrollLeft ?? 0;
    place.innerHTML = text;
    const region = place.querySelector<HTMLElement>(".scroll")!;
    region.scrollLeft = left;
    if (focused) region.focus();
  }
  showMachine(board);
}

/** The pace of a board as a figure of lanes. */
export function paceFigure({ pace, seconds, state, rules }: BoardMessage): Lanes {
  const steps = Math.max(2, Math.min(60, Math.ceil(seconds / step)));
  const span = steps * step;
  const all = Array.from({ length: 60 }, (_, i) => pace.reduce((sum, { done }) => sum + done[i]!, 0));
  const order = new Map(rules.map(({ rule }, i) => [rule, i]));
  const place = ({ rule }: RulePace) => order.get(rule) ?? 0;
  const now = state === "running";
  const end = now ? "now" : "the end";
  const minute = Math.min(60, span);
  const sum = (values: readonly number[], n: number) =>
    values.slice(-n / step).reduce((total, value) => total + value, 0);
  // All rows have the same unit, so that readers can compare the numbers of a column.
  const [per, unit] = Math.max(...all.slice(-steps)) / step >= 1 ? [1, "jobs/s"] : [60, "jobs/min"];
  const inUnit = (perSecond: number) => {
    const value = perSecond * per;
    return value >= 99.5 ? withCommas(Math.round(value)) : String(Number(value.toPrecision(2)));
  };
  const lane = ({ rule, done }: RulePace): LaneRow => {
    const own = done.slice(-steps);
    const most = Math.max(...own, 1);
    const last = sum(done, minute) / minute;
    return {
      name: rule,
      drawing: html`<path class="ran" d="${stepArea(
        own.map((n) => n / most),
        height - 1,
        height - 3,
      )}"/>`,
      label: `${rule}: ${rate(last)} in the last ${duration(minute)}, at most ${rate(Math.max(...own) / step)} in ${step} s`,
      cells: [withCommas(sum(done, span)), inUnit(last), inUnit(Math.max(...own) / step)],
    };
  };
  // The rules that did the most, in the order of the list of rules.
  const shown = pace
    .toSorted((a, b) => sum(b.done, span) - sum(a.done, span) || place(a) - place(b))
    .slice(0, mostRules)
    .toSorted((a, b) => place(a) - place(b));
  const rest = pace.length - shown.length;
  const last = sum(all, minute);
  return {
    ...{ id: "pace-figure", title: "Pace", first: "Rule", height },
    finding:
      sum(all, span) === 0
        ? `No job was done in the last ${duration(span)}${now ? "" : " of the run"}.`
        : `${count(last, "job")} done in the last ${duration(minute)}${now ? "" : " of the run"} (${rate(last / minute)}); at most ${rate(Math.max(...all.slice(-steps)) / step)} in ${step} s.`,
    caption: `Jobs done in steps of ${step} s. Each lane has its own scale; its highest step is in the table.${rest > 0 ? ` ${count(rest, "rule")} with fewer jobs not shown.` : ""}`,
    axis: `the last ${duration(span)} before ${end}`,
    ticks: [
      { at: 0, text: `-${duration(span)}` },
      ...(span > 60 ? [{ at: 1 - 60 / span, text: "-1 min" }] : []),
      { at: 1, text: end },
    ],
    columns: [
      { head: "Jobs", number: true },
      { head: `Last ${duration(minute)}, ${unit}`, number: true },
      { head: `Highest, ${unit}`, number: true },
    ],
    rows: [...shown.map(lane), ...(pace.length > 1 ? [lane({ rule: "All rules", done: all })] : [])],
  };
}

function showMachine({ machine, state }: BoardMessage): void {
  const { cores, busy, memory, totalMemory, freeMemory, load, freeDisk } = machine;
  const facts: [string, string][] = [
    [
      "Run",
      busy === null || memory === null
        ? state === "running"
          ? "not on this machine"
          : "not running"
        : `${busy.toFixed(1)} of ${withCommas(cores)} cores busy, ${fileSize(memory)} of memory`,
    ],
    [
      "Machine",
      `load average ${load.toFixed(1)} (last minute), ${fileSize(freeMemory)} of ${fileSize(totalMemory)} memory free`,
    ],
    ...(freeDisk === null ? [] : [["Disk", `${fileSize(freeDisk)} free`] as [string, string]]),
  ];
  byId("machine").replaceChildren(
    ...facts.flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)]),
  );
}
