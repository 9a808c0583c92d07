/** `status`: how the last run of a working folder goes or went, from the journal and the lock alone. */
import type { FileSystem } from "../disk/files.ts";
import type { Holder } from "../disk/holder.ts";
import { type Failure, type JournalRecord, type RunRecord, readJournal } from "../journal/journal.ts";
import { readLines } from "../journal/lines.ts";
import { secondsOf } from "../journal/trace-rows.ts";
import { count, duration, moment } from "../quantities.ts";
import { errorLines, failedWord, ruleLines } from "./lines.ts";
import { leftText, progress, type RuleProgress, type TimeLeft } from "./progress.ts";

export interface Status extends TimeLeft {
  readonly run: RunRecord;
  /** `killed`: it neither ended nor holds the lock. */
  readonly state: "running" | "done" | "failed" | "interrupted" | "killed";
  readonly rules: readonly RuleProgress[];
  readonly failures: readonly Failure[];
  /** Since it began, until it ended or now. */
  readonly seconds: number;
}

/** Takes the records of one run in turn, and says how it goes. */
export interface RunFollower {
  readonly failures: readonly Failure[];
  take(record: JournalRecord): void;
  /** `holder` is who holds the lock now; `now` is ms since 1970. */
  status(holder: Holder | null, now: number): Status;
}

/** The last run; null where nothing ever ran. `now` is ms since 1970. */
export function readStatus(files: FileSystem, holder: Holder | null, now = Date.now()): Status | null {
  let follower: RunFollower | null = null;
  for (const record of lastRun(files)) {
    if (follower !== null) follower.take(record);
    else if (record.t === "run") follower = runFollower(record.run);
  }
  return follower?.status(holder, now) ?? null;
}

/** Follows a run from its first record on. */
export function runFollower(began: RunRecord): RunFollower {
  const run: RunRecord = { ...began };
  let clock = run.at;
  let last = run.at;
  const state = progress(() => clock / 1_000);
  const { planned = {}, slots = 1, estimate = null } = run;
  const total = Object.values(planned).reduce((sum, jobs) => sum + jobs, 0);
  state.follow({
    kind: "planned",
    onlyIf: new Map(),
    total,
    rules: new Map(Object.entries(planned)),
    slots,
    estimate,
  });
  const failures: Failure[] = [];
  const open = new Map<string, string>();
  return {
    failures,
    take(record) {
      last = Math.max(last, timeOf(record) ?? 0);
      clock = last;
      replay(record);
    },
    status(holder, now) {
      const running =
        run.end === undefined && holder !== null && holder.pid === run.pid && holder.host === run.host;
      clock = running ? now : (run.end ?? last);
      return {
        run,
        state: running ? "running" : ((run.outcome as Status["state"] | undefined) ?? "killed"),
        rules: state.rules.map((rule) => ({ ...rule, running: running ? rule.running : 0 })),
        failures,
        seconds: (clock - run.at) / 1_000,
        ...(running ? state.left() : { secondsLeft: null, atLeast: false }),
      };
    },
  };

  function replay(record: JournalRecord): void {
    switch (record.t) {
      case "end":
        Object.assign(run, { end: record.at, outcome: record.outcome });
        break;
      case "start":
        // A compacted journal repeats jobs of earlier runs that never ended.
        if (record.at < run.at) break;
        for (const path of record.jobs) open.set(path, record.rule);
        state.follow({ kind: "started", rule: record.rule, jobs: record.jobs.length, call: record.call });
        break;
      case "back":
        for (const path of record.jobs) {
          const rule = open.get(path);
          open.delete(path);
          if (rule !== undefined) state.follow({ kind: "returned", rule, jobs: 1, call: 0 });
        }
        break;
      case "grown":
        state.follow({ kind: "grown", rules: new Map(Object.entries(record.rules)) });
        break;
      case "settled":
        state.follow(
          record.as === "done"
            ? { kind: "done", rule: record.rule, job: "", seconds: 0 }
            : { kind: "cut off", rule: record.rule, job: "" },
        );
        break;
      case "done": {
        const { rule, path, end } = record.trace;
        if (end < run.at) break;
        open.delete(path);
        state.follow({ kind: "done", rule, job: path, seconds: secondsOf(record.trace) });
        break;
      }
      case "fail": {
        const { rule, path, at, error, log } = record.failure;
        if (at < run.at) break;
        open.delete(path);
        failures.push(record.failure);
        const failure = { rule, job: path, target: path, error, log };
        state.follow({ kind: "failed", rule, job: path, failure });
      }
    }
  }
}

function timeOf(record: JournalRecord): number | undefined {
  switch (record.t) {
    case "start":
      return record.at;
    case "done":
      return record.trace.end;
    case "fail":
      return record.failure.at;
    default:
      return undefined;
  }
}

/** Failures that are listed, unless all are asked for. */
const mostFailures = 10;

/** The status as people read it; with `all`, every failure. */
export function statusText(
  status: Status,
  name: string,
  shown: (path: string) => string,
  all = false,
): string {
  const { run, rules, failures } = status;
  const blocks = [
    `${headline(status)}\n  command  ${run.command}\n  process  ${run.pid} on ${run.host}, ${count(run.slots ?? 1, "job")} at once`,
  ];
  if (rules.length > 0) blocks.push(ruleLines(rules).join("\n"));
  if (status.state === "running")
    blocks.push(`${leftText(status).replace(/^./, (letter) => letter.toUpperCase())}.`);
  else {
    const open = rules.reduce((sum, rule) => sum + rule.total - rule.done - rule.failed, 0);
    if (open > 0) blocks.push(`${count(open, "job")} not run.`);
  }
  if (failures.length > 0)
    blocks.push(failureText(failures, name, shown, all ? failures.length : mostFailures));
  return blocks.join("\n\n");
}

/** The state of the run, how long it took and when it began, as a sentence. */
export function headline({ run, state, seconds }: Status): string {
  const times = `began ${moment(run.at)}`;
  switch (state) {
    case "running":
      return `Running for ${duration(seconds)} (${times})`;
    case "killed":
      return `Killed after about ${duration(seconds)} (${times}). To continue, repeat the command.`;
    case "interrupted":
      return `Interrupted after ${duration(seconds)} (${times}). To continue, repeat the command.`;
    case "failed":
      return `Ended with failed jobs after ${duration(seconds)} (${times})`;
    default:
      return `Done in ${duration(seconds)} (${times})`;
  }
}

function failureText(
  failures: readonly Failure[],
  name: string,
  shown: (path: string) => string,
  most: number,
): string {
  const lines = failures
    .slice(0, most)
    .flatMap((failure) => [
      `${failedWord(failure)}: ${failure.rule}: ${failure.path}`,
      `    ${errorLines(failure.error, 1)[0] ?? ""}`,
      `  log  ${shown(failure.log)}`,
    ]);
  if (failures.length > most)
    lines.push(
      `... and ${count(failures.length - most, "more failed job")}: ${name} status --verbose lists all.`,
    );
  return [...lines, `${name} why PATH shows more about each.`].join("\n");
}

/**
 * The records of the last run, starting with the run's own record; does not read earlier ones. Empty if nothing ever ran.
 */
function* lastRun(files: FileSystem): Generator<JournalRecord> {
  const bytes = Buffer.from(readJournal(files) ?? "");
  const from = bytes.lastIndexOf('\n{"t":"run"') + 1;
  if (from === 0) return;
  for (const line of readLines(bytes.subarray(from))) if ("t" in line) yield line;
}
