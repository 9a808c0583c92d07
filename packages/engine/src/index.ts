/** The public names of the engine. */

export { z } from "zod";
export { nearest } from "./closest.ts";
export { path } from "./config/config.ts";
export { type FileSystem, realFiles } from "./disk/files.ts";
export { type DryRun, dryRun, type JobAhead } from "./dry-run.ts";
export { BraidError, cannot } from "./errors.ts";
export type { Emit, FailedJob, RunEvent, Summary } from "./events.ts";
export { type History, type RunRecord, readHistory } from "./journal/journal.ts";
export { secondsOf } from "./journal/trace-rows.ts";
export { type Expanded, expand, expandedPaths, type Paramspace, paramspace } from "./patterns/expand.ts";
export { globWildcards } from "./patterns/glob-wildcards.ts";
export { literal } from "./patterns/pattern.ts";
export {
  ancient,
  directory,
  type Ensured,
  ensure,
  type Marked,
  multiext,
  protect,
  temp,
  touch,
} from "./rules/marks.ts";
export {
  type After,
  after,
  type Batch,
  type BatchJob,
  type Files,
  type Granted,
  type Job,
  madeBy,
  type Paths,
  type Resources,
  type Rule,
  type RuleOptions,
  type Rules,
  rule,
  type Untracked,
  untracked,
} from "./rules/rule.ts";
export type { Hooks, RuleOrder, Settings, Trigger } from "./rules/settings.ts";
export type { Demand, Size, Span } from "./rules/units.ts";
export {
  type Decision,
  importWorkflow,
  type RunAhead,
  type Workflow,
  type WorkflowDefinition,
  workflow,
} from "./rules/workflow.ts";
export type { Decided, RunOptions } from "./run/options.ts";
export { run } from "./run/run.ts";
export type { Force } from "./staleness/forced.ts";
export type { PlanOptions } from "./staleness/prepare.ts";
