/** Runs bodies in this process: for `localRule`, for workflows without a file, and for bodies that wait. */
import pLimit from "p-limit";
import { internal } from "../errors.ts";
import type { Executor } from "../executor.ts";
import type { Rules } from "../rule.ts";
import { runCall } from "../runner.ts";

/** At most `calls` bodies at once. */
export function inProcess(rules: Rules, calls: number): Executor {
  const limit = pLimit(calls);
  let stopping = false;
  return {
    name: "in-process",
    run: (call, events) =>
      limit(async () => {
        const rule = rules[call.rule];
        if (rule === undefined) throw internal(`no rule ${call.rule}`);
        const overdue = new Promise<never>((_, reject) => {
          if (call.timeout === undefined) return;
          // The body cannot be ended from outside; its job counts as failed and what it still does is lost.
          const seconds = call.timeout * call.jobs.length;
          setTimeout(
            () => reject(new Error(`The job took longer than ${call.timeout} s.`)),
            seconds * 1_000,
          ).unref();
        });
        await Promise.race([runCall(rule, call, events, () => stopping), overdue]);
      }),
    stop() {
      stopping = true;
    },
    cancel() {
      stopping = true;
      limit.clearQueue();
    },
    close: async () => {},
  };
}
