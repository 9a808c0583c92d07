/** The public names of the engine. */

export { z } from "zod";
export type { Assessment } from "./assess.ts";
export { path } from "./config.ts";
export { BraidError, cannot } from "./errors.ts";
export type { Emit, FailedJob, RunEvent, Summary } from "./events.ts";
export { type Expanded, expand, expandedPaths } from "./expand.ts";
export { type FileSystem, realFiles } from "./files.ts";
export { globWildcards } from "./glob-wildcards.ts";
export { type History, type RunRecord, readHistory } from "./journal.ts";
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
} from "./marks.ts";
export { type Paramspace, paramspace } from "./paramspace.ts";
export { literal } from "./pattern.ts";
export type { Force, PlanOptions } from "./prepare.ts";
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
} from "./rule.ts";
export { type Decided, dryRun, type RunOptions, run } from "./run.ts";
export type { Hooks, RuleOrder, Settings } from "./settings.ts";
export type { Trigger } from "./triggers.ts";
export {
  type Decision,
  importWorkflow,
  type RunAhead,
  type Workflow,
  type WorkflowDefinition,
  workflow,
} from "./workflow.ts";
