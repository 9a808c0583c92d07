/** What happens in a run: the closed union that reports, the live view and `--json` are made from. */

/** Why an attempt of a job failed; rules/retries.ts explains each. */
export type FailureReason = "oom" | "timeout" | "lost" | "exit" | "other";

export type RunEvent =
  /** The plan stands: how many jobs of each rule run or may run. */
  | {
      readonly kind: "planned";
      readonly total: number;
      readonly rules: ReadonlyMap<string, number>;
      /** Those of them that run only if their inputs change. */
      readonly onlyIf: ReadonlyMap<string, number>;
      /** From earlier runs, seconds; null if a rule with jobs has never run. */
      readonly estimate: number | null;
      readonly slots: number;
      /** The slots are tasks of a queue, not threads of this machine. */
      readonly queued?: boolean;
      /** How many files were removed that nothing needs, and one of them; left out where there are none. */
      readonly removed?: { readonly files: number; readonly one: string };
    }
  /** What the workflow decided for this run, in its words, and which environments the engine makes for it. */
  | { readonly kind: "decided"; readonly said: readonly string[] }
  /** Jobs have asked for more: so many of each rule are to run beside. */
  | { readonly kind: "grown"; readonly rules: ReadonlyMap<string, number> }
  | { readonly kind: "started"; readonly rule: string; readonly jobs: number; readonly call: number }
  /** A shell command starts, where somebody wants to be told of each. */
  | { readonly kind: "command"; readonly rule: string; readonly job: string; readonly command: string }
  /** A job goes into a call, where somebody wants to be told of each; those of one call may wait for each other. */
  | { readonly kind: "began"; readonly rule: string; readonly job: string; readonly reason: string }
  | { readonly kind: "done"; readonly rule: string; readonly job: string; readonly seconds: number }
  /** What it needs was made again and is the same: nothing to do. */
  | { readonly kind: "cut off"; readonly rule: string; readonly job: string }
  | {
      readonly kind: "retried";
      readonly rule: string;
      readonly job: string;
      readonly error: string;
      readonly attempt: number;
      readonly reason: FailureReason;
      /** If that is the reason. */
      readonly exitCode?: number;
      /** "out of memory with 2,000 MB; trying again with 4,000 MB"; empty if the error says as much. */
      readonly note: string;
    }
  | { readonly kind: "failed"; readonly rule: string; readonly job: string; readonly failure: FailedJob }
  /** The call ended before these jobs did anything. */
  | { readonly kind: "returned"; readonly rule: string; readonly jobs: number; readonly call: number }
  | { readonly kind: "stopping"; readonly why: "interrupted" | "failed" | "no space" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "ended"; readonly summary: Summary };

export interface FailedJob {
  readonly rule: string;
  /** `train_model (seed=4)`, and its first output or its rule: what to ask for to run just this job. */
  readonly job: string;
  readonly target: string;
  readonly error: string;
  readonly log: string;
  /** It may fail: the run goes on and ends well. */
  readonly optional?: true;
}

export interface Summary {
  readonly outcome: "done" | "failed" | "interrupted";
  readonly total: number;
  readonly done: number;
  readonly cutOff: number;
  readonly failed: readonly FailedJob[];
  /** Failed jobs that may fail, and how many jobs were skipped because of them; left out where there are none. */
  readonly optional?: readonly FailedJob[];
  readonly skipped?: number;
  /** Targets that were not made, because an optional job failed; left out where there are none. */
  readonly missingTargets?: readonly string[];
  /** Not run because something that they need failed. */
  readonly blocked: number;
  /** Not run because the run ended early. */
  readonly left: number;
  readonly seconds: number;
}

export type Emit = (event: RunEvent) => void;
