/** The public names of the engine. */

export { z } from "zod";
export { path } from "./config.ts";
export { type FileSystem, realFiles } from "./disk/files.ts";
export { BraidError, cannot } from "./errors.ts";
export type { Emit, FailedJob, RunEvent, Summary } from "./events.ts";
export { type History, type RunRecord, readHistory } from "./journal/journal.ts";
export type { Assessment } from "./judge/assess.ts";
export type { Force } from "./judge/forced.ts";
export type { PlanOptions } from "./judge/prepare.ts";
export { dryRun } from "./look.ts";
export { type Expanded, expand, expandedPaths } from "./patterns/expand.ts";
export { globWildcards } from "./patterns/glob-wildcards.ts";
export { type Paramspace, paramspace } from "./patterns/paramspace.ts";
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
export type { Hooks, RuleOrder, Settings } from "./rules/settings.ts";
export type { Trigger } from "./rules/triggers.ts";
export type { Demand, Size, Span } from "./rules/units.ts";
export {
  type Decision,
  importWorkflow,
  type RunAhead,
  type Workflow,
  type WorkflowDefinition,
  workflow,
} from "./rules/workflow.ts";
export { type Decided, type RunOptions, run } from "./run.ts";
