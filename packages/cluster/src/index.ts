/** The names for those who bring their own queue: a scheduler that Braid does not know, or a simulated one. */

export type { CallSpec, Executor } from "./calls/executor.ts";
export { type FileSystem, realFiles } from "./disk/files.ts";
export {
  type Clock,
  defaultPace,
  type Pace,
  type Queue,
  QueueBusy,
  type TaskArray,
  type TaskState,
} from "./executors/queue/queue.ts";
export { type RemoteOptions, remote } from "./executors/queue/remote.ts";
export type { EndRecord, RunManifest } from "./executors/queue/task.ts";
