/**
 * What executors in other packages are made of: the interface, and the parts of the engine that they use. Others may
 * build on the interface; the parts are for braid-cluster, and change with it.
 *
 * Each task on a cluster loads this file, so nothing here loads zod.
 */

export type {
  ExecutorFactory,
  MakeExecutor,
  RunContext,
  TaskLimit,
  WorkflowSource,
} from "./calls/executor.ts";
export {
  type CallEvents,
  CallLost,
  type CallShare,
  type CallSpec,
  type Executor,
  type JobReport,
  type JobSpec,
  type Loss,
  type Pack,
  type Remote,
  type TaskNeeds,
  tasksFolder,
} from "./calls/executor.ts";
export { compileCache, nodeProgram } from "./calls/node-program.ts";
export { closest } from "./closest.ts";
export { isDiskFull } from "./disk/file-errors.ts";
export { type FileSystem, ownFolder } from "./disk/files.ts";
export { defaultHashLimit, type Fingerprint, takeFingerprint } from "./disk/fingerprint.ts";
export { isUnlockedRunAlive, markUnlockedRun } from "./disk/holder.ts";
export { memoryFiles } from "./disk/memory-files.ts";
export { realFiles } from "./disk/real-files.ts";
export { BraidError, cannot, messageOf } from "./errors.ts";
export { inProcess } from "./executors/in-process.ts";
export { rulesFor } from "./executors/loaded-rules.ts";
export { workers } from "./executors/workers.ts";
export { emptyHistory, type History } from "./journal/history.ts";
export { secondsOf } from "./journal/trace-rows.ts";
export { type Cost, costOf } from "./programs/cost.ts";
export { describeExit, signalName } from "./programs/exit-status.ts";
export type { QueueSettings } from "./rules/queue-settings.ts";
export { type Failure, failureOf, growthAfter } from "./rules/retries.ts";
export type { Resources } from "./rules/rule.ts";
export { type NamedRule, ruleset } from "./rules/ruleset.ts";
export { shellWord } from "./rules/shell-template.ts";
