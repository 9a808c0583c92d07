/**
 * The public names for running workflows from code: a run, a dry run, what they report, what earlier runs did, and the
 * types of their options.
 */

export type { FileSystem } from "./disk/files.ts";
export { realFiles } from "./disk/real-files.ts";
export { type DryRun, dryRun, type JobAhead } from "./dry-run.ts";
export type { Emit, FailedJob, RunEvent, Summary } from "./events.ts";
export { type History, type RunRecord, readHistory } from "./journal/journal.ts";
export { secondsOf } from "./journal/trace-rows.ts";
export { type OpenedWorkflow, type OpenOptions, openWorkflow } from "./open-workflow.ts";
export { expandedPaths } from "./patterns/expand.ts";
export type { Ensured } from "./rules/marks.ts";
export type { RuleOrder, Trigger } from "./rules/settings.ts";
export type { Demand, Size, Span } from "./rules/units.ts";
export { importWorkflow, type Workflow, type WorkflowDefinition } from "./rules/workflow.ts";
export type { Decided, RunOptions } from "./run/options.ts";
export { run } from "./run/run.ts";
export type { Force } from "./staleness/forced.ts";
export type { PlanOptions } from "./staleness/plan-options.ts";
