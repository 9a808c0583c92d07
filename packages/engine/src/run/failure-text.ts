/** The words for a failed attempt: why it failed, what it had asked for, and what the next one asks for. */
import { withCommas } from "../quantities.ts";
import type { Failure } from "../rules/retries.ts";

type Request = Readonly<Record<string, string | number>>;

export interface EndedAttempt {
  /** Of the job so far, this one last. */
  readonly failures: readonly Failure[];
  readonly attempt: number;
  /** Its queue ended it at a limit that it had asked for. */
  readonly limited: boolean;
  /** What it had asked for. */
  readonly had: Request;
}

/** "out of memory with 2,000 MB; trying again with 4,000 MB"; empty if the error itself says as much. */
export function retryText(ended: EndedAttempt, next: Request): string {
  const changes = changesText(ended.had, next);
  const { reason, exitCode } = ended.failures.at(-1)!;
  const code = reason === "exit" && changes !== "" ? `exit code ${exitCode}` : "";
  const again = changes === "" ? "" : `trying again ${changes}`;
  return [reasonText(ended) || code, again].filter(Boolean).join("; ");
}

/** The error of a job that is not tried again, after the reason and the attempt. */
export function finalText(ended: EndedAttempt, error: string): string {
  const { failures, attempt, limited } = ended;
  const isLost = failures.at(-1)!.reason === "lost";
  if (attempt === 1 && !limited && !isLost) return error;
  const parts = [attempt > 1 ? `attempt ${attempt}` : "", reasonText(ended)];
  const text = parts.filter(Boolean).join(", ");
  return `${text[0]!.toUpperCase()}${text.slice(1)}: ${error}`;
}

function reasonText({ failures, limited, had }: EndedAttempt): string {
  const { mem_mb: memory, runtime } = limited ? had : {};
  const { reason } = failures.at(-1)!;
  switch (reason) {
    case "oom":
      return `out of memory${memory === undefined ? "" : ` with ${amountText("mem_mb", memory)}`}`;
    case "timeout":
      return `time limit reached${runtime === undefined ? "" : ` after ${amountText("runtime", runtime)}`}`;
    case "lost": {
      const times = failures.filter((failure) => failure.reason === "lost").length;
      return times === 1 ? "lost" : `lost ${times} times`;
    }
    default:
      return "";
  }
}

/** What another attempt asks for that this one did not: "with 4,000 MB and partition long, without qos". */
function changesText(had: Request, next: Request): string {
  const changed = Object.keys(next).filter((name) => next[name] !== had[name]);
  const left = Object.keys(had).filter((name) => next[name] === undefined);
  const amounts = changed.map((name) => amountText(name, next[name]!)).join(" and ");
  return [amounts && `with ${amounts}`, left.length > 0 && `without ${left.join(" and ")}`]
    .filter(Boolean)
    .join(", ");
}

function amountText(name: string, amount: string | number): string {
  if (typeof amount === "string") return `${name} ${amount}`;
  if (name === "mem_mb") return `${withCommas(amount)} MB`;
  if (name === "runtime") return `${withCommas(amount)} min`;
  if (name === "threads") return `${amount} ${amount === 1 ? "thread" : "threads"}`;
  return `${name} ${withCommas(amount)}`;
}
