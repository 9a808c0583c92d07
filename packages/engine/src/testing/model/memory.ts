/**
 * What the model knows of each job between runs: not the engine's records, but what they may say, as far as the
 * bodies and the edits tell.
 */
import type { Execution, Key } from "./workflow.ts";

/** What a record may say: how a job was made, and what it made. */
export interface Made {
  readonly key: Key;
  readonly outputs: ReadonlyMap<string, string>;
}

export interface Known {
  /** Any of these may be the record; none: the job has none. */
  made: readonly Made[];
  /** There may be no record: then the times of files decide. */
  unrecorded: boolean;
  /** Its run was killed: it may be taken as interrupted. */
  killed: boolean;
  /** A source was edited while it read it: its record matches nothing. */
  unknown: boolean;
  /** A source may have been edited while it read it, or was given the same text: its record may match nothing. */
  mayBeUnknown: boolean;
  /** It has failed since it was made. */
  failed: boolean;
  /** `--notemp` was given when it was made. */
  keptTemporary: boolean;
  /** `--touch` may have taken what stands as up to date. */
  accepted: boolean;
}

export type Memory = Map<string, Known>;

export function knownOf(memory: Memory, id: string): Known {
  let known = memory.get(id);
  if (known === undefined) {
    known = {
      made: [],
      unrecorded: true,
      killed: false,
      unknown: false,
      mayBeUnknown: false,
      failed: false,
      keptTemporary: false,
      accepted: false,
    };
    memory.set(id, known);
  }
  return known;
}

/** A job was made in a run that ended by itself. */
export function rememberMade(memory: Memory, { job, key, outputs }: Execution, keptTemporary: boolean): void {
  memory.set(job.id, {
    made: [{ key, outputs }],
    unrecorded: false,
    killed: false,
    unknown: false,
    mayBeUnknown: false,
    failed: false,
    keptTemporary,
    accepted: false,
  });
}

/** All records are gone. */
export function forgetAll(memory: Memory): void {
  for (const known of memory.values())
    Object.assign(known, {
      made: [],
      unrecorded: true,
      killed: false,
      unknown: false,
      mayBeUnknown: false,
      accepted: false,
      failed: false,
    });
}

/** By which triggers two ways to make a job differ; without the same files in the same roles, contents are not compared. */
export function differences(one: Key, other: Key): string[] {
  const found: string[] = [];
  if (one.params !== other.params) found.push("params");
  if (one.code !== other.code) found.push("code");
  if (one.input !== other.input) found.push("input");
  else if (one.mtime !== other.mtime) found.push("mtime");
  return found;
}
