/** Why an attempt of a job failed, and how often a job may fail for each reason. */
import type { FailureReason } from "../events.ts";

/**
 * Why an attempt failed. A process that was ended by SIGKILL counts as `other`: the system's kill for
 * lack of memory looks like any other.
 */
export type { FailureReason } from "../events.ts";

export interface Failure {
  readonly reason: FailureReason;
  /** Of the command, script or process that ended, if the reason is `exit`. */
  readonly exitCode?: number;
}

/** How often a job may be tried again, by why it failed. */
export interface RetriesByReason {
  readonly oom?: number;
  readonly timeout?: number;
  readonly lost?: number;
  /** By exit code: `{ 75: 5 }`. */
  readonly exit?: Readonly<Record<number, number>>;
  /** For whatever is not named; default: what `--retries` says. */
  readonly other?: number;
}

export type Retries = number | RetriesByReason;

/** What the functions of a rule are told of the attempt that they are asked about. */
export interface Attempt {
  /** 1 at first; one more each time the job has failed. A lost attempt is repeated under its number. */
  readonly attempt: number;
  /** Why the attempt before failed; undefined at first. */
  readonly reason: FailureReason | undefined;
  /** Its exit code, if that is the reason. */
  readonly exitCode: number | undefined;
  /** How often the job has failed so far, by reason. */
  readonly failed: Readonly<Record<FailureReason, number>>;
}

/** How many calls a job may lose to machines that die or are taken away, unless its rule says otherwise. */
export const maxLosses = 5;
/** Up to this attempt, a job that ran into a limit of its queue is given more, unless its rule says otherwise. */
export const maxGrowingAttempt = 3;

/** The error of a failure with a known reason. */
export class AttemptError extends Error {
  readonly failure: Failure;
  constructor(message: string, failure: Failure) {
    super(message);
    this.failure = failure;
    // Where the engine stood says nothing about the job.
    delete this.stack;
  }
}

/** Why something failed, as far as its error shows. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AttemptError) return error.failure;
  const exitCode = exitCodeOf(error);
  if (exitCode !== null) return { reason: "exit", exitCode };
  const full = error instanceof RangeError && error.message === "Array buffer allocation failed";
  return { reason: full ? "oom" : "other" };
}

/** The exit code of a process, from an error of `execFileSync`, `spawn` and the like; null if it has none. */
function exitCodeOf(error: unknown): number | null {
  // Other errors have numbers as codes too, but no signal.
  if (!(error instanceof Error && "signal" in error)) return null;
  const { status, code, exitCode } = error as { status?: unknown; code?: unknown; exitCode?: unknown };
  const found = [status, code, exitCode].find((value) => typeof value === "number");
  return found !== undefined && Number.isInteger(found) && found > 0 && found < 256 ? found : null;
}

/** The number of an attempt: a lost one is repeated, and does not count. */
export function attemptAfter(failures: readonly Failure[]): number {
  return failures.filter(({ reason }) => reason !== "lost").length + 1;
}

/** What a rule's functions are told after these failures. */
export function attemptOf(failures: readonly Failure[]): Attempt {
  const failed = { oom: 0, timeout: 0, lost: 0, exit: 0, other: 0 };
  for (const { reason } of failures) failed[reason]++;
  const { reason, exitCode } = failures.at(-1) ?? {};
  return { attempt: attemptAfter(failures), reason, exitCode, failed };
}

/** How many times as much memory and time a task asks for after these failures; a lost task needs no more. */
export function growthAfter(failures: readonly Failure[]): { memory: number; time: number } {
  const without = (reason: FailureReason) =>
    attemptAfter(failures.filter((failure) => failure.reason !== reason));
  return { memory: without("timeout"), time: without("oom") };
}

/**
 * Whether a job that has failed like this is tried again. `limited`: its queue ended it at a limit, and the next
 * attempt asks for more. `usual` is what `--retries` says.
 */
export function mayRetry(
  failures: readonly Failure[],
  retries: Retries | undefined,
  { limited, usual }: { readonly limited: boolean; readonly usual: number },
): boolean {
  const last = failures.at(-1)!;
  const byReason = typeof retries === "object" ? retries : {};
  const named = (failure: Failure) =>
    failure.reason === "exit" ? byReason.exit?.[failure.exitCode!] : byReason[failure.reason];
  const count = (is: (failure: Failure) => boolean) => failures.filter(is).length;
  const most = named(last);
  if (most !== undefined && last.reason !== "other")
    return count(({ reason, exitCode }) => reason === last.reason && exitCode === last.exitCode) <= most;
  if (last.reason === "lost") return count(({ reason }) => reason === "lost") <= maxLosses;
  if (limited) return attemptAfter(failures) <= maxGrowingAttempt;
  const others = typeof retries === "number" ? retries : (byReason.other ?? usual);
  return (
    count((one) => one.reason === "other" || (one.reason !== "lost" && named(one) === undefined)) <= others
  );
}
