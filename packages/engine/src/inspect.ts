/**
 * The names for those who show what a workflow does, as braid-pages does: what its runs did, per job and per rule, and the
 * journal as it grows.
 */

export { nodeProgram } from "./calls/node-program.ts";
export type { GraphDrawing, LiveViewPage, RunReportPage } from "./cli/commands/pages.ts";
export type { FileStat } from "./disk/files.ts";
export type { Holder } from "./disk/holder.ts";
export { lockHolder } from "./disk/lock.ts";
export { cannot, type ErrorDetails, stackOf } from "./errors.ts";
export { followJournal } from "./journal/follow.ts";
export type { RuleShape } from "./journal/history.ts";
export type { Failure, JournalRecord, RunRecord, Trace } from "./journal/journal.ts";
export { runFinder } from "./journal/run-record.ts";
export { secondsOf, type Timed } from "./journal/trace-rows.ts";
export { wildcardReader } from "./patterns/pattern.ts";
export { type Graph, graphText } from "./report/graph.ts";
export type {
  Inspection,
  JobDescription,
  ReadFiles,
  RecordedConfig,
  RuleCode,
  RuleState,
  TargetPath,
} from "./report/inspect.ts";
export {
  type JobRow,
  type JobState,
  jobStates,
  type MadeJob,
  type ShownOutput,
} from "./report/job-rows.ts";
export { errorLines } from "./report/lines.ts";
export { leftText } from "./report/progress.ts";
export { headline, type RunFollower, runFollower, type Status } from "./report/status.ts";
export type { ParamChange } from "./report/text-changes.ts";
