/** How executors that the engine does not bring itself are made: for each run, from what profiles and options say. */
import type * as z from "zod";
import type { FileSystem } from "../disk/files.ts";
import type { History } from "../journal/journal.ts";
import type { CallSpec, Executor } from "./executor.ts";

/** The workflow file and its resolved config: runners load it again. */
export interface WorkflowSource {
  readonly url: string;
  readonly resolved: unknown;
}

/** The run that an executor is for. */
export interface RunContext {
  readonly run: string;
  /** The names of the workflow's rules. */
  readonly rules: readonly string[];
  readonly folder: string;
  readonly files: FileSystem;
  readonly history: History;
  readonly warn: (text: string) => void;
  /** To be called with what the queue calls these calls, as soon as it has taken them. */
  readonly submitted: (external: string, calls: readonly CallSpec[]) => void;
}

export type MakeExecutor = (context: RunContext) => Promise<Executor>;

/** At most `tasks`, a whole number from 1, in any `seconds`: `--max-jobs-per-timespan`. */
export interface TaskLimit {
  readonly tasks: number;
  readonly seconds: number;
}

/** The executors that braid-cluster exports by these names. Each has a section of its name in profiles. */
export const clusterExecutors = ["slurm", "command"] as const;
export type ClusterExecutor = (typeof clusterExecutors)[number];

/** What braid-cluster exports for each of them. */
export interface ExecutorFactory<S extends z.ZodType = z.ZodType> {
  /** What may stand in its section. */
  readonly settings: S;
  readonly make: (settings: z.output<S>, source: WorkflowSource, limit?: TaskLimit) => MakeExecutor;
}
