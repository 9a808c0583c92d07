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
  runFinder,
  type Status,
  secondsOf,
} from "braid-engine/inspect";
import { type FailureGroup, failureGroups } from "../shared/failure-groups.ts";
import { type Distributions, distributions } from "./distributions.ts";
import { highest } from "./highest.ts";
import { previews } from "./preview.ts";
import { type RuleFigures, ruleFigures } from "./rule-figures.ts";
import { type ShownCategory, shownCategories } from "./shown-outputs.ts";
import { type TargetFiles, targetFiles } from "./target-files.ts";
import { type Timeline, timeline } from "./timeline.ts";
import { type RuleWaits, waitsOf } from "./waits.ts";

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
  readonly distributions: Distributions;
  readonly timeline: Timeline | null;
  readonly waits: ReadonlyMap<string, RuleWaits>;
  /** The jobs that the end of the latest run waited for, each for the one before it. */
  readonly chain: readonly ChainJob[];
  readonly slowest: readonly SlowJob[];
  readonly failures: readonly FailureGroup[];
  readonly shown: readonly ShownCategory[];
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

export interface ChainJob extends SlowJob {
  /** ms since 1970: when its inputs were there. */
  readonly ready: number;
  readonly seconds: number;
}

const mostSlow = 10;

export function runReport(inspection: Inspection): RunReport {
  const { workflow, folder, version, status, runs, rules, made, failures, graph, targets, config, files } =
    inspection;
  const names = rules.map(({ rule }) => rule);
  const costs = distributions(made, names);
  const waits = waitsOf(made, runs);
  // Those with captions come first, as far as there is room.
  const preview = previews(files);
  const shown = shownCategories(inspection.shown(), files, preview);
  const captioned = new Set(shown.flatMap(({ outputs }) => outputs.map(({ path }) => path)));
  return {
    workflow,
    folder,
    at: Date.now(),
    status,
    runs: runLines(runs, made),
    rules: ruleFigures(rules, costs),
    graph,
    distributions: costs,
    timeline: timeline(made, waits.ready, names),
    waits: waits.byRule,
    chain: waits.chain.map(({ made: job, ready }) => ({
      ...inspection.describe(job),
      ...{ made: job, ready, seconds: secondsOf(job) },
    })),
    slowest: highest(made, mostSlow, secondsOf).map((job) => ({ ...inspection.describe(job), made: job })),
    failures: failureGroups(failures),
    shown,
    targets: targetFiles(targets, files, (path, size) => (captioned.has(path) ? null : preview(path, size))),
    config,
    versions: { braid: version, node: process.versions.node },
    machine: { host: hostname(), cores: availableParallelism(), memory: totalmem() },
  };
}

/** A job belongs to the last run that began before it. */
function runLines(runs: readonly RunRecord[], made: readonly MadeJob[]): RunLine[] {
  const lines = new Map(runs.map((run) => [run, { run, made: 0 }]));
  const runOf = runFinder(runs);
  for (const { start } of made) {
    const run = runOf(start);
    if (run !== undefined) lines.get(run)!.made++;
  }
  return [...lines.values()];
}
