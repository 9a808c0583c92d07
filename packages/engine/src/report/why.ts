/** `why PATH`: why an output is out of date, all of it, and how it was made. */

import { alignFacts, type Fact } from "../errors.ts";
import { recordedInputs } from "../journal/input-record.ts";
import type { Failure } from "../journal/journal.ts";
import { describeJob } from "../plan/plan-errors.ts";
import type { JobView } from "../plan/table.ts";
import { count, duration, megabytes, moment, withCommas } from "../quantities.ts";
import { logPath } from "../rules/ruleset.ts";
import { differences } from "../staleness/differences.ts";
import { reasonOf, reasonText } from "../staleness/forecast.ts";
import type { Prepared } from "../staleness/prepare.ts";
import type { Answer } from "../staleness/states.ts";
import { errorLines } from "./lines.ts";
import { howMade, type MadeOutput, madeText } from "./provenance.ts";
import { type LineChange, lineChanges, type ParamChange, paramChanges } from "./text-changes.ts";

export interface InputSet {
  readonly now: number;
  /** Null if what they were is not recorded. */
  readonly added: readonly string[] | null;
  readonly removed: readonly string[] | null;
}

/** What is known of one output; the lists are empty if nothing differs. */
export interface Why {
  readonly path: string;
  readonly state: "up to date" | "out of date" | "out of date if its inputs change" | "missing";
  readonly job: string;
  /** The first reason, as a dry run says it; null if the output is up to date. */
  readonly reason: string | null;
  readonly missing: readonly string[];
  readonly inputs: readonly string[];
  /** An input changed that cannot be named. */
  readonly unnamed: boolean;
  /** Where the inputs are not the same files as before: how many there are, and which are new and gone if that is known. */
  readonly inputSet: InputSet | null;
  /** The same inputs, outputs and wildcards, but under other names or in another order. */
  readonly roles: boolean;
  /** Outputs that were edited. */
  readonly outputs: readonly string[];
  readonly params: readonly ParamChange[];
  readonly code: readonly LineChange[];
  readonly made: MadeOutput | null;
  readonly failure: Failure | null;
  /** The job that has to run first, where that is the reason; or all that it needs and that failed the last time. */
  readonly because: readonly Why[];
}

/** Explains one output of a planned job. */
export function whyOf(prepared: Prepared, row: number, path: string): Why {
  const { plan, states, history, files } = prepared;
  const job = plan.job(row);
  const why = reasonOf(prepared, row);
  const missing = job.outputs.filter((each) => files.stat(each) === null);
  const found = differences(prepared, row);
  const inputSet = found?.inputSet ? inputSetOf(prepared, job, found.trace.set) : null;
  const fresh = new Set(inputSet?.added);
  const reason = reasonText(prepared, row);
  const lost =
    why?.kind === "missing output" ? reason!.slice("missing output ".length).split(": ")[0]! : null;
  return {
    path,
    state: stateOf(files.stat(path) === null, states.answer(row)),
    job: describeJob(job.rule, job.values),
    reason,
    missing: lost === null ? missing : [...new Set([lost, ...missing])],
    inputs:
      why?.kind === "newer input"
        ? [plan.path(why.row)]
        : (found?.inputs ?? []).filter((input) => !fresh.has(input)),
    unnamed: found?.content === true && found.inputs.length === 0 && inputSet?.added == null,
    inputSet,
    roles: found?.roles === true && inputSet === null,
    outputs: found?.outputs ?? [],
    params:
      found?.params == null
        ? []
        : paramChanges(history.texts.get(found.trace.params) ?? "{}", found.params.text),
    code: found?.code == null ? [] : lineChanges(history.texts.get(found.trace.code) ?? "", found.code.text),
    made: found === null ? null : howMade(found.trace, history, files, logPath(job.rule, job.values)),
    failure: history.failures.get(plan.key(row)) ?? null,
    because: causesOf(prepared, row).map((cause) => whyOf(prepared, cause, plan.key(cause))),
  };
}

function stateOf(missing: boolean, answer: Answer): Why["state"] {
  if (missing) return "missing";
  if (answer === "maybe") return "out of date if its inputs change";
  return answer === "stale" ? "out of date" : "up to date";
}

/** The jobs at the end of a chain of jobs that wait for each other, or all that failed of those that it needs. */
function causesOf(prepared: Prepared, job: number): number[] {
  const failed = failedNeeds(prepared, job);
  const { states } = prepared;
  const why = reasonOf(prepared, job);
  if (failed.length > 0 || why?.kind !== "upstream") return failed;
  const seen = new Set([job]);
  for (let at = why.row; !seen.has(at); ) {
    seen.add(at);
    const next = states.reason(at);
    if (next?.kind !== "upstream") return [at];
    at = next.row;
  }
  return [];
}

/** Of the jobs that have to run before this one, those that failed the last time. */
function failedNeeds({ plan, states, history }: Prepared, job: number): number[] {
  const seen = new Set<number>([job]);
  const failed: number[] = [];
  if (history.failures.size === 0) return failed;
  for (const at of seen)
    for (const file of plan.inputFiles(at)) {
      const maker = plan.maker(file);
      if (maker < 0 || !states.isActive(maker) || seen.has(maker)) continue;
      seen.add(maker);
      if (history.failures.has(plan.key(maker))) failed.push(maker);
    }
  return failed;
}

function inputSetOf({ plan, history }: Prepared, job: JobView, set: string): InputSet {
  const now = new Set(plan.inputPaths(job.row));
  const recorded = recordedInputs(history.texts, job, set);
  if (recorded === null) return { now: now.size, added: null, removed: null };
  const before = new Set(recorded);
  return {
    now: now.size,
    added: [...now].filter((path) => !before.has(path)),
    removed: [...before].filter((path) => !now.has(path)),
  };
}

/** Failed jobs that are explained. */
const mostCauses = 10;

/** The explanation as text for people. */
export function whyText(why: Why, shown: (path: string) => string = (path) => path): string {
  const facts: Fact[] = [];
  if (why.reason !== null) facts.push(["reason", why.reason]);
  if (why.missing.length > 1) facts.push(["missing", shortList(why.missing)]);
  if (why.inputs.length > 0) facts.push(["inputs", `changed: ${shortList(why.inputs)}`]);
  if (why.unnamed) facts.push(["inputs", "some have changed; the record does not say which"]);
  facts.push(...inputSetFacts(why.inputSet));
  if (why.roles) facts.push(["order", "names or order of inputs, outputs or wildcards changed"]);
  if (why.outputs.length > 0)
    facts.push(["outputs", `changed since they were made: ${shortList(why.outputs)}`]);
  for (const { name, before, after } of why.params)
    facts.push(["params", `${name}: ${before ?? "(nothing)"} -> ${after ?? "(nothing)"}`]);
  if (why.code.length > 0) facts.push(["code", codeText(why.code)]);
  facts.push(...madeFacts(why, shown));
  if (why.failure !== null) {
    const { at, error, log } = why.failure;
    facts.push(["failed", moment(at)], ["error", errorLines(error, 5).join("\n")], ["log", shown(log)]);
  }
  const text = `${why.path}: ${why.state}\n${alignFacts(facts)}`;
  const shownCauses = why.because.slice(0, mostCauses);
  const more = why.because.length - shownCauses.length;
  return [
    text,
    ...shownCauses.map((cause) => {
      const link = cause.failure === null ? "because of" : "it waits for a job that failed:";
      return `${link}\n${whyText(cause, shown)}`;
    }),
    ...(more > 0 ? [`... and ${count(more, "more failed job")}`] : []),
  ].join("\n\n");
}

function inputSetFacts(set: InputSet | null): Fact[] {
  if (set === null) return [];
  const { now, added, removed } = set;
  if (added === null || removed === null)
    return [["inputs", `not the same files as before; ${withCommas(now)} now`]];
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
        state === "missing" ? `would be ${job}` : `${job}, but there is no record of it: compared by time`,
      ],
    ];
  const facts: Fact[] = [["made by", made.attempt > 1 ? `${job}, at attempt ${made.attempt}` : job]];
  if (made.attempt > 0) facts.push(["when", madeText(made)]);
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
  return [...paths.slice(0, 5), ...(rest > 0 ? [`... and ${withCommas(rest)} more`] : [])].join("\n");
}
