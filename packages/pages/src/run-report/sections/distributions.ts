/** Time, CPU time and memory of single jobs, rule by rule. */
import { count, fileSize, withCommas } from "braid-engine/quantities";
import { type Html, html } from "../../shared/html.ts";
import { lanes, laneWidth, stepArea } from "../../shared/lanes.ts";
import { axisValues, type Distribution, placeOn, type RuleDistribution } from "../distributions.ts";
import type { RunReport } from "../run-report.ts";
import { section } from "../table.ts";
import { sharedTimes, shortTime } from "../times.ts";

const mostRules = 25;
const height = 30;

interface Measure {
  readonly id: "time" | "cpu" | "memory";
  readonly title: string;
  readonly axis: string;
  readonly what: string;
  readonly note: string;
  words(value: number): string;
}

const measures: readonly Measure[] = [
  {
    ...{ id: "time", title: "Time of a job", axis: "time of one job, logarithmic", what: "time" },
    note: "Time is wall-clock time, from the start of a job to its end.",
    words: shortTime,
  },
  {
    ...{ id: "cpu", title: "CPU time of a job", axis: "CPU time of one job, logarithmic" },
    what: "CPU time",
    note: "CPU time is that of the thread that ran a function, or of a command and the processes that it waited for.",
    words: shortTime,
  },
  {
    ...{ id: "memory", title: "Memory of a job", axis: "highest memory of one job, logarithmic" },
    what: "memory",
    note: "Memory is the peak of a job. It is recorded for commands, scripts and queues; functions share the memory of their process.",
    words: (value) => fileSize(Math.round(value)),
  },
];

export function distributionsSection({ distributions }: RunReport): Html | null {
  const figures = measures.flatMap((measure) => {
    const found = distributions[measure.id];
    return found === null ? [] : [figureOf(measure, found)];
  });
  return figures.length === 0 ? null : section("costs", "What jobs cost", figures);
}

function figureOf(measure: Measure, distribution: Distribution): Html {
  const { id, title, axis, what, note, words } = measure;
  const { low, high, rules } = distribution;
  // The jobs of a batch share its time, not its memory.
  const approximately = ({ shared }: RuleDistribution, text: string) =>
    shared > 0 && id !== "memory" ? `~${text}` : text;
  const most = rules.toSorted((a, b) => b.total - a.total)[0]!;
  const widest = rules.toSorted((a, b) => b.max - a.max)[0]!;
  const finding =
    id === "memory"
      ? `The job with the most memory is one of ${widest.rule}, with ${words(widest.max)}.`
      : `${most.rule} took the most: ${words(most.total)} of ${what} in ${count(most.jobs, "job")}, half of them up to ${approximately(most, words(most.median))} each.`;
  const rest = rules.length - mostRules;
  const shared = id !== "memory" && rules.some((rule) => rule.shared > 0);
  return lanes({
    ...{ id: `costs-${id}`, title, finding, axis, first: "Rule", height },
    caption: html`The finished jobs of the plan; each job counts as in its latest run. Area: number of jobs, with a scale for each rule. Thick line: from the 25th to the 75th percentile. Thin line: from the 5th to the 95th percentile. Vertical line: the median. ${note}${shared ? ` ${sharedTimes}` : ""}${rest > 0 ? ` ${count(rest, "more rule")} not shown.` : ""}`,
    ticks: axisValues(low, high).map((value) => ({ at: placeOn(low, high, value), text: words(value) })),
    columns: ["Jobs", "5 %", "Median", "95 %", "Max", ...(id === "memory" ? [] : ["Total"])].map((head) => ({
      head,
      number: true,
    })),
    rows: rules.slice(0, mostRules).map((rule) => ({
      name: rule.rule,
      drawing: drawingOf(rule, (value) => laneWidth * placeOn(low, high, value)),
      label: `${rule.rule}: median ${approximately(rule, words(rule.median))}, 5th to 95th percentile ${words(rule.p5)} to ${words(rule.p95)}, at most ${words(rule.max)}, of ${count(rule.jobs, "job")}`,
      cells: [
        withCommas(rule.jobs),
        ...[rule.p5, rule.median, rule.p95, rule.max].map((value) => approximately(rule, words(value))),
        // Shares add up to the time of their batch, so the sum is exact.
        ...(id === "memory" ? [] : [words(rule.total)]),
      ],
    })),
  });
}

function drawingOf(
  { counts, p5, p25, median, p75, p95 }: RuleDistribution,
  x: (value: number) => number,
): Html {
  const most = Math.max(...counts);
  const area = stepArea(
    counts.map((n) => n / most),
    height - 8,
    height - 10,
  );
  const to = (value: number) => Number(x(value).toFixed(1));
  const line = (from: number, end: number) =>
    `M${to(from)},${height - 4}H${Math.max(to(from) + 0.5, to(end))}`;
  return html`<path class="area" d="${area}"/><path class="thin" d="${line(p5, p95)}"/><path class="thick" d="${line(p25, p75)}"/><path class="middle" d="M${to(median)},0V${height}"/>`;
}
