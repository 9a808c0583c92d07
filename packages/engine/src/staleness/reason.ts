/** Why a job is to run, and each reason in words. */
import type { Plan } from "../plan/table.ts";

/** The kinds of reasons; a reason is one of them and the row of a file or job, so that a plan holds them as numbers. */
export const kinds = [
  "forced",
  /** The row is that of the output. */
  "missing output",
  "interrupted",
  /** No job has ever made it well; what stands there, a failed one has written past the engine. */
  "failed last time",
  "changed params",
  "changed code",
  /** The prefix of the rule, which starts its command in a software environment. */
  "changed software-env",
  "changed input set",
  /** The same files, but in other places or under other names. */
  "changed roles",
  /** The row is that of the input; -1 where it cannot be named. */
  "changed input",
  /** The row is that of the input; without a record, time decides. */
  "newer input",
  /** The row is that of the output: it is not what its job made. */
  "changed output",
  /** The row is that of the job that is to run, or may run, first. */
  "upstream",
  /** A rule without outputs. */
  "target",
] as const;

export type ReasonKind = (typeof kinds)[number];

/** A reason; `row` is a file or job, -1 where the kind has none. */
export interface Reason {
  readonly kind: ReasonKind;
  readonly row: number;
}

export function reason(kind: ReasonKind, row = -1): Reason {
  return { kind, row };
}

/** A reason in words; `instead` tells what stands in the place of a missing output. */
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
      return `${plan.key(row)} will be made first`;
    case "interrupted":
      return "interrupted last time";
    case "target":
      return "asked for, and has no outputs";
    default:
      return kind;
  }
}
