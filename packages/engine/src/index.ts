/** The public names for writing workflows. Those for running workflows from code are in `braid-engine/run`. */

export { z } from "zod";
export { nearest } from "./closest.ts";
export { path } from "./config/path.ts";
export { realFiles } from "./disk/real-files.ts";
export { BraidError, cannot } from "./errors.ts";
export { type History, readHistory } from "./journal/journal.ts";
export { secondsOf } from "./journal/trace-rows.ts";
export { type Expanded, expand, type Paramspace, paramspace } from "./patterns/expand.ts";
export { globWildcards } from "./patterns/glob-wildcards.ts";
export { literal } from "./patterns/pattern.ts";
export {
  ancient,
  directory,
  ensure,
  type Marked,
  multiext,
  protect,
  report,
  type Shown,
  temp,
  touch,
} from "./rules/marks.ts";
export type { QueueSettings } from "./rules/queue-settings.ts";
export type { Attempt, FailureReason, Retries } from "./rules/retries.ts";
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
export type { Hooks, Settings } from "./rules/settings.ts";
export { type Decision, type RunAhead, type Workflow, workflow } from "./rules/workflow.ts";
