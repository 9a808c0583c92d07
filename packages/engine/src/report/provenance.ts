/** How an output was made, from the journal: which run made it, when, how long it took, and where its log is. */
import type { FileSystem } from "../disk/files.ts";
import { alignFacts, type Fact } from "../errors.ts";
import { type Failure, type History, type RunRecord, readHistory, type Trace } from "../journal/journal.ts";
import { runFinder } from "../journal/run-record.ts";
import { secondsOf } from "../journal/trace-rows.ts";
import { describeJob } from "../plan/plan-errors.ts";
import { duration, moment } from "../quantities.ts";
import { logPath, type NamedRule } from "../rules/ruleset.ts";
import { errorLines } from "./lines.ts";

export interface MadeOutput {
  readonly start: number;
  readonly end: number;
  readonly seconds: number;
  /** Among how many jobs of a batch the time from start to end was shared, on average; null if it was the job's own. */
  readonly share: number | null;
  /** Seconds of CPU and bytes of memory, as far as they could be told. */
  readonly cpu: number | null;
  readonly memory: number | null;
  /** 0 where no job made it: it was taken as it stood. */
  readonly attempt: number;
  readonly touched: number | null;
  readonly run: RunRecord | null;
  /** Null if the call logged nothing. */
  readonly log: string | null;
}

/** How the outputs of a trace were made; `own` is the log that its rule names. */
export function howMade(trace: Trace, history: History, files: FileSystem, own?: string): MadeOutput {
  return {
    start: trace.start,
    end: trace.end,
    seconds: secondsOf(trace),
    share: trace.share ?? null,
    cpu: trace.cpu === undefined ? null : trace.cpu / 1_000,
    memory: trace.memory ?? null,
    attempt: trace.attempt,
    touched: trace.touched ?? null,
    run: runOf(trace, history) ?? null,
    log: logOf(trace, history, files, own),
  };
}

/** When a job was made, and how long that took. */
export function madeText({ start, end, seconds, share }: MadeOutput): string {
  const took = `${moment(start)}, in ${duration(seconds)}`;
  if (share === null) return took;
  return `${took}: its share of the ${duration((end - start) / 1_000)} of its batch`;
}

const finders = new WeakMap<
  readonly RunRecord[],
  { readonly runs: number; readonly find: ReturnType<typeof runFinder<RunRecord>> }
>();

/** The run that a trace comes from: the last one that began before it; undefined if none is recorded. */
function runOf(trace: Trace, { runs }: History): RunRecord | undefined {
  if (trace.attempt === 0) return undefined;
  // All jobs of a plan are asked for in turn, and there may be many runs.
  let known = finders.get(runs);
  if (known?.runs !== runs.length) {
    known = { runs: runs.length, find: runFinder(runs) };
    finders.set(runs, known);
  }
  return known.find(trace.start);
}

/** The log of a job that made a trace, from the working folder: its own, or that of its call; null if none stands. */
export function logOf(
  trace: Trace,
  history: History,
  files: Pick<FileSystem, "stat">,
  own?: string,
): string | null {
  const run = runOf(trace, history);
  if (run === undefined) return null;
  const call = `.braid/logs/${run.id}/${trace.rule}-${trace.call}.log`;
  return [own, call].find((path) => path !== undefined && files.stat(path) !== null) ?? null;
}

export interface RecordedOutput {
  readonly path: string;
  readonly state: "recorded";
  readonly job: string;
  /** Why there is no plan. */
  readonly cause: string;
  readonly made: MadeOutput | null;
  readonly failure: Failure | null;
}

/** The record of an output (the first of its job); null if there is none. */
export function recordedOutput(
  path: string,
  rules: readonly NamedRule[],
  files: FileSystem,
  cause: string,
): RecordedOutput | null {
  const history = readHistory(files);
  const trace = history.traces.get(path);
  const failure = history.failures.get(path) ?? null;
  const name = trace?.rule ?? failure?.rule;
  if (name === undefined) return null;
  const rule = rules.find((each) => each.name === name);
  const values = rule?.outputs[0]?.match(path) ?? null;
  const own = rule === undefined || values === null ? undefined : logPath(rule, values);
  return {
    path,
    state: "recorded",
    job: rule === undefined || values === null ? name : describeJob(rule, values),
    cause,
    made: trace === undefined ? null : howMade(trace, history, files, own),
    failure,
  };
}

export function recordedText({ path, job, cause, made, failure }: RecordedOutput): string {
  const facts: Fact[] = [
    ["record", `from the journal only: ${cause}`],
    ["made by", made !== null && made.attempt > 1 ? `${job}, at attempt ${made.attempt}` : job],
  ];
  if (made !== null && made.attempt > 0) facts.push(["when", madeText(made)]);
  if (made?.run != null)
    facts.push(["run", `${made.run.command} (on ${made.run.host}, ${made.run.executor})`]);
  if (failure !== null)
    facts.push(["failed", moment(failure.at)], ["error", errorLines(failure.error, 5).join("\n")]);
  return `${path}: recorded\n${alignFacts(facts)}`;
}
