/** What ran when and what was ready to run, in a lane for each rule; and the chain of jobs that determined when the run ended. */
import { count, duration, moment, withCommas } from "braid-engine/quantities";
import { type Html, html } from "../../shared/html.ts";
import { lanes, laneWidth, stepArea, timeTicks } from "../../shared/lanes.ts";
import type { ChainJob, RunReport } from "../run-report.ts";
import { section } from "../table.ts";
import { type Lane, parts, type Timeline } from "../timeline.ts";
import { shortTime } from "../times.ts";

const mostLanes = 25;
const mostLinks = 25;
const [runningHeight, waitingHeight] = [24, 16];
const height = runningHeight + waitingHeight;
/** Parts between two lines. */
const closest = 4;
/** A lane whose highest value is below this is not scaled to its full height. */
const leastHigh = 0.1;

export function timelineSection(report: RunReport): Html | null {
  if (report.timeline === null) return null;
  return section("timeline", "What ran when, and what waited for what", [
    lanesFigure(report, report.timeline),
    chainFigure(report),
  ]);
}

function lanesFigure({ waits }: RunReport, timeline: Timeline): Html {
  const { stretches, seconds, lanes: all } = timeline;
  const pauses = pausesOf(timeline);
  const [first, last] = [stretches[0]!.from, stretches.at(-1)!.to];
  const pausing = (last - first) / 1_000 - seconds;
  const more = all.length - mostLanes;
  // The axis says the day.
  const isOneDay = moment(first).slice(0, 10) === moment(last).slice(0, 10);
  const clock = (time: number) => (isOneDay ? moment(time).slice(11) : moment(time));
  const slowest = [...waits].sort(([, a], [, b]) => b.max - a.max)[0];
  const finding =
    slowest === undefined || slowest[1].max < 0.05
      ? "No job waited for a free slot."
      : `Jobs of ${slowest[0]} waited longest after their inputs were ready: ${shortTime(slowest[1].median)} (median), at most ${shortTime(slowest[1].max)}.`;
  const caption = [
    `Above the line: jobs that ran at the same time. Below it: jobs whose inputs were ready but that had not started; they waited for a free slot, or for their turn in a batch. Both are means over ${parts} equal parts of ${shortTime(seconds)}, from the latest run of each job. Each has its own scale; the highest means are in the table.`,
    "Waited for: the rule that made the last input to be ready, for most jobs of this rule. Wait: from then, or from the start of the run's first job, to the start of the job. Failed attempts of a job count as waiting.",
    ...(stretches.length > 1
      ? [
          `${count(stretches.length - 1, "pause")} of ${duration(pausing)} in all ${stretches.length === 2 ? "is" : "are"} left out, at the broken lines.`,
        ]
      : []),
    ...(more > 0 ? [`${count(more, "more rule")} not shown.`] : []),
  ].join(" ");
  return lanes({
    ...{ id: "lanes", title: "Jobs at the same time", finding, caption, first: "Rule", height },
    axis: `${stretches.length > 1 ? "time with jobs running" : "time"} since ${moment(first)}`,
    ticks: timeTicks(seconds),
    columns: [
      { head: "Most running", number: true },
      { head: "Most waiting", number: true },
      { head: "Waited for" },
      { head: "Wait, median", number: true },
      { head: "Wait, max", number: true },
      { head: "First began" },
      { head: "Last ended" },
    ],
    rows: all.slice(0, mostLanes).map((lane) => {
      const { rule, jobs, running, waiting } = lane;
      const [runs, waited] = [Math.max(...running), Math.max(...waiting)];
      const own = waits.get(rule);
      const cause = own?.lastFor ?? null;
      return {
        name: rule,
        drawing: drawingOf(lane, pauses),
        label: `${count(jobs, "job")} of ${rule}, at most ${short(runs)} at a time; at most ${short(waited)} waiting with their inputs ready`,
        cells: [
          short(runs),
          short(waited),
          cause === null
            ? html`<span class="zero">-</span>`
            : `${cause.rule}${cause.jobs === jobs ? "" : ` (${withCommas(cause.jobs)} of ${withCommas(jobs)} jobs)`}`,
          shortTime(own?.median ?? 0),
          shortTime(own?.max ?? 0),
          clock(lane.from),
          clock(lane.to),
        ],
      };
    }),
  });
}

function drawingOf({ running, waiting }: Lane, pauses: string): Html {
  const part = (values: readonly number[]) => {
    const most = Math.max(leastHigh, ...values);
    return values.map((value) => value / most);
  };
  return html`<path class="ran" d="${stepArea(part(running), runningHeight, runningHeight - 2)}"/><path class="waited" d="${stepArea(part(waiting), runningHeight, 2 - waitingHeight)}"/>${pauses === "" ? null : html`<path class="pause" d="${pauses}"/>`}`;
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
  if (value === 0) return "0";
  if (value < leastHigh) return `< ${leastHigh}`;
  return value < 9.95 ? String(Number(value.toPrecision(2))) : withCommas(Math.round(value));
}

/** The chain of jobs that the end of the run waited for, each with its wait. */
function chainFigure({ chain }: RunReport): Html | null {
  if (chain.length < 2) return null;
  const from = chain[0]!.ready;
  const to = Math.max(chain.at(-1)!.made.end, from + 1);
  const sum = (of: (job: ChainJob) => number) => chain.reduce((all, job) => all + of(job), 0) / 1_000;
  const [ran, waited] = [
    sum(({ made }) => made.end - made.start),
    sum(({ made, ready }) => made.start - ready),
  ];
  const longest = chain.toSorted((a, b) => b.made.end - b.made.start - (a.made.end - a.made.start))[0]!;
  const shown = chain.slice(-mostLinks);
  const left = chain.length - shown.length;
  const shared = shown.some(({ made }) => made.share !== undefined);
  return lanes({
    ...{ id: "chain", title: "What the end waited for", height: 18, first: "Job" },
    axis: `time since ${moment(from)}`,
    finding: `${count(chain.length, "job")} in a row took ${shortTime(ran)} of the ${shortTime((to - from) / 1_000)} from the first job to the last; ${shortTime(waited)} were waits for a free slot or a turn in a batch. The longest is ${longest.name}, ${shortTime((longest.made.end - longest.made.start) / 1_000)}${longest.made.share === undefined ? "" : " with its batch"}.`,
    caption: html`The job that ended last in the latest run that ran jobs, and before each job the one that it waited for last. The run ends earlier only if a job or a wait of this chain gets shorter. Thick: the job ran. Thin: its inputs were ready but it had not started.${shared ? " A job with ~ ran in a batch: the bar is the time of the batch, and the number is the job's share of it." : ""}${left > 0 ? ` ${count(left, "earlier job")} not shown.` : ""}`,
    ticks: timeTicks((to - from) / 1_000),
    columns: [{ head: "Waited", number: true }, { head: "Took", number: true }, { head: "Began" }],
    rows: shown.map(({ name, path, made, ready, seconds }) => {
      const x = (time: number) => Number(((laneWidth * (time - from)) / (to - from)).toFixed(2));
      const wait = (made.start - ready) / 1_000;
      const took = `${made.share === undefined ? "" : "~"}${shortTime(seconds)}`;
      return {
        name: html`<span title="${path}">${name}</span>`,
        drawing: html`<rect class="waited" x="${x(ready)}" y="6" width="${Math.max(0, Number((x(made.start) - x(ready)).toFixed(2)))}" height="6"/><rect class="ran" x="${x(made.start)}" y="3" width="${Math.max(0.6, Number((x(made.end) - x(made.start)).toFixed(2)))}" height="12"/>`,
        label: `${name} waited ${shortTime(wait)} and took ${took}`,
        cells: [shortTime(wait), took, moment(made.start)],
      };
    }),
  });
}
