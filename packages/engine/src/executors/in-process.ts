/** Runs bodies in this process: shell commands, `localRule`, workflows without a file, bodies that wait. */
import pLimit from "p-limit";
import type { Executor } from "../calls/executor.ts";
import { runCall } from "../calls/runner.ts";
import { internal } from "../errors.ts";
import { isProgram, type Rules } from "../rules/rule.ts";
import { closeServers } from "../shell/server.ts";

/** At most `calls` bodies at once. */
export function inProcess(rules: Rules, calls: number): Executor {
  const limit = pLimit(calls);
  const cancelling = new AbortController();
  const { signal } = cancelling;
  // A body cannot be ended from outside: a cancelled call is over although its body may still be at work.
  const cancelled = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("Cancelled.")));
  });
  cancelled.catch(() => {});
  let stopping = false;
  return {
    name: "in-process",
    run: (call, events) => {
      const rule = rules[call.rule];
      const running = limit(async () => {
        if (rule === undefined) throw internal(`no rule ${call.rule}`);
        await runCall(rule, call, events, { stopping: () => stopping, signal, timed: true });
      });
      // A command or script is ended by the signal, and the call with it.
      return rule !== undefined && isProgram(rule) ? running : Promise.race([running, cancelled]);
    },
    stop() {
      stopping = true;
    },
    cancel() {
      stopping = true;
      cancelling.abort();
    },
    close: closeServers,
  };
}
