/** A call while it runs, as the scheduler knows it. */

import type { CallSpec } from "../calls/executor.ts";
import type { JobView } from "../plan/table.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import type { Request } from "./resource-pool.ts";

export interface RunningCall {
  /** Without the specs of its jobs, which would take much memory in a run with large calls. */
  readonly spec: Pick<CallSpec, "id" | "rule" | "gpus" | "log">;
  readonly rule: NamedRule;
  readonly jobs: ReadonlyMap<number, JobView>;
  readonly request: Request;
  /** Jobs that the runner has not reported yet. */
  readonly open: Set<number>;
  /** Jobs that are done but whose outputs are not visible yet. */
  late: number;
  /** When it began, or its latest job was reported: the next job counts as started then. */
  since: number;
}

/** Why a run ends early. */
export type Ending = "interrupted" | "failed" | "no space";
