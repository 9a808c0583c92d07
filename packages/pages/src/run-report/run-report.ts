/**
 * All that the report page says, as data: of the plan as it stands, of the journal, of this machine. Aggregates and
 * first few of lists, so that its size does not grow with the number of jobs.
 */
import { availableParallelism, hostname, totalmem } from "node:os";
import type { Holder } from "../../disk/holder.ts";
import type { Failure, RunRecord, Trace } from "../../journal/journal.ts";
import { configOf, configText } from "../../journal/run-config.ts";
import { secondsOf } from "../../journal/seconds.ts";
import { describeJob } from "../../plan/plan-errors.ts";
import type { Prepared } from "../../staleness/prepare.ts";
import { version } from "../../version.ts";
import { type Graph, ruleGraphOf } from "../graph.ts";
import { logOf, ownLog } from "../made.ts";
import { type ParamChange, paramChanges } from "../param-changes.ts";
import { readStatus, type Status } from "../status.ts";
import { type FailureGroup, failureGroups } from "./failure-groups.ts";
import { highest, type MadeJob, madeJobs } from "./made-jobs.ts";
import { type RuleFigures, ruleFigures } from "./rule-figures.ts";
import { type TargetFiles, targetFiles } from "./target-files.ts";
import { type Timeline, timeline } from "./timeline.ts";

export interface RunReport extends ReportAbout {
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
  readonly config: ReportConfig;
  readonly versions: { readonly braid: string; readonly node: string };
  readonly machine: { readonly host: string; readonly cores: number; readonly memory: number };
}

export interface ReportAbout {
  /** The workflow file, and the working folder. */
  readonly workflow: string;
  readonly folder: string;
}

/** One run, with how many jobs of the plan are as it made them. */
export interface RunLine {
  readonly run: RunRecord;
  readonly made: number;
}

export interface SlowJob {
  readonly name: string;
  readonly path: string;
  readonly made: MadeJob;
  /** Null where it logged nothing. */
  readonly log: string | null;
}

export interface ReportConfig {
  /** That of the last run as JSON; null where it is not recorded. */
  readonly ofRun: string | null;
  /** How the config of the report's own command differs from it. */
  readonly since: readonly ParamChange[];
}

const mostSlow = 10;

/** `config` is that of the report's own command, `holder` who holds the lock. */
export function runReport(
  prepared: Prepared,
  about: ReportAbout & { readonly config: unknown; readonly holder: Holder | null },
): RunReport {
  const { files } = prepared;
  const { workflow, folder, config, holder } = about;
  const status = readStatus(files, holder);
  const failures = standingFailures(prepared, status);
  const made = madeJobs(prepared);
  const rules = ruleFigures(prepared, made, (job) => failures.has(job));
  return {
    workflow,
    folder,
    at: Date.now(),
    status,
    runs: runLines(prepared, made),
    rules,
    graph: ruleGraphOf(prepared),
    timeline: timeline(
      made,
      rules.map(({ rule }) => rule),
    ),
    slowest: highest(made, mostSlow, secondsOf).map((each) => slowJob(each, prepared)),
    failures: failureGroups(failures.values()),
    targets: targetFiles(prepared),
    config: configSince(status?.run ?? null, config, prepared),
    versions: { braid: version(), node: process.versions.node },
    machine: { host: hostname(), cores: availableParallelism(), memory: totalmem() },
  };
}

/** Of jobs that are still to be made; of one without outputs only the last run's failure says anything. */
function standingFailures(
  { plan, states, selected, history }: Prepared,
  status: Status | null,
): Map<number, Failure> {
  const standing = new Map<number, Failure>();
  if (history.failures.size === 0) return standing;
  const lately = new Set(status?.failures.map(({ path }) => path));
  for (const job of selected.rows()) {
    if (!states.isActive(job)) continue;
    const path = plan.key(job);
    const failure = history.failures.get(path);
    if (failure !== undefined && (plan.ruleOf(job).outputs.length > 0 || lately.has(path)))
      standing.set(job, failure);
  }
  return standing;
}

/** A job belongs to the last run that began before it. */
function runLines({ history: { runs } }: Prepared, made: readonly MadeJob[]): RunLine[] {
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

function slowJob(made: MadeJob, { history, looks, files }: Prepared): SlowJob {
  const { job } = made;
  const path = job.outputs[0]!;
  const trace: Trace = looks.trace(job.row)!;
  return {
    name: describeJob(job.rule, job.values),
    path,
    made,
    log: logOf(trace, history, files, ownLog(job.rule, job.values)),
  };
}

function configSince(last: RunRecord | null, config: unknown, { history }: Prepared): ReportConfig {
  const ofRun = last === null ? null : configOf(last, history);
  const now = configText(config)?.text;
  return { ofRun, since: ofRun === null || now === undefined ? [] : paramChanges(ofRun, now) };
}
