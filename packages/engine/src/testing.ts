/** The public names for tests of workflows and of executors. They work with any test runner. */

export { type MemoryFiles, memoryFiles } from "./disk/memory-files.ts";
export {
  type ExecutorCheck,
  type ExecutorCheckOptions,
  executorChecks,
} from "./kit/executor-checks.ts";
export { withStandIns } from "./kit/stand-ins.ts";
