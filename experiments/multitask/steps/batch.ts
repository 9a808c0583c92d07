/** What a step sees of the engine's batches, whatever the patterns of its rule. */

import { LstmError } from "@braid/lstm";
import { NpzError } from "@braid/npz";
import { type Batch, type BatchJob, BraidError } from "braid-engine";

/** A batch whose jobs have this input, output, wildcards and params. */
export type BatchOf<J> = Batch<J & Pick<BatchJob, "log" | "warn" | "begin" | "done" | "fail" | "resources">>;

/** The jobs by key, in order of appearance. */
export function groupBy<J>(jobs: readonly J[], key: (job: J) => string): Map<string, J[]> {
  const groups = new Map<string, J[]>();
  for (const job of jobs) {
    const group = groups.get(key(job));
    if (group === undefined) groups.set(key(job), [job]);
    else group.push(job);
  }
  return groups;
}

/** An error as the engine shows it: those of the packages below are sentences for users too, without a stack. */
export function told(error: unknown): unknown {
  return error instanceof NpzError || error instanceof LstmError
    ? new BraidError(error.message, { cause: error })
    : error;
}
