/** A call while it runs, as the scheduler knows it. */

import type { CallSpec } from "../calls/executor.ts";
import type { JobView } from "../plan/table.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import type { Request } from "./resource-pool.ts";

export interface RunningCall {
  /** Without what its runner is told of each job: a run with many jobs in each call would be full of that. */
  readonly spec: Pick<CallSpec, "id" | "rule" | "gpus" | "log">;
  readonly rule: NamedRule;
  readonly jobs: ReadonlyMap<number, JobView>;
  readonly request: Request;
  /** Jobs that were not reported yet. */
  readonly open: Set<number>;
  /** Jobs that are done but whose outputs are not to be seen yet. */
  late: number;
  /** When it began, or the last of its jobs was reported: the next one is taken to have started then. */
  since: number;
}

/** Why a run ends before all is done. */
export type Ending = "interrupted" | "failed" | "no space";
