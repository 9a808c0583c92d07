/** Jobs a second in the last minutes, and what the run uses of the machine. */
import { duration, fileSize, rate, withCommas } from "braid-engine/quantities";
import { byId, element } from "../../shared/elements.ts";
import type { BoardMessage } from "../message.ts";
import { sparkline } from "./drawings.ts";

/** Seconds of a step of the pace. */
const step = 5;

export function showPace({ pace, machine, seconds, state }: BoardMessage): void {
  const steps = pace.slice(-Math.max(2, Math.min(pace.length, Math.ceil(seconds / step))));
  const span = Math.min(60, Math.max(step, seconds));
  const last = pace.slice(-12).reduce((sum, n) => sum + n, 0) / span;
  const highest = Math.max(...steps) / step;
  byId("pace").replaceChildren(
    ...(state === "running"
      ? [element("p", {}, `${rate(last)} in the last ${span < 60 ? duration(span) : "minute"}`)]
      : []),
    sparkline(steps, "Jobs done in the last minutes"),
    element(
      "p",
      { className: "legend" },
      highest === 0
        ? `no job done in the last ${duration(steps.length * step)}`
        : `the last ${duration(steps.length * step)}, at most ${rate(highest)}`,
    ),
  );
  const { cores, busy, memory, totalMemory, freeMemory, load, freeDisk } = machine;
  const facts: [string, string][] = [
    [
      "Run",
      busy === null || memory === null
        ? "not on this machine now"
        : `${busy.toFixed(1)} of ${withCommas(cores)} cores, ${fileSize(memory)}`,
    ],
    ["Machine", `load ${load.toFixed(1)}, ${fileSize(freeMemory)} of ${fileSize(totalMemory)} memory free`],
    ...(freeDisk === null ? [] : [["Disk", `${fileSize(freeDisk)} free`] as [string, string]]),
  ];
  byId("machine").replaceChildren(
    ...facts.flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)]),
  );
}
