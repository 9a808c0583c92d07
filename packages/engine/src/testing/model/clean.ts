/**
 * What a clean rebuild would give, found by following each target back to the sources: a plain recursion without
 * plans, records or times. Where a job is allowed to keep what it has (no record, `--touch`, triggers that do not
 * count), what it has is its value.
 */
import type { FileSystem } from "../../disk/files.ts";
import { contentAt, isEmptied, written } from "./contents.ts";
import { contentOf } from "./disk.ts";
import type { ModelJob, Place, Workflow } from "./jobs.ts";
import { differences, knownOf, type Memory } from "./memory.ts";
import { contentCounts, firstPlace, placesOf } from "./places.ts";
import { type Key, keyOf, type World } from "./workflow.ts";

export interface Clean {
  /** The content of a path; null if it cannot be made. */
  value(path: string): string | null;
  /** Whether something makes the path, or it stands. */
  canHave(path: string): boolean;
  canRun(job: ModelJob): boolean;
  /** The job that makes a path, unless it cannot run: then what stands there is a source. */
  maker(path: string): ModelJob | null;
  /** What the job would be made from; null if that cannot be known. */
  key(job: ModelJob): Key | null;
  places(job: ModelJob): Place[] | null;
  fails(job: ModelJob): boolean;
  /** Whether it would fail if it ran, though it may keep what it has. */
  mayFail(job: ModelJob): boolean;
  /** Jobs and all that they need; `grows` says which of those that ask for more are asked. */
  needs(jobs: Iterable<ModelJob>, grows?: (job: ModelJob) => boolean): Set<ModelJob>;
}

interface Result {
  readonly outputs: ReadonlyMap<string, string> | null;
  readonly key: Key | null;
  readonly mayFail: boolean;
}

const impossible: Result = { outputs: null, key: null, mayFail: true };

export function cleanOf(
  workflow: Workflow,
  files: FileSystem,
  memory: Memory,
  world: World,
  /** Jobs that were made in this run, by their ids. */
  made: ReadonlySet<string>,
  counted: ReadonlySet<string> | null,
): Clean {
  const { makers, variant } = workflow;
  const possible = new Map<ModelJob, boolean>();
  const results = new Map<ModelJob, Result>();
  const placed = new Map<ModelJob, Place[] | null>();
  const standing = new Map<string, string | null>();

  function stands(path: string): string | null {
    let content = standing.get(path);
    if (content === undefined) {
      content = contentOf(files, path);
      standing.set(path, content);
    }
    return content;
  }

  function canRun(job: ModelJob): boolean {
    let can = possible.get(job);
    if (can === undefined) {
      const first = firstPlace(job);
      const places = first === null ? placesOf(job, variant, () => null)! : [first];
      can = places.every(({ path }) => canHave(path));
      possible.set(job, can);
    }
    return can;
  }

  function maker(path: string): ModelJob | null {
    const job = makers.get(path);
    return job !== undefined && canRun(job) ? job : null;
  }

  function canHave(path: string): boolean {
    return maker(path) !== null || stands(path) !== null;
  }

  function value(path: string): string | null {
    const job = maker(path);
    const outputs = job === null ? null : resultOf(job).outputs;
    return job === null ? stands(path) : ((outputs && contentAt(outputs, path)) ?? null);
  }

  function places(job: ModelJob): Place[] | null {
    let found = placed.get(job);
    if (found === undefined) {
      found = placesOf(job, variant, value);
      if (found?.some(({ path }) => !canHave(path))) found = null;
      placed.set(job, found);
    }
    return found;
  }

  function resultOf(job: ModelJob): Result {
    let result = results.get(job);
    if (result === undefined) {
      result = workOut(job);
      results.set(job, result);
    }
    return result;
  }

  function workOut(job: ModelJob): Result {
    const all = places(job);
    if (all === null) return impossible;
    const counts = contentCounts(all);
    const contents = all.map(({ path }, i) => (counts[i] ? value(path) : ""));
    if (contents.includes(null)) return impossible;
    const { number, shape, reads } = job.rule;
    const first = all.find(({ label, ancient }) => label !== "first" && !ancient);
    const read = first === undefined ? "" : value(first.path);
    const known = knownOf(memory, job.id);
    const kept = new Map(job.outputs.map(({ path }) => [path, stands(path)]));
    const own = !made.has(job.id);
    if (reads && read === null) return impossible;
    const params = { value: variant.params[number] ?? 0, ...(reads ? { read } : {}) };
    const code = variant.codes[number] ?? 0;
    const key = keyOf(job, all, contents as string[], params, code, workflow, world);
    const anew = written(job, { places: all, contents: contents as string[], params, code });
    const mayFail = anew === null;
    const lastMade = known.made.at(-1)?.outputs;
    const whole = [...kept].every(
      ([path, content]) => content !== null && !isEmptied(lastMade?.get(path), content),
    );
    if (own && whole && known.unrecorded && job.outputs.length > 0)
      return { outputs: kept as Map<string, string>, key, mayFail };
    // A function that reads a file which was removed cannot say its params: those of the record count.
    // Of several that may be the record, the last one that allows it.
    const cannotAsk = reads && first !== undefined && stands(first.path) === null;
    const mayDiffer = (name: string) =>
      (counted === null || counted.has(name)) &&
      (shape.triggers === null || shape.triggers.includes(name)) &&
      !(name === "params" && cannotAsk);
    const before = own ? known.made.findLast((one) => !differences(one.key, key).some(mayDiffer)) : undefined;
    if (before === undefined) return { outputs: anew, key, mayFail };
    const outputs = new Map(before.outputs);
    if (!mayDiffer("output"))
      for (const [path, content] of kept)
        if (content !== null && known.made.length > 0 && !isEmptied(before.outputs.get(path), content))
          outputs.set(path, content);
    return { outputs, key, mayFail };
  }

  return {
    value,
    canHave,
    canRun,
    maker,
    places,
    key: (job) => resultOf(job).key,
    fails: (job) => resultOf(job).outputs === null,
    mayFail: (job) => resultOf(job).mayFail,
    needs(jobs, grows = () => true) {
      const found = new Set<ModelJob>();
      const pending = [...jobs];
      for (let job = pending.pop(); job !== undefined; job = pending.pop()) {
        if (found.has(job)) continue;
        found.add(job);
        const first = firstPlace(job);
        const whole = first === null || grows(job) ? places(job) : null;
        for (const { path } of whole ?? (first === null ? [] : [first])) {
          const next = maker(path);
          if (next !== null) pending.push(next);
        }
      }
      return found;
    },
  };
}
