/** What the history says of the jobs and files of a plan. */
import { type Fingerprint, innerFolder } from "../disk/fingerprint.ts";
import type { History } from "../journal/journal.ts";
import type { Trace } from "../journal/traces.ts";
import { foldersAbove } from "../patterns/pattern.ts";
import type { Plan } from "../plan/table.ts";
import type { OutputTemplate } from "../rules/ruleset.ts";

/** Finding and reading the record of a job costs as much as it has outputs. */
const manyOutputs = 32;

/** A recorded output folder, and its files by their paths inside it. */
interface RecordedFolder {
  readonly own: Fingerprint;
  readonly byName: ReadonlyMap<string, Fingerprint>;
}

export class Records {
  readonly #plan: Plan;
  readonly #history: History;
  readonly #markers: readonly OutputTemplate[];
  /** Many jobs may read files of one folder. */
  readonly #folders = new Map<number, RecordedFolder | undefined>();
  #foldersOfOutputs: ReadonlySet<string> | undefined;
  /** The records of jobs with many outputs, for which each of these asks. */
  readonly #large = new Map<number, Trace | undefined>();
  #largeVersion = -1;

  constructor(plan: Plan, history: History) {
    this.#plan = plan;
    this.#history = history;
    this.#markers = plan.rules.flatMap(({ outputs }) => outputs.filter(({ marks }) => marks.touch));
  }

  /** The record of how a job was made; found by any of its outputs. */
  trace(job: number): Trace | undefined {
    const outputs = this.#plan.outputs(job);
    if (outputs.length === 0) return undefined;
    if (outputs.length < manyOutputs) return this.#find(outputs);
    const { version } = this.#history.traces;
    if (version !== this.#largeVersion) this.#large.clear();
    this.#largeVersion = version;
    if (!this.#large.has(job)) this.#large.set(job, this.#find(outputs));
    return this.#large.get(job);
  }

  #find(outputs: Int32Array): Trace | undefined {
    const { traces } = this.#history;
    const own = traces.get(this.#plan.path(outputs[0]!));
    if (own !== undefined) return own;
    for (const file of outputs) {
      const path = this.#plan.path(file);
      const other = traces.ofOther(path) ?? (file === outputs[0] ? undefined : traces.get(path));
      if (other !== undefined) return other;
    }
    return undefined;
  }

  /** The fingerprint of a file: of an output, as its job made it; of a source, its latest look. */
  fingerprint(file: number): Fingerprint | undefined {
    const maker = this.#plan.maker(file);
    if (maker < 0) {
      const path = this.#plan.path(file);
      return this.formerMarker(path) ?? this.#history.fingerprints.get(path);
    }
    const place = this.#plan.place(file);
    if (place < 0) return this.#part(file);
    const trace = this.trace(maker);
    return trace && fingerprintIn(trace, this.#plan.path(file), place);
  }

  /** The record of a marker whose job is impossible now: the marker stands for the last run. */
  formerMarker(path: string): Fingerprint | undefined {
    if (!this.#markers.some(({ match }) => match(path) !== null)) return undefined;
    const { traces } = this.#history;
    const trace = traces.get(path) ?? traces.ofOther(path);
    return trace && fingerprintIn(trace, path, 0);
  }

  /** A file or folder in an output folder; undefined if its job did not make it. */
  #part(file: number): Fingerprint | undefined {
    const folder = this.#plan.holder(file);
    const known = folder < 0 ? undefined : this.#folder(folder);
    if (known === undefined) return undefined;
    const name = this.#plan.path(file).slice(this.#plan.path(folder).length + 1);
    return known.byName.get(name) ?? innerFolder(known.own, name);
  }

  #folder(folder: number): RecordedFolder | undefined {
    if (!this.#folders.has(folder)) {
      const own = this.fingerprint(folder);
      const byName = new Map(own?.parts?.map(({ name, ...part }) => [name, part]));
      this.#folders.set(folder, own && { own, byName });
    }
    return this.#folders.get(folder);
  }

  /** The job has made its outputs again. */
  forget(job: number): void {
    for (const file of this.#plan.outputs(job)) this.#folders.delete(file);
  }

  /** Whether another job has made a path: a folder that it is in, or if it is a folder, files in it. */
  isMadeOtherwise(path: string, isFolder: boolean): boolean {
    const { traces } = this.#history;
    if (isFolder) {
      this.#foldersOfOutputs ??= foldersOfOutputs(traces.values());
      return this.#foldersOfOutputs.has(path);
    }
    for (const folder of foldersAbove(path)) {
      const trace = traces.get(folder) ?? traces.ofOther(folder);
      const name = path.slice(folder.length + 1);
      if (trace?.outputs.some(({ parts }) => parts?.some((part) => part.name === name))) return true;
    }
    return false;
  }
}

/** The fingerprint of an output in a record; `place` is its index in the rule, which is usually that in the record. */
export function fingerprintIn(
  { path: first, others, outputs }: Trace,
  path: string,
  place: number,
): Fingerprint | undefined {
  if (others === undefined) return outputs[path === first ? 0 : place === 0 ? -1 : place];
  if ((place === 0 ? first : others[place - 1]) === path) return outputs[place];
  return outputs[path === first ? 0 : others.indexOf(path) + 1 || -1];
}

function foldersOfOutputs(traces: Iterable<Trace>): Set<string> {
  const found = new Set<string>();
  for (const { path, others = [] } of traces)
    for (const output of [path, ...others]) for (const folder of foldersAbove(output)) found.add(folder);
  return found;
}
