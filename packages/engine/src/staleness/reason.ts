/** Why a job runs, and the text of each reason. */
import type { Plan } from "../plan/table.ts";

/** The kinds of reasons. A reason is a kind and the row of a file or job, so that it can be stored as numbers. */
export const kinds = [
  "forced",
  /** The row is that of the output. */
  "missing output",
  "interrupted",
  /** No job has ever succeeded; the existing file was written by a failed one, past the engine. */
  "failed last time",
  "changed params",
  "changed code",
  /** The prefix of the rule, which starts its command in a software environment. */
  "changed software-env",
  "changed input set",
  /** The same files, but in other places or under other names. */
  "changed roles",
  /** The row is that of the input; -1 if it cannot be named. */
  "changed input",
  /** The row is that of the input. Without a record, time decides. */
  "newer input",
  /** The row is that of the output, which was edited. */
  "changed output",
  /** The row is that of the job that runs, or may run, first. */
  "upstream",
  /** A rule without outputs. */
  "target",
] as const;

export type ReasonKind = (typeof kinds)[number];

/** A reason; `row` is a file or job, -1 if the kind has none. */
export interface Reason {
  readonly kind: ReasonKind;
  readonly row: number;
}

export function reason(kind: ReasonKind, row = -1): Reason {
  return { kind, row };
}

/** The text of a reason; `instead` describes more closely what is missing, or what will be made first. */
export function describeReason({ kind, row }: Reason, plan: Plan, instead?: string): string {
  switch (kind) {
    case "missing output":
      return `missing output ${instead ?? plan.path(row)}`;
    case "newer input":
      return `newer input ${plan.path(row)} (no record of how the output was made)`;
    case "changed input":
      return row < 0 ? "changed input" : `changed input ${plan.path(row)}`;
    case "changed output":
      return `the output ${plan.path(row)} changed since it was made`;
    case "changed roles":
      return "changed order or names of inputs, outputs or wildcards";
    case "upstream":
      return `${instead ?? plan.key(row)} will be made first`;
    case "interrupted":
      return "interrupted last time";
    case "target":
      return "asked for, and has no outputs";
    default:
      return kind;
  }
}
