/** Runs bodies in this process: shell commands, `localRule`, workflows without a file, bodies that wait. */
import pLimit from "p-limit";
import type { Executor } from "../calls/executor.ts";
import { internal } from "../errors.ts";
import { isProgram, type Rules } from "../rules/rule.ts";

/** At most `calls` bodies at once. */
export function inProcess(rules: Rules, calls: number): Executor {
  const limit = pLimit(calls);
  const cancelling = new AbortController();
  const { signal } = cancelling;
  let stopping = false;
  let programs = false;
  return {
    name: "in-process",
    run: (call, events) => {
      const rule = rules[call.rule];
      const program = rule !== undefined && isProgram(rule);
      programs ||= program;
      const running = limit(async () => {
        if (rule === undefined) throw internal(`no rule ${call.rule}`);
        const { runCall } = await import("../calls/runner.ts");
        events.begun?.();
        await runCall(rule, call, events, { stopping: () => stopping, signal, timed: true });
      });
      // A command or script is ended by the signal, and the call with it.
      return program ? running : untilAborted(running, signal);
    },
    stop() {
      stopping = true;
    },
    cancel() {
      stopping = true;
      cancelling.abort();
    },
    async close() {
      if (programs) await (await import("../programs/server.ts")).closeServers();
    },
  };
}

/** A body cannot be ended from outside: a cancelled call is over although its body may still be at work. */
function untilAborted(running: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error("Cancelled."));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    running.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
