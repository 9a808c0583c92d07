/** What ran when: a lane for each rule. */
import { count, duration, moment, withCommas } from "braid-engine/quantities";
import { type Html, html } from "../../shared/html.ts";
import type { RunReport } from "../run-report.ts";
import { section } from "../table.ts";
import { type Lane, parts, type Timeline } from "../timeline.ts";
import { shortTime } from "./rules.ts";

const mostLanes = 25;
const height = 26;
/** Parts between two lines. */
const closest = 4;
/** A lane with less than this is not blown up to its full height. */
const leastHigh = 0.1;

export function timelineSection({ timeline }: RunReport): Html | null {
  if (timeline === null) return null;
  const { stretches, seconds, lanes } = timeline;
  const pauses = pausesOf(timeline);
  const [first, last] = [stretches[0]!.from, stretches.at(-1)!.to];
  const pausing = (last - first) / 1_000 - seconds;
  const more = lanes.length - mostLanes;
  const caption = [
    `Jobs running at the same time, of the jobs as they were made last: means over ${parts} equal parts of ${shortTime(seconds)}. Each lane has a height of its own: its highest mean stands beside it.`,
    ...(stretches.length > 1
      ? [
          `${count(stretches.length - 1, "pause")} of ${duration(pausing)} in all ${stretches.length === 2 ? "is" : "are"} left out, where the lines stand.`,
        ]
      : []),
    ...(more > 0 ? [`${count(more, "more rule")} not shown.`] : []),
  ].join(" ");
  return section(
    "timeline",
    "What ran when",
    html`<div class="scroll" tabindex="0" role="region" aria-label="What ran when"><table>
<caption><span>${caption}</span></caption>
<thead><tr><th scope="col">Rule</th><th scope="col" class="lane"><span class="axis"><span>${moment(first)}</span><span>${moment(last)}</span></span></th><th scope="col" class="number">Highest</th><th scope="col">First began</th><th scope="col">Last ended</th></tr></thead>
<tbody>
${lanes.slice(0, mostLanes).map((lane) => row(lane, pauses))}</tbody>
</table></div>`,
  );
}

function row(lane: Lane, pauses: string): Html {
  const { rule, jobs, from, to, running } = lane;
  const highest = Math.max(...running);
  const words = `${count(jobs, "job")} of ${rule}, at most ${short(highest)} at a time`;
  return html`<tr><th scope="row">${rule}</th><td class="lane"><svg viewBox="0 0 ${parts} ${height}" preserveAspectRatio="none" role="img" aria-label="${words}"><path d="${area(running, highest)}"/>${pauses === "" ? null : html`<path class="pause" d="${pauses}"/>`}</svg></td><td class="number">${short(highest)}</td><td>${moment(from)}</td><td>${moment(to)}</td></tr>
`;
}

/** Steps from the ground up; equal neighbours are one, and what is not nothing can be seen. */
function area(running: readonly number[], highest: number): string {
  let path = `M0,${height}`;
  let before = height;
  running.forEach((value, i) => {
    const part = value / Math.max(highest, leastHigh);
    const y = part <= 0 ? height : Math.min(height - 1, Math.round(height - part * (height - 2)));
    if (y !== before) path += `H${i}V${y}`;
    before = y;
  });
  return `${path}H${parts}V${height}Z`;
}

/** A line where a pause was left out; several close together are one. */
function pausesOf({ stretches, seconds }: Timeline): string {
  let path = "";
  let sum = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const { from, to } of stretches.slice(0, -1)) {
    sum += (to - from) / 1_000;
    const x = Math.round((sum / seconds) * parts);
    if (x < last + closest) continue;
    path += `M${x},0V${height}`;
    last = x;
  }
  return path;
}

function short(value: number): string {
  if (value < leastHigh) return `< ${leastHigh}`;
  return value < 9.95 ? String(Number(value.toPrecision(2))) : withCommas(Math.round(value));
}
