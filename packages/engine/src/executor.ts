/**
 * Where jobs run: the interface of executors, and the messages between the engine and a runner.
 *
 * A call is some jobs of one rule, fully resolved. A runner never plans: it looks the rule up by its name
 * and runs its body on what the call says.
 */
import type { Resources } from "./rule.ts";

/** One job of a call. The output paths lie in the staging folder. */
export interface JobSpec {
  /** Position of the job in the plan. */
  readonly order: number;
  /** What the user knows it by: `train_model (seed=4)`. */
  readonly name: string;
  readonly wildcards: Readonly<Record<string, string>>;
  /** Paths in the shape that the rule declares. */
  readonly input: unknown;
  readonly output: unknown;
  /** Its staging folder. */
  readonly staging: string;
}

export interface CallSpec {
  readonly id: number;
  readonly rule: string;
  readonly jobs: readonly JobSpec[];
  readonly resources: Resources;
  /** The file that what the bodies print and log is appended to. */
  readonly log: string;
  /** Seconds that one job may take. */
  readonly timeout?: number;
}

/** What a runner says while a call runs; each job is reported at most once. */
export interface CallEvents {
  done(order: number): void;
  failed(order: number, error: string): void;
}

export interface Executor {
  readonly name: string;
  /** Resolves when the call is over; rejects when its runner died: jobs not reported were lost with it. */
  run(call: CallSpec, events: CallEvents): Promise<void>;
  /** Asks running calls to end early where their bodies can. */
  stop(): void;
  /** Ends running calls now. */
  cancel(): void;
  close(): Promise<void>;
}
