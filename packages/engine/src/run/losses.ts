/**
 * Decides what to do with a job whose call was lost: the only place that distinguishes the kinds of loss.
 *
 * A job that is not to blame goes back to the ready ones. A job that may be to blame runs alone, so that the next loss
 * is certainly its own. A job that needs more resources than it got is given more at its next attempt.
 */
import type { Loss } from "../calls/executor.ts";

export type LossResponse =
  /** Goes back to the ready jobs, to be packed with others. */
  | "again"
  /** Runs again, in its own call. */
  | "alone"
  /** Runs again as its next attempt, for which executors ask for more time and memory. */
  | "more"
  /** Failed; the rule's retries decide. */
  | "fail"
  /** Failed, and a retry would not help. */
  | "give up"
  /** Nothing failed: the run must end. */
  | "stop";

/** A job may lose this many calls to machines that die or are taken away. */
export const maxLosses = 5;
/** Up to this attempt, a job is given more memory or time. */
export const maxGrowingAttempt = 3;

export interface LostJob {
  /** The job was running. */
  readonly suspect: boolean;
  /** The job was the only one of its call. */
  readonly alone: boolean;
  /** How many calls the job lost before, and which attempt this was. */
  readonly losses: number;
  readonly attempt: number;
}

export function respondToLoss(kind: Loss, job: LostJob): LossResponse {
  switch (kind) {
    case "cancelled":
      return "stop";
    case "refused":
      return "give up";
    case "node":
    case "preempted":
      return job.losses < maxLosses ? "again" : "give up";
    case "crashed":
      if (job.alone) return "fail";
      return job.suspect ? "alone" : "again";
    case "memory":
      if (!job.suspect && !job.alone) return "again";
      return job.attempt < maxGrowingAttempt ? "more" : "give up";
    case "timeout":
      if (job.alone) return job.attempt < maxGrowingAttempt ? "more" : "give up";
      return job.suspect ? "alone" : "again";
  }
}
