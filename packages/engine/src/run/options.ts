/** The options of a run, and what its phases pass on. */
import type { LockOptions } from "../disk/lock.ts";
import type { Rules } from "../rules/rule.ts";
import type { Decision, RunAhead } from "../rules/workflow.ts";
import type { Forecast } from "../staleness/forecast.ts";
import type { PlanOptions } from "../staleness/plan-options.ts";
import type { Prepared } from "../staleness/prepare.ts";
import type { ExecutorChoice } from "./executor-choice.ts";
import type { Schedule, ScheduleOptions } from "./schedule.ts";

export interface RunOptions
  extends PlanOptions,
    ExecutorChoice,
    Pick<LockOptions, "withoutLock" | "command">,
    Pick<ScheduleOptions, "now" | "keepTemporary" | "latencyWait" | "printCommands" | "tellJobs">,
    Partial<Pick<ScheduleOptions, "limits" | "retries" | "emit">> {
  /** Called once when jobs are about to run; null leaves rules and source as they are. */
  readonly decide?: (ahead: RunAhead) => Promise<Decided | null>;
  /** The checked config, for the journal. */
  readonly config?: unknown;
  /** Called when the plan stands. `sources()` lists the files that its jobs read and no job makes. */
  readonly onPlan?: (plan: { sources(): string[] }) => void;
  /** Cancels running jobs when it is aborted, and starts no others; the run then resolves as interrupted. */
  readonly signal?: AbortSignal;
  /** Called when the jobs are about to run, with what can stop them. */
  readonly onStart?: (schedule: Schedule) => void;
}

/** What was decided for one run: the rules that run, and the available resources. */
export interface Decided extends Pick<Decision<unknown>, "resolved" | "said" | "resources"> {
  readonly rules: Rules;
}

/** The plan with its answers, and the forecast for the run. */
export interface PreparedRun {
  /** Names the run. */
  readonly id: string;
  readonly prepared: Prepared;
  readonly forecast: Forecast;
  readonly estimate: number | null;
}
