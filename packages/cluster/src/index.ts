/**
 * Runs the jobs of a workflow through a queue: the executors of `--executor slurm` and `--executor command`, and `remote`
 * for your own queue, such as another scheduler or a simulated one.
 */
export { command } from "./command/executor.ts";
export {
  type Clock,
  defaultPace,
  type Pace,
  type Queue,
  QueueBusy,
  type TaskArray,
  type TaskState,
} from "./queue/queue.ts";
export { type RemoteOptions, remote } from "./queue/remote.ts";
export type { EndRecord, RunManifest } from "./queue/task.ts";
export { slurm } from "./slurm/executor.ts";
