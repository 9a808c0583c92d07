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
  emptyFolder,
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
import { type PartsCheck, type PlanFor, partsCheck } from "./folder-parts.ts";
import { fingerprintIn, Records } from "./records.ts";
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
  /** Outputs that exist without a record: they may be somebody's own files. */
  readonly foreign = new Set<number>();
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
  #disk: Inventory;
  readonly #partsCheck: PartsCheck;
  readonly #records: Records;
  /** When the last run began that did not end: what it made may have no record. In ms since 1970. */
  readonly #unfinishedSince: number;

  constructor(options: FileStatesOptions) {
    this.#options = options;
    this.#plan = options.plan;
    this.#disk = options.disk;
    this.#partsCheck = partsCheck(options.plan, options.planFor, options.files);
    this.#records = new Records(options.plan, options.history);
    this.#unfinishedSince = options.history.runs.findLast(({ end }) => end === undefined)?.at ?? Infinity;
    this.#contents = new Array(options.plan.fileCount);
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

  /** The record of how a job was made. */
  trace(job: number): Trace | undefined {
    return this.#records.trace(job);
  }

  /** The recorded fingerprint of a file. */
  recorded(file: number): Fingerprint | undefined {
    return this.#records.fingerprint(file);
  }

  /** The fingerprint of the file now, or the recorded one if the file was removed; null if there is no file. */
  fingerprint(file: number): Fingerprint | null {
    const own = this.#fingerprints.get(file);
    if (own !== undefined) return own;
    // Of an empty folder in an output folder there is no record.
    if (this.isAbsent(file))
      return this.recorded(file) ?? (this.#plan.place(file) < 0 ? emptyFolder() : null);
    if (this.#has(file, recorded)) return this.recorded(file) ?? null;
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
    if (this.#plan.maker(file) < 0 || this.#has(file, recorded) || this.isAbsent(file))
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
    if (this.#has(file, changed) || before?.isSame(file, files) !== true) return false;
    if (before.isAbsent(file) && !this.#has(file, needed) && this.#plan.place(file) >= 0)
      this.absent.add(file);
    return true;
  }

  /** How a file looks now, to be saved with the plan. */
  stateToSave(file: number): SavedFileState {
    if (this.isAbsent(file)) return { kind: saved.absent, content: this.content(file) ?? "" };
    const maker = this.#plan.maker(file);
    const own = this.#fingerprints.get(file);
    const fingerprint = own ?? (this.#has(file, recorded) ? this.recorded(file) : undefined);
    if (fingerprint != null) {
      // Without a record, everything in a folder counts, as in a source.
      const folder = maker < 0 || this.recorded(file) === undefined ? saved.source : saved.folder;
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

  /** True for a removed output whose record is still valid, as long as nobody needs it, and for a file in it. */
  isAbsent(file: number): boolean {
    if (this.absent.size === 0) return false;
    // Only an extra file lies in another one.
    return this.absent.has(file) || (this.#plan.extras.size > 0 && this.absent.has(this.#plan.holder(file)));
  }

  /** True for an extra file that its job must make: a log that is gone, or a file in a folder without a record. */
  isExtraLost(file: number): boolean {
    if (this.exists(file)) return false;
    return (
      this.#plan.holder(file) < 0 ||
      (!this.isAbsent(file) && this.trace(this.#plan.maker(file)) === undefined)
    );
  }

  /** True for an extra file that is not there although its job is up to date, or is done. */
  isExtraMissing(file: number): boolean {
    return (
      this.#plan.maker(file) >= 0 && this.#plan.place(file) < 0 && !this.isAbsent(file) && !this.exists(file)
    );
  }

  /** Whether an output that exists without a record was made by a job with other outputs. */
  isMadeOtherwise(file: number): boolean {
    const path = this.#plan.path(file);
    const stat = this.#disk.stat(path);
    return stat !== null && this.#records.isMadeOtherwise(path, stat.directory);
  }

  /** Whether an output may contain somebody's work, so that it is moved away instead of replaced. */
  isOfUser(file: number): boolean {
    return this.edited.has(file) || this.foreign.has(file);
  }

  /** Whether a file exists now. */
  exists(file: number): boolean {
    return this.#disk.stat(this.#plan.path(file)) !== null;
  }

  /** Looks at an output; `trace` is its job's record, `place` its index in the rule. */
  output(file: number, place: number, marks: Marks, trace: Trace | undefined): OutputState {
    const { files } = this.#options;
    const path = this.#plan.path(file);
    const before = trace && fingerprintIn(trace, path, place);
    const stat = this.#disk.stat(path);
    if (stat === null) return this.#removed(file, before);
    if (stat.special || stat.directory !== (marks.directory === true)) {
      if (stat.directory) this.inWrongPlace.add(file);
      // Somebody has put a file in the place of a folder.
      if (!stat.special && !stat.directory) (before === undefined ? this.foreign : this.edited).add(file);
      return "another kind";
    }
    if (before === undefined) {
      if (stat.directory || !(marks.touch || this.#isMadeUnrecorded(file, stat))) this.foreign.add(file);
      return "as made";
    }
    if (marks.touch) {
      this.#mark(file, recorded);
      return "as made";
    }
    const found = compareStat(files, path, before, stat);
    if (found === "incomplete") {
      // What others have put into a folder does not count.
      if (before.parts!.every(({ name }) => files.stat(`${path}/${name}`) === null))
        return this.#removed(file, before);
      if (this.#isRemainderEdited(path, before, stat)) this.edited.add(file);
      return "lost";
    }
    if (found === "unchanged") {
      this.#mark(file, recorded);
      return "as made";
    }
    return this.#compare(file, before);
  }

  /** Whether a job is known to have made an output that has no record of its own. */
  #isMadeUnrecorded(file: number, { mtime }: FileStat): boolean {
    const { history } = this.#options;
    if (this.#records.isMadeOtherwise(this.#plan.path(file), false)) return true;
    // A run that was killed had moved it into place.
    return mtime >= this.#unfinishedSince && history.open.has(this.#plan.key(this.#plan.maker(file)));
  }

  #removed(file: number, before: Fingerprint | undefined): OutputState {
    if (before === undefined || this.#has(file, needed)) return "missing";
    this.absent.add(file);
    return "removed";
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
    if (maker < 0) return this.#records.formerMarker(this.#plan.path(file)) !== undefined;
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
    for (const file of this.#plan.extras.get(job) ?? []) this.forget(file);
    this.#records.forget(job);
    this.#plan.outputs(job).forEach((file, i) => {
      this.absent.delete(file);
      this.edited.delete(file);
      this.foreign.delete(file);
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
  if (before.parts !== undefined && now.parts !== undefined)
    return (
      before.parts.length === now.parts.length &&
      before.parts.every(
        (part, i) => part.name === now.parts![i]!.name && isSameContent(part, now.parts![i]!),
      )
    );
  const large = before.hash === "" && now.hash === "";
  return large ? now.size === before.size : contentId(now) === contentId(before);
}
