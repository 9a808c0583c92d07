/**
 * All that the page says, as data: aggregates and the first few of lists, so that its size does not grow with the number
 * of jobs.
 */
import { availableParallelism, hostname, totalmem } from "node:os";
import {
  type Graph,
  type Inspection,
  type JobDescription,
  type MadeJob,
  type RecordedConfig,
  type RunRecord,
  type Status,
  secondsOf,
} from "braid-engine/inspect";
import { type FailureGroup, failureGroups } from "./failure-groups.ts";
import { highest } from "./highest.ts";
import { type RuleFigures, ruleFigures } from "./rule-figures.ts";
import { type TargetFiles, targetFiles } from "./target-files.ts";
import { type Timeline, timeline } from "./timeline.ts";

export interface RunReport {
  /** The workflow file, and the working folder. */
  readonly workflow: string;
  readonly folder: string;
  /** ms since 1970: when the report was made. */
  readonly at: number;
  /** The last run; null where none is recorded. */
  readonly status: Status | null;
  readonly runs: readonly RunLine[];
  readonly rules: readonly RuleFigures[];
  readonly graph: Graph;
  readonly timeline: Timeline | null;
  readonly slowest: readonly SlowJob[];
  readonly failures: readonly FailureGroup[];
  readonly targets: TargetFiles;
  readonly config: RecordedConfig;
  readonly versions: { readonly braid: string; readonly node: string };
  readonly machine: { readonly host: string; readonly cores: number; readonly memory: number };
}

/** One run, with how many jobs of the plan are as it made them. */
export interface RunLine {
  readonly run: RunRecord;
  readonly made: number;
}

export interface SlowJob extends JobDescription {
  readonly made: MadeJob;
}

const mostSlow = 10;

export function runReport(inspection: Inspection): RunReport {
  const { workflow, folder, version, status, runs, rules, made, failures, graph, targets, config, files } =
    inspection;
  return {
    workflow,
    folder,
    at: Date.now(),
    status,
    runs: runLines(runs, made),
    rules: ruleFigures(rules, made),
    graph,
    timeline: timeline(
      made,
      rules.map(({ rule }) => rule),
    ),
    slowest: highest(made, mostSlow, secondsOf).map((job) => ({ ...inspection.describe(job), made: job })),
    failures: failureGroups(failures),
    targets: targetFiles(targets, files),
    config,
    versions: { braid: version, node: process.versions.node },
    machine: { host: hostname(), cores: availableParallelism(), memory: totalmem() },
  };
}

/** A job belongs to the last run that began before it. */
function runLines(runs: readonly RunRecord[], made: readonly MadeJob[]): RunLine[] {
  const lines = runs.map((run) => ({ run, made: 0 }));
  const sorted = lines.toSorted((a, b) => a.run.at - b.run.at);
  for (const { start } of made) {
    let [low, high] = [-1, sorted.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (sorted[middle]!.run.at <= start) low = middle;
      else high = middle - 1;
    }
    if (low >= 0) sorted[low]!.made++;
  }
  return lines;
}
