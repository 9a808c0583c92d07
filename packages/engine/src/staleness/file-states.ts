/**
 * The state of each file of a plan: each is looked at once, and only when needed.
 *
 * A file that looks the same as in the history has its recorded content; any other file is read. A removed output with
 * a valid record counts as present, with its recorded content.
 */

import type { FileStat, FileSystem } from "../disk/files.ts";
import {
  compareStat,
  contentId,
  type Fingerprint,
  hasSameFiles,
  type IsPart,
  takeFingerprint,
  withoutChangeTime,
} from "../disk/fingerprint.ts";
import type { Inventory } from "../disk/inventory.ts";
import type { History, Journal } from "../journal/journal.ts";
import type { Trace } from "../journal/traces.ts";
import { RowColumn } from "../plan/columns.ts";
import type { Plan } from "../plan/table.ts";
import type { Marks } from "../rules/marks.ts";
import type { OutputTemplate } from "../rules/ruleset.ts";
import { type PartsCheck, type PlanFor, partsCheck } from "./folder-parts.ts";
import { type SavedFileState, type SavedFileStates, saved } from "./saved-file-states.ts";

/** The state of an output compared with its record; `lost`: a recorded file of the folder is gone. */
export type OutputState = "as made" | "changed" | "missing" | "removed" | "lost" | "another kind";

export interface FileStatesOptions {
  readonly plan: Plan;
  readonly planFor: PlanFor;
  readonly files: FileSystem;
  readonly disk: Inventory;
  readonly history: History;
  readonly hashLimit: number;
  /** What the files looked like when the plan was saved. */
  readonly saved?: SavedFileStates | undefined;
}

/**
 * Flags of a file: it looks the same as in its record; this run has made it or seen it change, so that its saved state
 * is no longer valid; some job needs it, so that it must exist.
 */
const [recorded, changed, needed] = [1, 2, 4];

export class FileStates {
  /** Removed outputs whose record is still valid, as long as nobody needs them. */
  readonly absent = new Set<number>();
  /** Edited outputs, which may contain somebody's work. */
  readonly edited = new Set<number>();
  /** Outputs of which a folder has the path. */
  readonly inWrongPlace = new Set<number>();
  readonly #options: FileStatesOptions;
  readonly #plan: Plan;
  /** Fingerprints taken in this run; null if there is no file. */
  readonly #fingerprints = new Map<number, Fingerprint | null>();
  readonly #contents: (string | null | undefined)[];
  readonly #flags = new RowColumn(new Uint8Array(0));
  /** Sources and outputs whose state is not in the history. */
  readonly #unrecorded = new Set<number>();
  readonly #markers: readonly OutputTemplate[];
  #disk: Inventory;
  readonly #partsCheck: PartsCheck;

  constructor(options: FileStatesOptions) {
    this.#options = options;
    this.#plan = options.plan;
    this.#disk = options.disk;
    this.#partsCheck = partsCheck(options.plan, options.planFor, options.files);
    this.#contents = new Array(options.plan.fileCount);
    this.#markers = this.#plan.rules.flatMap(({ outputs }) => outputs.filter(({ marks }) => marks.touch));
  }

  #has(file: number, flag: number): boolean {
    return (this.#flags.at(file) & flag) !== 0;
  }

  #mark(file: number, flag: number): void {
    this.#flags.set(file, this.#flags.at(file) | flag);
  }

  #unmark(file: number, flag: number): void {
    this.#flags.set(file, this.#flags.at(file) & ~flag);
  }

  /** The record of how a job was made; found by any of its outputs. */
  trace(job: number): Trace | undefined {
    const outputs = this.#plan.outputs(job);
    const { traces } = this.#options.history;
    if (outputs.length === 0) return undefined;
    const own = traces.get(this.#plan.path(outputs[0]!));
    if (own !== undefined) return own;
    for (const file of outputs) {
      const path = this.#plan.path(file);
      const other = traces.ofOther(path) ?? (file === outputs[0] ? undefined : traces.get(path));
      if (other !== undefined) return other;
    }
    return undefined;
  }

  /** The recorded fingerprint of a file: of an output, as its job made it; of a source, its latest look. */
  recorded(file: number): Fingerprint | undefined {
    const path = this.#plan.path(file);
    const maker = this.#plan.maker(file);
    if (maker < 0) return this.#formerMarker(file) ?? this.#options.history.fingerprints.get(path);
    const trace = this.trace(maker);
    return trace?.outputs[placeIn(trace, path, this.#plan.place(file))];
  }

  /** The record of a marker whose job is impossible now: the marker stands for the last run. */
  #formerMarker(file: number): Fingerprint | undefined {
    const path = this.#plan.path(file);
    if (!this.#markers.some((outputState) => outputState.match(path) !== null)) return undefined;
    const { traces } = this.#options.history;
    const trace = traces.get(path) ?? traces.ofOther(path);
    return trace?.outputs[placeIn(trace, path, 0)];
  }

  /** The fingerprint of the file now, or the recorded one if the file was removed; null if there is no file. */
  fingerprint(file: number): Fingerprint | null {
    const own = this.#fingerprints.get(file);
    if (own !== undefined) return own;
    if (this.#has(file, recorded) || this.absent.has(file)) return this.recorded(file) ?? null;
    return this.#read(file, this.recorded(file), this.#disk.stat(this.#plan.path(file)));
  }

  /** The content of a file as a text to compare; null if there is none. */
  content(file: number): string | null {
    let content = this.#contents[file];
    if (content === undefined) {
      const before = this.#savedContent(file);
      if (before !== undefined) return before;
      const fingerprint = this.fingerprint(file);
      content = fingerprint === null ? null : this.#identity(file, fingerprint);
      this.#contents[file] = content;
    }
    return content;
  }

  /** If the output is as made, readers have its content as recorded. */
  #identity(file: number, fingerprint: Fingerprint): string {
    if (this.#plan.maker(file) < 0 || this.#has(file, recorded) || this.absent.has(file))
      return contentId(fingerprint);
    const made = this.recorded(file);
    return contentId(made !== undefined && isSameContent(made, fingerprint) ? made : fingerprint);
  }

  /** The content of a file that looks as it did when the plan was saved. */
  #savedContent(file: number): string | undefined {
    const { saved: before } = this.#options;
    if (before === undefined || this.#fingerprints.has(file) || this.#has(file, recorded)) return undefined;
    return this.isAsSaved(file) ? before.content(file) || undefined : undefined;
  }

  /** The recorded content; undefined without a record. */
  recordedContent(file: number): string | undefined {
    const known = this.recorded(file);
    return known === undefined ? undefined : contentId(known);
  }

  /** Whether a file looks as when the plan was saved. A file that was removed then must still be absent. */
  isAsSaved(file: number): boolean {
    const { saved: before, files } = this.#options;
    if (this.#has(file, changed) || before?.isSame(file, this.#plan.path(file), files) !== true) return false;
    if (before.isAbsent(file) && !this.#has(file, needed)) this.absent.add(file);
    return true;
  }

  /** How a file looks now, to be saved with the plan. */
  stateToSave(file: number): SavedFileState {
    if (this.absent.has(file)) return { kind: saved.absent, content: this.content(file) ?? "" };
    const maker = this.#plan.maker(file);
    const own = this.#fingerprints.get(file);
    const fingerprint = own ?? (this.#has(file, recorded) ? this.recorded(file) : undefined);
    if (fingerprint != null) {
      const folder = maker < 0 ? saved.source : saved.folder;
      const content = this.content(file) ?? "";
      return { kind: fingerprint.parts === undefined ? saved.file : folder, fingerprint, content };
    }
    const before = this.#options.saved;
    if (before === undefined || this.#has(file, changed)) return { kind: saved.unknown };
    return before.state(file);
  }

  /** True for an output that is known to be as its job made it, or was removed. */
  isAsMade(file: number): boolean {
    if (this.#has(file, recorded) || this.absent.has(file)) return true;
    const known = this.#contents[file];
    return known != null && known === this.recordedContent(file);
  }

  /** Whether a file exists now. */
  exists(file: number): boolean {
    return this.#disk.stat(this.#plan.path(file)) !== null;
  }

  /** Looks at an output; `trace` is its job's record, `place` its index in the rule. */
  output(file: number, place: number, marks: Marks, trace: Trace | undefined): OutputState {
    const { files } = this.#options;
    const path = this.#plan.path(file);
    const before = trace?.outputs[placeIn(trace, path, place)];
    const stat = this.#disk.stat(path);
    if (stat === null) {
      if (before === undefined || this.#has(file, needed)) return "missing";
      this.absent.add(file);
      return "removed";
    }
    if (stat.special || stat.directory !== (marks.directory === true)) {
      if (stat.directory) this.inWrongPlace.add(file);
      // Somebody has put a file in the place of a folder.
      if (before !== undefined && !stat.special && !stat.directory) this.edited.add(file);
      return "another kind";
    }
    if (before === undefined) return "as made";
    if (marks.touch) {
      this.#mark(file, recorded);
      return "as made";
    }
    const found = compareStat(files, path, before, stat);
    if (found === "incomplete") {
      if (this.#isRemainderEdited(path, before, stat)) this.edited.add(file);
      return "lost";
    }
    if (found === "unchanged") {
      this.#mark(file, recorded);
      return "as made";
    }
    return this.#compare(file, before);
  }

  /** Whether a remaining file of an incomplete folder was edited. */
  #isRemainderEdited(path: string, before: Fingerprint, stat: FileStat): boolean {
    const { files, hashLimit } = this.#options;
    const made = new Map(before.parts!.map((part) => [part.name, part]));
    const now = takeFingerprint(files, path, hashLimit, before, stat, (name) => made.has(name));
    return now!.parts!.some((part) => contentId(part) !== contentId(made.get(part.name)!));
  }

  /** If an output looks different, its content decides; over the hash limit, its size. */
  #compare(file: number, before: Fingerprint): OutputState {
    const fingerprint = this.#read(file, before, this.#disk.stat(this.#plan.path(file)))!;
    if (!isSameContent(before, fingerprint)) {
      this.edited.add(file);
      return "changed";
    }
    this.#contents[file] = contentId(before);
    return "as made";
  }

  #read(
    file: number,
    before: Fingerprint | undefined,
    stat: ReturnType<Inventory["stat"]>,
  ): Fingerprint | null {
    const { files, history, hashLimit } = this.#options;
    const path = this.#plan.path(file);
    const source = this.#plan.maker(file) < 0;
    if (before !== undefined && stat !== null && this.#isMarker(file)) {
      this.#mark(file, recorded);
      return before;
    }
    const isPart = this.#partsCheck(file, before);
    // A later record, of the same content.
    const later = source || before === undefined ? undefined : history.fingerprints.get(path);
    const known = later !== undefined && contentId(later) === contentId(before!) ? later : before;
    const same =
      known !== undefined &&
      stat !== null &&
      compareStat(files, path, known, stat) === "unchanged" &&
      (!source || known.parts === undefined || hasSameFiles(files, path, known, isPart));
    const now = same ? known : takeFingerprint(files, path, hashLimit, known, stat, isPart);
    this.#fingerprints.set(file, now);
    if (now !== null && !same && (source || before !== undefined)) this.#unrecorded.add(file);
    return now;
  }

  /** True for an output that only records that its job ran: touching it changes nothing. */
  #isMarker(file: number): boolean {
    const maker = this.#plan.maker(file);
    if (maker < 0) return this.#formerMarker(file) !== undefined;
    const rule = this.#plan.ruleOf(maker);
    return rule.hasTemporary && rule.outputs[this.#plan.place(file)]?.marks.touch === true;
  }

  /** From now on, the removed outputs of a job count as missing. */
  need(job: number): void {
    for (const file of this.#plan.outputs(job)) {
      this.#mark(file, needed);
      this.absent.delete(file);
    }
  }

  /** Records that a job has made its outputs again; `made` are their fingerprints. */
  setMade(job: number, made: readonly (Fingerprint | null)[]): void {
    // Once the first job has run, folders known to be absent may exist.
    this.#disk = this.#options.files;
    const log = this.#plan.logs.get(job);
    if (log !== undefined) this.forget(log);
    this.#plan.outputs(job).forEach((file, i) => {
      this.absent.delete(file);
      this.edited.delete(file);
      this.#mark(file, changed);
      this.#fingerprints.delete(file);
      this.#unrecorded.delete(file);
      this.#mark(file, recorded);
      const fingerprint = made[i] ?? null;
      this.#contents[file] = fingerprint === null ? null : contentId(fingerprint);
    });
  }

  /** An output was removed because no job needs it any more. */
  setRemoved(file: number): void {
    this.#unmark(file, recorded);
    this.#fingerprints.delete(file);
    this.absent.add(file);
  }

  /** Forgets the state of the file. */
  forget(file: number): void {
    this.#mark(file, changed);
    this.#unmark(file, recorded);
    this.#fingerprints.delete(file);
    this.#contents[file] = undefined;
  }

  /**
   * True if an input has not changed since it was first checked or made. New hard links and permissions do not count.
   */
  isUnchanged(file: number): boolean {
    const { files, saved: known } = this.#options;
    // If the saved state was enough, it counts as the first check.
    const first =
      !this.#fingerprints.has(file) && this.isAsSaved(file) ? known?.state(file).fingerprint : undefined;
    const before = first ?? this.fingerprint(file);
    const path = this.#plan.path(file);
    const stat = files.stat(path);
    if (before === null || stat === null) return before === stat;
    if (this.#isMarker(file)) return true;
    const isPart = before.parts === undefined ? undefined : this.#partsCheck(file, before);
    const isSame = (known: Fingerprint) =>
      compareStat(files, path, known, stat) === "unchanged" &&
      (isPart === undefined || hasSameFiles(files, path, known, isPart));
    if (isSame(before)) return true;
    return isSame(withoutChangeTime(before)) && this.#hasSameContent(file, before, isPart);
  }

  #hasSameContent(file: number, before: Fingerprint, isPart: IsPart | undefined): boolean {
    const { files, hashLimit } = this.#options;
    const path = this.#plan.path(file);
    const now = takeFingerprint(files, path, hashLimit, undefined, files.stat(path), isPart);
    if (now === null || contentId(now) !== contentId(before)) return false;
    this.#fingerprints.set(file, now);
    return true;
  }

  /** Records the new state of files that differ from the history. */
  record(journal: Journal): void {
    for (const file of this.#unrecorded) {
      const now = this.#fingerprints.get(file);
      if (now == null) continue;
      const before = this.recorded(file);
      const made = this.#plan.maker(file) >= 0;
      if (made && (before === undefined || contentId(before) !== contentId(now))) continue;
      journal.append({ t: "file", path: this.#plan.path(file), print: now });
    }
    this.#unrecorded.clear();
  }
}

/** Over the hash limit an output is not read: its size decides. */
function isSameContent(before: Fingerprint, now: Fingerprint): boolean {
  const large = before.hash === "" && now.hash === "" && before.parts === undefined;
  return large ? now.size === before.size : contentId(now) === contentId(before);
}

/** The index of an output in a record: usually the same as in the rule. */
function placeIn({ path: first, others }: Trace, path: string, place: number): number {
  if (others === undefined) return path === first ? 0 : place === 0 ? -1 : place;
  if ((place === 0 ? first : others[place - 1]) === path) return place;
  return path === first ? 0 : others.indexOf(path) + 1 || -1;
}
