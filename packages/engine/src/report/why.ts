/** `why PATH`: why an output is out of date, all of it, and how it was made. */

import { alignFacts, type Fact } from "../errors.ts";
import { recordedInputs } from "../journal/input-record.ts";
import type { Failure, History } from "../journal/journal.ts";
import type { Prepared } from "../judge/prepare.ts";
import { describeReason } from "../judge/rebuilder.ts";
import { inputsOf, type PlannedJob } from "../plan/dag.ts";
import { describeJob } from "../plan/plan-errors.ts";
import { errorLines } from "./error-lines.ts";
import { type LineChange, lineChanges } from "./line-changes.ts";
import { type Made, madeBy, ownLog } from "./made.ts";
import { type ParamChange, paramChanges } from "./param-changes.ts";
import { count, duration, megabytes, moment } from "./words.ts";

export interface InputSet {
  readonly now: number;
  /** Null where what they were is not recorded. */
  readonly added: readonly string[] | null;
  readonly removed: readonly string[] | null;
}

/** What is known of one output; the lists are empty where nothing differs. */
export interface Why {
  readonly path: string;
  readonly state: "up to date" | "out of date" | "missing";
  readonly job: string;
  /** The first reason, as a dry run says it; null where the output is up to date. */
  readonly reason: string | null;
  readonly missing: readonly string[];
  readonly inputs: readonly string[];
  /** An input changed that cannot be named. */
  readonly unnamed: boolean;
  /** Where the inputs are not the same files as before: how many there are, and which are new and gone if that is known. */
  readonly inputSet: InputSet | null;
  readonly params: readonly ParamChange[];
  readonly code: readonly LineChange[];
  readonly made: Made | null;
  readonly failure: Failure | null;
  /** The job that has to run first and why, where that is the reason, or where it failed the last time. */
  readonly because: Why | null;
}

/** Explains one output of a planned job. */
export function whyOf(prepared: Prepared, job: PlannedJob, path: string): Why {
  const { reasons, rebuilder, history, files } = prepared;
  const reason = reasons[job.order]!;
  const missing = job.outputs.map((output) => output.path).filter((each) => files.stat(each) === null);
  const differences = rebuilder.differences(job);
  const key = job.outputs[0]!.path;
  const inputSet = differences?.inputSet ? inputSetOf(job, differences.trace.set, history) : null;
  const fresh = new Set(inputSet?.added);
  const root = reason?.kind === "upstream" ? rootOf(reason.job, prepared) : failedNeed(job, prepared);
  return {
    path,
    state: files.stat(path) === null ? "missing" : reason === null ? "up to date" : "out of date",
    job: describeJob(job.rule, job.values),
    reason: reason === null ? null : describeReason(reason),
    missing: reason?.kind === "missing output" ? [...new Set([reason.path, ...missing])] : missing,
    inputs:
      reason?.kind === "newer input"
        ? [reason.path]
        : (differences?.inputs ?? []).map((input) => input.path).filter((path) => !fresh.has(path)),
    unnamed: differences?.content === true && differences.inputs.length === 0 && inputSet?.added == null,
    inputSet,
    params:
      differences?.params == null
        ? []
        : paramChanges(history.texts.get(differences.trace.params) ?? "", differences.params.text),
    code:
      differences?.code == null
        ? []
        : lineChanges(history.texts.get(differences.trace.code) ?? "", differences.code.text),
    made:
      differences === null ? null : madeBy(differences.trace, history, files, ownLog(job.rule, job.values)),
    failure: history.failures.get(key) ?? null,
    because: root === null ? null : whyOf(prepared, root, root.outputs[0]?.path ?? ""),
  };
}

/** The job at the end of a chain of jobs that wait for each other. */
function rootOf(job: PlannedJob, { reasons }: Prepared): PlannedJob {
  for (let at = job; ; ) {
    const reason = reasons[at.order];
    if (reason?.kind !== "upstream") return at;
    at = reason.job;
  }
}

/** Of the jobs that have to run before this one, one that failed the last time. */
function failedNeed(job: PlannedJob, { reasons, history }: Prepared): PlannedJob | null {
  const seen = new Set<PlannedJob>([job]);
  for (const at of seen)
    for (const { maker } of inputsOf(at)) {
      if (maker === null || reasons[maker.order] === null || seen.has(maker)) continue;
      if (maker.outputs[0] !== undefined && history.failures.has(maker.outputs[0].path)) return maker;
      seen.add(maker);
    }
  return null;
}

function inputSetOf(job: PlannedJob, set: string, { texts }: History): InputSet {
  const now = new Set([...inputsOf(job)].map((input) => input.path));
  const recorded = recordedInputs(texts, job, set);
  if (recorded === null) return { now: now.size, added: null, removed: null };
  const before = new Set(recorded);
  return {
    now: now.size,
    added: [...now].filter((path) => !before.has(path)),
    removed: [...before].filter((path) => !now.has(path)),
  };
}

/** The explanation as text for people. */
export function whyText(why: Why, shown: (path: string) => string = (path) => path): string {
  const facts: Fact[] = [];
  if (why.reason !== null) facts.push(["reason", why.reason]);
  if (why.missing.length > 1) facts.push(["missing", shortList(why.missing)]);
  if (why.inputs.length > 0) facts.push(["inputs", `changed: ${shortList(why.inputs)}`]);
  if (why.unnamed) facts.push(["inputs", "changed since; which of them is not recorded"]);
  facts.push(...inputSetFacts(why.inputSet));
  for (const { name, before, after } of why.params)
    facts.push(["params", `${name}: ${before ?? "(nothing)"} -> ${after ?? "(nothing)"}`]);
  if (why.code.length > 0) facts.push(["code", codeText(why.code)]);
  facts.push(...madeFacts(why, shown));
  if (why.failure !== null) {
    const { at, error, log } = why.failure;
    facts.push(["failed", moment(at)], ["error", errorLines(error, 5).join("\n")], ["log", shown(log)]);
  }
  const text = `${why.path}: ${why.state}\n${alignFacts(facts)}`;
  if (why.because === null) return text;
  const link = why.because.failure === null ? "and that because of" : "it waits for what failed:";
  return `${text}\n\n${link}\n${whyText(why.because, shown)}`;
}

function inputSetFacts(set: InputSet | null): Fact[] {
  if (set === null) return [];
  const { now, added, removed } = set;
  if (added === null || removed === null)
    return [["inputs", `not the same files as before; ${now.toLocaleString("en-US")} now`]];
  return [
    ...(removed.length === 0 ? [] : [["inputs", `gone: ${shortList(removed)}`] as const]),
    ...(added.length === 0 ? [] : [["inputs", `new: ${shortList(added)}`] as const]),
  ];
}

function madeFacts({ job, made, state }: Why, shown: (path: string) => string): Fact[] {
  if (made === null)
    return [
      [
        "made by",
        state === "missing" ? `would be ${job}` : `${job}, but there is no record of it: judged by its time`,
      ],
    ];
  const facts: Fact[] = [["made by", made.attempt > 1 ? `${job}, at attempt ${made.attempt}` : job]];
  if (made.attempt > 0) facts.push(["when", `${moment(made.start)}, in ${duration(made.seconds)}`]);
  const cost = [
    // Less is not worth a line.
    ...(made.cpu === null || made.cpu < 0.05 ? [] : [`${duration(made.cpu)} of CPU`]),
    ...(made.memory === null ? [] : [`at most ${megabytes(made.memory)} MB of memory`]),
  ];
  if (cost.length > 0) facts.push(["cost", cost.join(", ")]);
  if (made.touched !== null) facts.push(["taken", `as up to date on ${moment(made.touched)} (--touch)`]);
  if (made.run !== null)
    facts.push(["run", `${made.run.command} (on ${made.run.host}, ${made.run.executor})`]);
  if (made.log !== null) facts.push(["log", shown(made.log)]);
  return facts;
}

function codeText(changes: readonly LineChange[]): string {
  const shown = changes.slice(0, 12).map(({ sign, line }) => `${sign} ${line}`);
  if (changes.length > 12) shown.push(`... and ${count(changes.length - 12, "more line")}`);
  return shown.join("\n");
}

function shortList(paths: readonly string[]): string {
  const rest = paths.length - 5;
  return [...paths.slice(0, 5), ...(rest > 0 ? [`... and ${rest.toLocaleString("en-US")} more`] : [])].join(
    "\n",
  );
}
