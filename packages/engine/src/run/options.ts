/** The options of a run, and what its phases pass on. */
import type { LockOptions } from "../disk/lock.ts";
import type { Emit } from "../events.ts";
import type { Rules } from "../rules/rule.ts";
import type { Decision, RunAhead } from "../rules/workflow.ts";
import type { Forecast } from "../staleness/forecast.ts";
import type { PlanOptions, Prepared } from "../staleness/prepare.ts";
import type { ExecutorChoice } from "./executor-choice.ts";
import type { Schedule } from "./schedule.ts";

export interface RunOptions
  extends PlanOptions,
    ExecutorChoice,
    Pick<LockOptions, "withoutLock" | "command"> {
  /** ms since 1970; given by simulations. */
  readonly now?: () => number;
  /** Called once when jobs are about to run; null leaves rules and source as they are. */
  readonly decide?: (ahead: RunAhead) => Promise<Decided | null>;
  readonly limits?: ReadonlyMap<string, number>;
  /** Keeps temporary outputs. */
  readonly keepTemporary?: boolean;
  /** Seconds to wait for outputs that network disks show late. */
  readonly latencyWait?: number;
  readonly retries?: number;
  /** Reports each shell command as it starts. */
  readonly printCommands?: boolean;
  /** Reports each job as it starts, and why it runs. */
  readonly tellJobs?: boolean;
  /** The checked config, for the journal. */
  readonly config?: unknown;
  readonly emit?: Emit;
  /** Called when the jobs are about to run, with what can stop them. */
  readonly onStart?: (schedule: Schedule) => void;
}

/** What was decided for one run: the rules that run, and the available resources. */
export interface Decided extends Pick<Decision<unknown>, "resolved" | "said" | "resources"> {
  readonly rules: Rules;
}

/** The plan with its answers, and the forecast for the run. */
export interface Ahead {
  readonly prepared: Prepared;
  readonly forecast: Forecast;
  readonly estimate: number | null;
}
