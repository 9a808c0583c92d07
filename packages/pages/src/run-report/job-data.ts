/**
 * All jobs of a plan by column, as the page's script reads them; texts that many jobs share are stored once. Works in Node
 * and in the page, which imports only types and `jobAt`.
 */
import type { JobRow } from "braid-engine/inspect";

/** For each job a number, and the texts that the numbers stand for. */
interface Words {
  readonly words: readonly string[];
  readonly of: readonly number[];
}

export interface JobData {
  readonly rule: Words;
  readonly wildcards: readonly string[];
  readonly path: readonly string[];
  readonly state: Words;
  /** ms since `from`, itself ms since 1970; null for a job without a record. */
  readonly from: number;
  readonly start: readonly (number | null)[];
  /** ms from start to end. */
  readonly took: readonly (number | null)[];
  /** The number of jobs that shared this time in a batch, by index of the job; jobs that ran alone are left out. */
  readonly share: Readonly<Record<string, number>>;
  /** ms. */
  readonly cpu: readonly (number | null)[];
  /** Bytes. */
  readonly memory: readonly (number | null)[];
  /** Empty for none. */
  readonly log: Words;
  /** The first line of the error of a failed job. */
  readonly error: Words;
}

/** One job of the table. */
export interface Job {
  readonly rule: string;
  readonly wildcards: string;
  readonly path: string;
  readonly state: string;
  /** ms since 1970. */
  readonly start: number | null;
  /** Its own, or its share of a batch's. */
  readonly seconds: number | null;
  readonly shared: boolean;
  /** Seconds. */
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly log: string;
  readonly error: string;
}

const longestError = 300;

/** Reads the jobs one by one without keeping them, because there may be many. */
export function jobData(jobs: Iterable<JobRow>): JobData {
  const [rule, state, log, error] = [wordList(), wordList(), wordList(), wordList()];
  const wildcards: string[] = [];
  const path: string[] = [];
  const starts: (number | null)[] = [];
  const took: (number | null)[] = [];
  const share: Record<string, number> = {};
  const cpu: (number | null)[] = [];
  const memory: (number | null)[] = [];
  let from = Number.MAX_SAFE_INTEGER;
  for (const job of jobs) {
    const { made } = job;
    rule.add(job.rule);
    wildcards.push(job.wildcards);
    path.push(job.path);
    state.add(job.state);
    if (made?.share !== undefined) share[starts.length] = made.share;
    if (made !== null) from = Math.min(from, made.start);
    starts.push(made?.start ?? null);
    took.push(made === null ? null : Math.max(0, made.end - made.start));
    cpu.push(made?.cpu ?? null);
    memory.push(made?.memory ?? null);
    log.add(job.log ?? "");
    error.add(job.error.split("\n", 1)[0]!.slice(0, longestError));
  }
  const start = starts.map((time) => (time === null ? null : time - from));
  return {
    ...{ rule: rule.words(), wildcards, path, state: state.words(), from, start, took, share },
    ...{ cpu, memory, log: log.words(), error: error.words() },
  };
}

function wordList(): { add(text: string): void; words(): Words } {
  const places = new Map<string, number>();
  const of: number[] = [];
  return {
    add(text) {
      const place = places.get(text) ?? places.size;
      places.set(text, place);
      of.push(place);
    },
    words: () => ({ words: [...places.keys()], of }),
  };
}

export function jobAt(data: JobData, i: number): Job {
  const word = ({ words, of }: Words) => words[of[i]!]!;
  const start = data.start[i]!;
  const took = data.took[i]!;
  const share = data.share[i];
  const cpu = data.cpu[i]!;
  return {
    rule: word(data.rule),
    wildcards: data.wildcards[i]!,
    path: data.path[i]!,
    state: word(data.state),
    start: start === null ? null : data.from + start,
    seconds: took === null ? null : took / (share ?? 1) / 1_000,
    shared: share !== undefined,
    cpu: cpu === null ? null : cpu / 1_000,
    memory: data.memory[i]!,
    log: word(data.log),
    error: word(data.error),
  };
}
