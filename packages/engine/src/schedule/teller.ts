/** What a user is told of single jobs where he asks for it: that they begin and why, and with which command. */
import { commandText } from "../calls/command-text.ts";
import type { Emit } from "../events.ts";
import { describeReason, type Reason } from "../judge/rebuilder.ts";
import type { PlannedJob } from "../plan/plan.ts";
import { describeJob } from "../plan/plan-errors.ts";

export interface TellerOptions {
  readonly emit: Emit;
  readonly reasons: readonly (Reason | null)[];
  attemptOf(job: PlannedJob): number;
}

export function teller({ emit, reasons, attemptOf }: TellerOptions) {
  return {
    began(job: PlannedJob): void {
      const { rule, values, order } = job;
      const attempt = attemptOf(job);
      const reason = attempt > 1 ? `attempt ${attempt}, after it failed` : describeReason(reasons[order]!);
      emit({ kind: "began", rule: rule.name, job: describeJob(rule, values), reason });
    },

    command(job: PlannedJob): void {
      const command = commandText(job);
      if (command !== null)
        emit({ kind: "command", rule: job.rule.name, job: describeJob(job.rule, job.values), command });
    },
  };
}
