/**
 * Data about a workflow and its runs, per job and per rule, from the current plan, its answers and the journal. braid-pages
 * makes the page of `--report` from it.
 */

import { fileURLToPath } from "node:url";
import type { FileSystem } from "../disk/files.ts";
import type { Holder } from "../disk/holder.ts";
import type { Failure, RunRecord } from "../journal/journal.ts";
import { configText, recordedConfig } from "../journal/run-record.ts";
import { version } from "../packages.ts";
import { describeJob } from "../plan/plan-errors.ts";
import { recipeSource } from "../plan/recipe.ts";
import { languageOf, ruleEnvironment } from "../rules/code.ts";
import { type AnyRule, hasBody } from "../rules/rule.ts";
import { logPath, type NamedRule } from "../rules/ruleset.ts";
import { reasonOf } from "../staleness/forecast.ts";
import type { Prepared } from "../staleness/prepare.ts";
import { type Graph, ruleGraphOf } from "./graph.ts";
import {
  type JobRow,
  type JobState,
  jobRows,
  type MadeJob,
  madeOf,
  type ShownOutput,
  shownOutputs,
  stateOf,
} from "./job-rows.ts";
import { logOf } from "./provenance.ts";
import { readStatus, type Status } from "./status.ts";
import { type ParamChange, paramChanges } from "./text-changes.ts";
import { waitFinder } from "./waits.ts";

export interface Inspection extends InspectionAbout {
  /** The version of the engine. */
  readonly version: string;
  /** The last run; null if none is recorded. */
  readonly status: Status | null;
  /** In the order in which the journal has them. */
  readonly runs: readonly RunRecord[];
  /** In the order of the work. */
  readonly rules: readonly RuleState[];
  /** The jobs that ran, in the plan's order, without those whose outputs were only marked as up to date. */
  readonly made: readonly MadeJob[];
  /** The failures of jobs that are still to be made. */
  readonly failures: readonly Failure[];
  readonly graph: Graph;
  readonly targets: readonly TargetPath[];
  readonly config: RecordedConfig;
  /** Those of the working folder. */
  readonly files: ReadFiles;
  /** Every job of the plan, in its order. */
  jobs(): Iterable<JobRow>;
  /** The outputs that the workflow wants to be shown, in the order of the rules and then of the plan. */
  shown(): Iterable<ShownOutput>;
  describe(made: MadeJob): JobDescription;
}

export interface InspectionAbout {
  /** The workflow file, and the working folder. */
  readonly workflow: string;
  readonly folder: string;
}

export type ReadFiles = Pick<FileSystem, "list" | "read" | "stat">;

/** The jobs of a rule by how they stand, and what the rule does. */
export interface RuleState {
  readonly rule: string;
  readonly jobs: number;
  readonly states: Readonly<Record<JobState, number>>;
  /** Null for a rule without a body. */
  readonly code: RuleCode | null;
}

/** The code of a rule as the workflow has it now, comments included. */
export interface RuleCode {
  readonly kind: "function" | "shell command" | "Python script" | "R script" | "Python notebook";
  readonly text: string;
  /** The words before the command, or the file or image of its environment; empty if there are none. */
  readonly prefix: string;
  /** The modules whose code counts as part of it, as the rule lists them. */
  readonly modules: readonly string[];
}

export interface JobDescription {
  /** `train (seed=4)` */
  readonly name: string;
  /** Its first output. */
  readonly path: string;
  /** Null if the job has no log. */
  readonly log: string | null;
}

/** A file that the targets ask for. */
export interface TargetPath {
  readonly path: string;
  /** True if a rule without wildcards makes it. */
  readonly single: boolean;
}

export interface RecordedConfig {
  /** The config of the last run as JSON; null if it is not recorded. */
  readonly ofRun: string | null;
  /** How the config of this command differs from it. */
  readonly since: readonly ParamChange[];
}

/** `config` is the config of this command, `holder` the process that holds the lock. */
export function inspect(
  prepared: Prepared,
  about: InspectionAbout & { readonly config: unknown; readonly holder: Holder | null },
): Inspection {
  const { files, history } = prepared;
  const { workflow, folder, config, holder } = about;
  const status = readStatus(files, holder);
  const failures = standingFailures(prepared, status);
  return {
    workflow,
    folder,
    version: version(),
    status,
    runs: history.runs,
    rules: ruleStates(prepared, (job) => failures.has(job)),
    made: madeJobs(prepared),
    failures: [...failures.values()],
    graph: ruleGraphOf(prepared),
    targets: targetPaths(prepared),
    config: configSince(status?.run ?? null, config, prepared),
    files,
    jobs: () => jobRows(prepared, failures),
    shown: () => shownOutputs(prepared),
    describe: ({ job }) => describe(job, prepared),
  };
}

function madeJobs({ plan, selected, fileStates }: Prepared): MadeJob[] {
  const made: MadeJob[] = [];
  const waitedFor = waitFinder(plan, (job) => fileStates.trace(job));
  for (const job of selected.rows()) {
    const own = madeOf(plan.ruleOf(job).name, job, fileStates.trace(job));
    if (own !== null) made.push({ ...own, waitedFor: waitedFor(job, own.start) });
  }
  return made;
}

function ruleStates(prepared: Prepared, hasFailed: (job: number) => boolean): RuleState[] {
  const rules = new Map<string, RuleState & { jobs: number; states: Record<JobState, number> }>();
  for (const job of prepared.selected.rows()) {
    const named = prepared.plan.ruleOf(job);
    const { name: rule } = named;
    let counts = rules.get(rule);
    if (counts === undefined) {
      const states = { "up to date": 0, failed: 0, missing: 0, "out of date": 0 };
      counts = { rule, jobs: 0, states, code: codeOf(named) };
      rules.set(rule, counts);
    }
    counts.jobs++;
    counts.states[stateOf(reasonOf(prepared, job), hasFailed(job))]++;
  }
  return [...rules.values()];
}

/** The failures of jobs that are not up to date. For a job without outputs, only a failure in the last run counts. */
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

function codeOf(rule: NamedRule): RuleCode | null {
  const { spec } = rule;
  if (!hasBody(spec)) return null;
  const [, text = "", prefix = ""] = recipeSource(rule);
  return {
    kind: kindOf(spec),
    text,
    prefix: ruleEnvironment(rule.name, spec)?.source ?? prefix,
    modules: (spec.code ?? []).map((module) => (module instanceof URL ? fileURLToPath(module) : module)),
  };
}

function kindOf({ shell, script }: AnyRule): RuleCode["kind"] {
  if (shell !== undefined) return "shell command";
  if (script === undefined) return "function";
  const language = languageOf(script)!;
  return language === "notebook" ? "Python notebook" : `${language} script`;
}

function targetPaths({ plan, selected }: Prepared): TargetPath[] {
  const wanted = new Set<number>();
  for (const target of selected.targets) {
    if ("file" in target) wanted.add(target.file);
    else for (const file of plan.inputFiles(target.job)) if (!plan.isTemporary(file)) wanted.add(file);
  }
  return [...wanted].map((file) => {
    const maker = plan.maker(file);
    return { path: plan.path(file), single: maker >= 0 && plan.ruleOf(maker).wildcards.length === 0 };
  });
}

function describe(row: number, { plan, history, fileStates, files }: Prepared): JobDescription {
  const { rule, values, outputs } = plan.job(row);
  return {
    name: describeJob(rule, values),
    path: outputs[0]!,
    log: logOf(fileStates.trace(row)!, history, files, logPath(rule, values)),
  };
}

function configSince(last: RunRecord | null, config: unknown, { history }: Prepared): RecordedConfig {
  const ofRun = last === null ? null : recordedConfig(last, history);
  const now = configText(config)?.text;
  return { ofRun, since: ofRun === null || now === undefined ? [] : paramChanges(ofRun, now) };
}
