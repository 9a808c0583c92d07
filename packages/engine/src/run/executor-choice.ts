/** Where the jobs of a run are executed: in this process, in worker threads, or elsewhere. */
import { availableParallelism } from "node:os";
import type { Executor, MakeExecutor, RunContext } from "../calls/executor.ts";
import { inProcess } from "../executors/in-process.ts";
import { workers } from "../executors/workers.ts";
import { type AnyRule, isProgram, type Rules } from "../rules/rule.ts";

export interface ExecutorChoice {
  readonly rules: Rules;
  readonly slots: number;
  /** Makes the executor for rules that are not `localRule`; without it, jobs run on this machine. */
  readonly executor?: MakeExecutor;
  /** The workflow file and its resolved config, for worker threads; without it all bodies run in this process. */
  readonly source?: { readonly url: string; readonly resolved: unknown };
  /** Threads of this machine for local jobs when the others run elsewhere; default: all of them. */
  readonly localCores?: number;
}

/** Commands and scripts are separate processes: they need no thread to start them. */
export function runsHere(rule: AnyRule, main: Executor): boolean {
  return rule.localRule === true || (isProgram(rule) && main.remote === undefined);
}

export function threadsHere({ localCores }: Pick<ExecutorChoice, "localCores">): number {
  return localCores ?? availableParallelism();
}

export interface Executors {
  readonly main: Executor;
  readonly local: Executor;
  close(): Promise<void>;
}

export async function chooseExecutors(options: ExecutorChoice, context: RunContext): Promise<Executors> {
  const { rules, slots, source, executor } = options;
  // Requested resources decide how many run; this only limits jobs that request none.
  const local = inProcess(rules, executor === undefined ? slots : threadsHere(options));
  const main =
    executor !== undefined
      ? await executor(context)
      : source === undefined
        ? local
        : workers(source.url, source.resolved, { warn: context.warn, most: slots });
  return { main, local, close: async () => void (await Promise.all([main.close(), local.close()])) };
}
