/**
 * Ends a call that takes too long. Jobs run in turn have each their time, and the one at work is the one to
 * blame; a batch body has the time of all its jobs, and nobody can say which of them is slow.
 */
import type { CallEvents, CallSpec } from "../calls/executor.ts";
import { timeoutMessage } from "../programs/server.ts";

export interface Watchdog {
  /** The body is called. */
  begin(): void;
  /** The runner has said how a job ended. */
  settle(order: number): void;
  end(): void;
}

/** `overdue` is called once, when the time is over. */
export function watchdog(call: CallSpec, events: CallEvents, overdue: (error: Error) => void): Watchdog {
  const { timeout, together, jobs } = call;
  const open = new Set(jobs.map((job) => job.order));
  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    if (timeout === undefined) return;
    clearTimeout(timer);
    timer = setTimeout(bark, (together ? timeout * jobs.length : timeout) * 1_000);
  };
  const bark = () => {
    const error = new Error(timeoutMessage(timeout!));
    const [current] = open;
    if (!together && current !== undefined) events.failed(current, error.message);
    overdue(error);
  };
  return {
    begin: watch,
    settle(order) {
      open.delete(order);
      if (!together) watch();
    },
    end: () => clearTimeout(timer),
  };
}
