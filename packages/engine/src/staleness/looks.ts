/**
 * What stands at each file of a plan: one look at each, and only where somebody asks.
 *
 * A file that looks as the history knows it is taken to have the content of then; any other is read. A removed output
 * whose record holds counts as standing with what is recorded.
 */

import type { FileStat, FileSystem } from "../disk/files.ts";
import { contentId, type Fingerprint, fingerprint, hasSameFiles, look } from "../disk/fingerprint.ts";
import type { Inventory } from "../disk/inventory.ts";
import type { History, Journal } from "../journal/journal.ts";
import type { Trace } from "../journal/traces.ts";
import type { Readers } from "../plan/readers.ts";
import type { Plan } from "../plan/table.ts";
import type { Marks } from "../rules/marks.ts";
import { type PartsCheck, partsCheck } from "./folder-parts.ts";
import { type SavedLook, type SavedLooks, saved } from "./saved-looks.ts";

/** What a look at an output says, with its record: `lost`: a recorded file of the folder is gone. */
export type OutputLook = "as made" | "changed" | "missing" | "removed" | "lost" | "another kind";

export interface LooksOptions {
  readonly plan: Plan;
  readonly readers: Readers;
  readonly files: FileSystem;
  readonly disk: Inventory;
  readonly history: History;
  readonly hashLimit: number;
  /** What the files looked like when the plan was saved. */
  readonly saved?: SavedLooks | undefined;
}

/**
 * Flags of a file: it looks as its record says; this run has made it or found it to change, so that how it was saved
 * says nothing any more; some job needs it, so that it may not be absent.
 */
const [recorded, changed, needed] = [1, 2, 4];

export class Looks {
  /** Removed outputs whose record holds, as long as nobody needs them. */
  readonly absent = new Set<number>();
  /** Outputs that are not what was made: somebody's work may be in them. */
  readonly edited = new Set<number>();
  readonly #options: LooksOptions;
  readonly #plan: Plan;
  /** Prints taken in this run; null where nothing stands. */
  readonly #prints = new Map<number, Fingerprint | null>();
  readonly #contents: (string | null | undefined)[];
  #flags: Uint8Array;
  /** Sources and outputs whose look the history does not know. */
  readonly #unrecorded = new Set<number>();
  #disk: Inventory;
  readonly #counts: PartsCheck;

  constructor(options: LooksOptions) {
    this.#options = options;
    this.#plan = options.plan;
    this.#disk = options.disk;
    this.#counts = partsCheck(options.plan, options.readers);
    this.#contents = new Array(options.plan.fileCount);
    this.#flags = new Uint8Array(options.plan.fileCount);
  }

  #has(file: number, flag: number): boolean {
    return (this.#flags[file]! & flag) !== 0;
  }

  #mark(file: number, flag: number): void {
    if (file >= this.#flags.length) {
      const wider = new Uint8Array(Math.max(this.#plan.fileCount, 2 * this.#flags.length));
      wider.set(this.#flags);
      this.#flags = wider;
    }
    this.#flags[file]! |= flag;
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

  /** What the history knows of a file: of an output what its job made, of a source how it looked last. */
  known(file: number): Fingerprint | undefined {
    const path = this.#plan.path(file);
    const maker = this.#plan.maker(file);
    if (maker < 0) return this.#options.history.prints.get(path);
    const trace = this.trace(maker);
    return trace?.outputs[placeIn(trace, path, this.#plan.place(file))];
  }

  /** What stands there now, or would where it was removed; null where nothing does. */
  print(file: number): Fingerprint | null {
    const own = this.#prints.get(file);
    if (own !== undefined) return own;
    if (this.#has(file, recorded) || this.absent.has(file)) return this.known(file) ?? null;
    return this.#take(file, this.known(file), this.#disk.stat(this.#plan.path(file)));
  }

  /** The content of a file as a text to compare; null where nothing stands. */
  content(file: number): string | null {
    let content = this.#contents[file];
    if (content === undefined) {
      const before = this.#savedContent(file);
      if (before !== undefined) return before;
      const print = this.print(file);
      content = print === null ? null : this.#identity(file, print);
      this.#contents[file] = content;
    }
    return content;
  }

  /** Where what was made stands there, readers know it by what its record says. */
  #identity(file: number, print: Fingerprint): string {
    if (this.#plan.maker(file) < 0 || this.#has(file, recorded) || this.absent.has(file))
      return contentId(print);
    const made = this.known(file);
    return contentId(made !== undefined && isSameContent(made, print) ? made : print);
  }

  /** The content of a file that looks as it did when the plan was saved. */
  #savedContent(file: number): string | undefined {
    const { saved: before } = this.#options;
    if (before === undefined || this.#prints.has(file) || this.#has(file, recorded)) return undefined;
    return this.isAsSaved(file) ? before.content(file) || undefined : undefined;
  }

  /** The content that the history knows; undefined where it knows nothing. */
  knownContent(file: number): string | undefined {
    const known = this.known(file);
    return known === undefined ? undefined : contentId(known);
  }

  /** Whether a file looks as it did when the plan was saved; one that was removed then is still absent. */
  isAsSaved(file: number): boolean {
    const { saved: before, files } = this.#options;
    if (this.#has(file, changed) || before?.isSame(file, this.#plan.path(file), files) !== true) return false;
    if (before.isAbsent(file) && !this.#has(file, needed)) this.absent.add(file);
    return true;
  }

  /** How a file looks now, to be saved with the plan. */
  toSave(file: number): SavedLook {
    if (this.absent.has(file)) return { kind: saved.absent, content: this.content(file) ?? "" };
    const maker = this.#plan.maker(file);
    const own = this.#prints.get(file);
    const print = own ?? (this.#has(file, recorded) ? this.known(file) : undefined);
    if (print != null) {
      const folder = maker < 0 ? saved.source : saved.folder;
      const content = this.content(file) ?? "";
      return { kind: print.parts === undefined ? saved.file : folder, print, content };
    }
    const before = this.#options.saved;
    if (before === undefined || this.#has(file, changed)) return { kind: saved.unknown };
    return before.look(file);
  }

  /** True for an output that is known to be what its job made, standing or removed. */
  isAsMade(file: number): boolean {
    if (this.#has(file, recorded) || this.absent.has(file)) return true;
    const known = this.#contents[file];
    return known != null && known === this.knownContent(file);
  }

  /** Whether anything stands at a file now. */
  stands(file: number): boolean {
    return this.#disk.stat(this.#plan.path(file)) !== null;
  }

  /** Looks at an output; `trace` is its job's record, `place` where its rule has it. */
  output(file: number, place: number, marks: Marks, trace: Trace | undefined): OutputLook {
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
      // A file that somebody has put in the place of a folder.
      if (before !== undefined && !stat.special && !stat.directory) this.edited.add(file);
      return "another kind";
    }
    if (before === undefined) return "as made";
    if (marks.touch) {
      this.#mark(file, recorded);
      return "as made";
    }
    const found = look(files, path, before, stat);
    if (found === "incomplete") {
      if (this.#isRestEdited(path, before, stat)) this.edited.add(file);
      return "lost";
    }
    if (found === "unchanged") {
      this.#mark(file, recorded);
      return "as made";
    }
    return this.#compare(file, before);
  }

  /** Whether a file of a folder that lacks others is not what was made. */
  #isRestEdited(path: string, before: Fingerprint, stat: FileStat): boolean {
    const { files, hashLimit } = this.#options;
    const made = new Map(before.parts!.map((part) => [part.name, part]));
    const now = fingerprint(files, path, hashLimit, before, stat, (name) => made.has(name));
    return now!.parts!.some((part) => contentId(part) !== contentId(made.get(part.name)!));
  }

  /** An output that looks otherwise: its content decides; over the hash limit, its size. */
  #compare(file: number, before: Fingerprint): OutputLook {
    const print = this.#take(file, before, this.#disk.stat(this.#plan.path(file)))!;
    if (!isSameContent(before, print)) {
      this.edited.add(file);
      return "changed";
    }
    this.#contents[file] = contentId(before);
    return "as made";
  }

  #take(
    file: number,
    before: Fingerprint | undefined,
    stat: ReturnType<Inventory["stat"]>,
  ): Fingerprint | null {
    const { files, history, hashLimit } = this.#options;
    const path = this.#plan.path(file);
    const source = this.#plan.maker(file) < 0;
    if (before !== undefined && stat !== null && !source && this.#isMarker(file)) {
      this.#mark(file, recorded);
      return before;
    }
    const counts = this.#counts(file, before);
    // A look that was recorded later, of the same content.
    const later = source || before === undefined ? undefined : history.prints.get(path);
    const known = later !== undefined && contentId(later) === contentId(before!) ? later : before;
    const same =
      known !== undefined &&
      stat !== null &&
      look(files, path, known, stat) === "unchanged" &&
      (!source || known.parts === undefined || hasSameFiles(files, path, known, counts));
    const now = same ? known : fingerprint(files, path, hashLimit, known, stat, counts);
    this.#prints.set(file, now);
    if (now !== null && !same && (source || before !== undefined)) this.#unrecorded.add(file);
    return now;
  }

  /** An output that only says that its job was done: touching it changes nothing. */
  #isMarker(file: number): boolean {
    const rule = this.#plan.ruleOf(this.#plan.maker(file));
    return rule.fleeting && rule.outputs[this.#plan.place(file)]?.marks.touch === true;
  }

  /** From now on, what was removed of a job's outputs counts as missing. */
  need(job: number): void {
    for (const file of this.#plan.outputs(job)) {
      this.#mark(file, needed);
      this.absent.delete(file);
    }
  }

  /** A job has made its outputs anew; `made` are their prints. */
  remade(job: number, made: readonly (Fingerprint | null)[]): void {
    // Once the first job has run, folders known to be absent are no longer.
    this.#disk = this.#options.files;
    const log = this.#plan.logs.get(job);
    if (log !== undefined) this.forget(log);
    this.#plan.outputs(job).forEach((file, i) => {
      this.absent.delete(file);
      this.edited.delete(file);
      this.#mark(file, changed);
      this.#prints.delete(file);
      this.#unrecorded.delete(file);
      this.#mark(file, recorded);
      const print = made[i] ?? null;
      this.#contents[file] = print === null ? null : contentId(print);
    });
  }

  /** An output was removed because no job needs it any more. */
  removed(file: number): void {
    this.#flags[file]! &= ~recorded;
    this.#prints.delete(file);
    this.absent.add(file);
  }

  /** What stood there is not known any more. */
  forget(file: number): void {
    this.#mark(file, changed);
    this.#prints.delete(file);
    this.#contents[file] = undefined;
  }

  /** True if a source still looks as it did when it was looked at first. */
  isUnchanged(file: number): boolean {
    const { files, saved: known } = this.#options;
    // Where the saved look was enough, it is the first.
    const first = !this.#prints.has(file) && this.isAsSaved(file) ? known?.look(file).print : undefined;
    const before = first ?? this.print(file);
    const path = this.#plan.path(file);
    const stat = files.stat(path);
    if (before === null || stat === null) return before === stat;
    if (look(files, path, before, stat) !== "unchanged") return false;
    return before.parts === undefined || hasSameFiles(files, path, before, this.#counts(file, before));
  }

  /** Records how files look now that look otherwise than the history knows. */
  record(journal: Journal): void {
    for (const file of this.#unrecorded) {
      const now = this.#prints.get(file);
      if (now == null) continue;
      const before = this.known(file);
      const made = this.#plan.maker(file) >= 0;
      if (made && (before === undefined || contentId(before) !== contentId(now))) continue;
      journal.append({ t: "file", path: this.#plan.path(file), print: now });
    }
    this.#unrecorded.clear();
  }
}

/** Over the hash limit nobody has read an output: its size tells. */
function isSameContent(before: Fingerprint, now: Fingerprint): boolean {
  const large = before.hash === "" && now.hash === "" && before.parts === undefined;
  return large ? now.size === before.size : contentId(now) === contentId(before);
}

/** Where a record has an output: most often where the rule has it now. */
function placeIn({ path: first, others }: Trace, path: string, place: number): number {
  if (others === undefined) return path === first ? 0 : place === 0 ? -1 : place;
  if ((place === 0 ? first : others[place - 1]) === path) return place;
  return path === first ? 0 : others.indexOf(path) + 1 || -1;
}
