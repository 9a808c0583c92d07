/** What the executors on other machines are made from. */
import type { CallSpec, Executor } from "../../calls/executor.ts";
import type { FileSystem } from "../../disk/files.ts";
import type { History } from "../../journal/journal.ts";

/** The workflow file and its resolved config: runners load it again. */
export interface Source {
  readonly url: string;
  readonly resolved: unknown;
}

/** The run that an executor is for. */
export interface ForRun {
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

export type MakeExecutor = (context: ForRun) => Promise<Executor>;
