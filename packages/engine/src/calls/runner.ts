/**
 * Runs one call's body and reports each job as it ends: the same code in this process, in a worker thread
 * and on a cluster node.
 */
import { messageOf } from "../errors.ts";
import { bodyParams } from "../plan/recipe.ts";
import { type Cost, costOf } from "../programs/cost.ts";
import { describeProcessError, timeoutMessage } from "../programs/exit-status.ts";
import { AttemptError, type Failure, failureOf } from "../rules/retries.ts";
import { type AnyRule, type Batch, type BatchJob, isProgram, type Job } from "../rules/rule.ts";
import { callBody, type LogWriter, logWriter, outsideBodies } from "./bodies.ts";
import { type CallTimes, callTimes } from "./call-times.ts";
import type { CallEvents, CallSpec, JobSpec } from "./executor.ts";

/** How the one who runs a call ends it before its time. */
export interface CallControl {
  /** True once no further job of the call should begin. */
  stopping(): boolean;
  /** Aborted when the call is cancelled. */
  readonly signal?: AbortSignal;
  /** ms of CPU used so far by the thread of this call; undefined if it runs anything else. */
  readonly cpu?: () => number | undefined;
  /** The clock, ms since 1970. */
  readonly now?: () => number;
  /** The runner watches the timeout itself; a body that does not wait for anything cannot be ended so. */
  readonly timed?: boolean;
}

/** Runs the jobs of a call; resolves when the body has returned, whatever became of the jobs. */
export async function runCall(
  rule: AnyRule,
  call: CallSpec,
  events: CallEvents,
  control: CallControl,
): Promise<void> {
  const logs = logWriter();
  try {
    await runJobs(rule, call, events, control, logs);
  } finally {
    logs.close();
  }
}

async function runJobs(
  rule: AnyRule,
  call: CallSpec,
  events: CallEvents,
  control: CallControl,
  logs: LogWriter,
): Promise<void> {
  const open = new Set(call.jobs.map((job) => job.order));
  const times = callTimes(open, control.now ?? Date.now, control.cpu);
  const end = (order: number, fault?: Fault, cost?: Cost) => {
    if (!open.delete(order)) return;
    const { cpu, ...own } = times.end(order);
    if (fault === undefined) events.done(order, { ...own, ...(cost ?? costOf({ cpu })) });
    else events.failed(order, fault.text, fault.failure);
  };
  const jobFor = jobMaker(rule, call, events, times, end, logs);

  if (rule.runBatch === undefined) {
    const program = isProgram(rule) ? await import("./run-program.ts") : undefined;
    for (const spec of call.jobs) {
      if (control.stopping() || control.signal?.aborted) return;
      times.begin(spec.order);
      try {
        const job = jobFor(spec);
        let cost: Cost | undefined;
        if (program !== undefined) cost = await program.runProgram(rule, call, spec, job, control.signal);
        else {
          const body = callBody({ name: spec.name, log: spec.log ?? call.log }, () => rule.run?.(job));
          await within(call, 1, control, body);
        }
        end(spec.order, undefined, cost);
      } catch (error) {
        end(spec.order, faultOf(error));
      }
    }
    return;
  }
  let fault: Fault = {
    text: "The batch body returned without job.done() or job.fail() for this job.",
    failure: { reason: "other" },
  };
  try {
    const jobs = new Map(call.jobs.map((spec) => [spec.order, jobFor(spec)]));
    const batch = Object.defineProperties([...jobs.values()], {
      stopping: { get: () => control.stopping() },
      [Symbol.iterator]: {
        *value() {
          for (const order of times.loop([...jobs.keys()])) yield jobs.get(order)!;
        },
      },
    });
    const [first, ...others] = call.jobs;
    const { name, log = call.log } = others.length === 0 ? first! : { name: `a batch of ${call.rule}` };
    const body = callBody({ name, log }, () => rule.runBatch!(batch as unknown as Batch<BatchJob>));
    await within(call, jobs.size, control, body);
    if (control.stopping()) return;
  } catch (error) {
    // Nobody can say which of several jobs is the slow one: each is to be tried by itself.
    if (isTimeout(error) && call.jobs.length > 1) throw error;
    fault = faultOf(error);
  }
  for (const order of [...open]) end(order, fault);
}

/** Makes what the body gets of each job. */
function jobMaker(
  rule: AnyRule,
  call: CallSpec,
  events: CallEvents,
  times: CallTimes,
  end: (order: number, fault?: Fault) => void,
  logs: LogWriter,
): (spec: JobSpec) => BatchJob {
  const { params } = rule;
  const shared = typeof params === "function" ? undefined : bodyParams(params);
  const resources = Object.assign({ ...call.resources }, { gpu: call.gpus });
  return (spec) => {
    const { input, wildcards } = spec;
    const path = spec.log ?? call.log;
    const head = spec.log === undefined && call.jobs.length > 1 ? `${spec.name}: ` : "";
    const log = (text: string) => logs.write(path, `${head}${text}\n`);
    return {
      input: input as Job["input"],
      output: spec.output as Job["output"],
      wildcards,
      params: shared ?? bodyParams((params as (argument: object) => object)({ input, wildcards })),
      resources: resources as unknown as Job["resources"],
      attempt: spec.attempt,
      log,
      warn(text) {
        log(`Warning: ${text}`);
        outsideBodies(() => events.warned?.(spec.order, text));
      },
      begin: () => times.begin(spec.order),
      done: () => outsideBodies(() => end(spec.order)),
      fail: (error) => outsideBodies(() => end(spec.order, faultOf(error))),
    };
  };
}

/** How a job failed: in words, and why. */
interface Fault {
  readonly text: string;
  readonly failure: Failure;
}

function faultOf(error: unknown): Fault {
  // If a body's own process ended, Node gives its exit code or signal as fields of the error.
  const text = [describeProcessError(error), messageOf(error)].filter(Boolean).join("\n");
  return { text, failure: failureOf(error) };
}

function isTimeout(error: unknown): boolean {
  return error instanceof AttemptError && error.failure.reason === "timeout";
}

/** What a body returns, unless it takes longer than `jobs` jobs may: it goes on then, but nobody waits for it. */
async function within(
  call: CallSpec,
  jobs: number,
  control: CallControl,
  body: Promise<void> | undefined,
): Promise<void> {
  const { timeout } = call;
  if (body === undefined) return;
  if (!control.timed || timeout === undefined) return void (await body);
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    const error = new AttemptError(timeoutMessage(timeout), { reason: "timeout" });
    timer = setTimeout(() => reject(error), timeout * jobs * 1_000);
  });
  try {
    await Promise.race([body, overdue]);
  } finally {
    clearTimeout(timer);
  }
}
