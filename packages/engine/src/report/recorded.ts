/**
 * What the journal alone tells of an output, where nothing can be planned: on a machine to which the journal came
 * along but not what the first jobs read.
 */

import type { FileSystem } from "../disk/files.ts";
import { alignFacts, type Fact } from "../errors.ts";
import { type Failure, readHistory } from "../journal/journal.ts";
import { describeJob } from "../plan/plan-errors.ts";
import { moment } from "../quantities.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import { errorLines } from "./error-lines.ts";
import { howMade, type MadeOutput, madeText, ownLog } from "./made.ts";

export interface RecordedOutput {
  readonly path: string;
  readonly state: "recorded";
  readonly job: string;
  /** Why nothing can be planned here. */
  readonly cause: string;
  readonly made: MadeOutput | null;
  readonly failure: Failure | null;
}

/** The record of an output (the first of its job); null where there is none. */
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
  const own = rule === undefined || values === null ? undefined : ownLog(rule, values);
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
    ["record", `only the journal is asked: ${cause}`],
    ["made by", made !== null && made.attempt > 1 ? `${job}, at attempt ${made.attempt}` : job],
  ];
  if (made !== null && made.attempt > 0) facts.push(["when", madeText(made)]);
  if (made?.run != null)
    facts.push(["run", `${made.run.command} (on ${made.run.host}, ${made.run.executor})`]);
  if (failure !== null)
    facts.push(["failed", moment(failure.at)], ["error", errorLines(failure.error, 5).join("\n")]);
  return `${path}: recorded\n${alignFacts(facts)}`;
}
