/**
 * The plan as a table: a row per job, a row per file, a row per gather, each identified by its index.
 *
 * Rows are only appended, and never renumbered. A job comes after every job that it depends on, except for inputs that
 * an `after` named later. There are no job or file objects: `job(row)` is a view for messages and bodies.
 */

import type { Expanded } from "../patterns/expand.ts";
import { plainPath } from "../patterns/pattern.ts";
import type { Files } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import { IntColumn, PairIndex, TextTable } from "./columns.ts";
import type { AfterInputs } from "./job-inputs.ts";

export const columnNames = [
  // By file.
  "folder",
  "name",
  "maker",
  // By job: the start of its values and outputs in `items`, and the start of its inputs.
  "rule",
  "start",
  "inputStart",
  "inputEnd",
  "items",
  // By gather: the start of its files in `gatherItems`.
  "gatherStart",
  "gatherEnd",
  "gatherItems",
] as const;

export type TableColumns = Readonly<Record<(typeof columnNames)[number], IntColumn>>;

interface TableTexts {
  /** The values of wildcards. */
  readonly words: TextTable;
  /** Folders end with a slash; that of the working folder is empty. */
  readonly folders: TextTable;
  readonly names: TextTable;
}

export function columnsOf(column: (name: keyof TableColumns) => IntColumn): TableColumns {
  return Object.fromEntries(columnNames.map((name) => [name, column(name)])) as unknown as TableColumns;
}

const emptyColumns = () => columnsOf(() => new IntColumn());

/** A job as messages, bodies and the public API see it. */
export interface JobView {
  readonly row: number;
  readonly rule: NamedRule;
  /** Values of the rule's wildcards, in their order. */
  readonly values: readonly string[];
  readonly outputs: readonly string[];
  /** Input paths, except those of gathers. */
  inputs(): readonly string[];
  /** What an input function returned, in its shape; undefined if the inputs are the rule's own patterns. */
  readonly given: Files | undefined;
  /** True for an input that is missing in this run: lists and gathers leave it out. */
  lacks(path: string): boolean;
}

/**
 * A target: a file, or a job of a rule without outputs. `beside`: nobody asked for the file itself, but for what
 * cannot be made from it (`input`), or only that its job runs again (`forced`).
 */
export type Target =
  | { readonly file: number; readonly beside?: "input" | "forced" }
  | { readonly job: number };

/** Where a table ends: how many there are of each. What was asked for stays. */
export interface PlanMark {
  readonly jobs: number;
  readonly files: number;
  readonly gathers: number;
  readonly items: number;
  readonly readAgain: number;
}

/** In an input place, marks a file whose changes do not count; the file is the place shifted by one. */
export const ancientBit = 1;

export class Plan {
  readonly rules: readonly NamedRule[];
  readonly columns: TableColumns;
  readonly texts: TableTexts;
  /** The gather rows of each rule, by the rule's index; all jobs of a rule share them. */
  readonly gathersOfRule: number[][];
  readonly gatherOf = new Map<Expanded, number>();
  /** Second halves of `after` that were not called yet, by job. */
  readonly afterInputs = new Map<number, AfterInputs>();
  /** For each first input of an `after`, whether it belongs to a list, by job; kept when the job has grown. */
  readonly firstLists = new Map<number, readonly boolean[]>();
  /** The inputs that functions returned, in their shape, by job. */
  readonly functionInputs = new Map<number, Files>();
  /** Outputs that are, or hold, first inputs of an `after`: each run reads them again. */
  readonly readAgain = new Set<number>();
  /** Files that jobs make beside their outputs and that other jobs read: logs, and files in output folders; by job. */
  readonly extras = new Map<number, number[]>();
  /** Files that are missing in this run because an optional job failed. */
  readonly missingOptional = new Set<number>();
  readonly targets: Target[] = [];
  /** The first job that got more inputs from an `after`. */
  firstGrown = Number.POSITIVE_INFINITY;
  #index: PairIndex | undefined;
  #lastFolder = "";
  #lastFolderIndex = -1;

  constructor(
    rules: readonly NamedRule[],
    columns: TableColumns = emptyColumns(),
    texts: TableTexts = { words: new TextTable(), folders: new TextTable(), names: new TextTable() },
    gathersOfRule: number[][] = rules.map(() => []),
  ) {
    this.rules = rules;
    this.columns = columns;
    this.texts = texts;
    this.gathersOfRule = gathersOfRule;
  }

  get jobCount(): number {
    return this.columns.rule.length;
  }

  get fileCount(): number {
    return this.columns.name.length;
  }

  get gatherCount(): number {
    return this.columns.gatherStart.length;
  }

  ruleOf(job: number): NamedRule {
    return this.rules[this.columns.rule.at(job)]!;
  }

  /** The rows of the rule's gathers, which are inputs of the job after those of `inputs`. */
  gathers(job: number): readonly number[] {
    return this.gathersOfRule[this.columns.rule.at(job)]!;
  }

  /** Output files, in the order of the rule. */
  outputs(job: number): Int32Array {
    const { start, items } = this.columns;
    const rule = this.ruleOf(job);
    const first = start.at(job) + rule.wildcards.length;
    return items.view(first, first + rule.outputs.length);
  }

  /** The output files of a job, and its extra files. */
  made(job: number): Iterable<number> {
    const extras = this.extras.get(job);
    return extras === undefined ? this.outputs(job) : [...this.outputs(job), ...extras];
  }

  /** Whether a check holds for every file that a job makes. No view is made: this is asked for every job. */
  everyMade(job: number, check: (file: number) => boolean): boolean {
    const { start, items } = this.columns;
    const rule = this.ruleOf(job);
    const first = start.at(job) + rule.wildcards.length;
    for (let i = 0; i < rule.outputs.length; i++) if (!check(items.at(first + i))) return false;
    return this.extras.get(job)?.every((file) => check(file)) ?? true;
  }

  /** A job makes a file that is none of its outputs, and that is read: its log, or a file in an output folder. */
  addExtra(file: number, job: number): void {
    const known = this.extras.get(job);
    if (known === undefined) this.extras.set(job, [file]);
    else known.push(file);
    this.columns.maker.set(file, job);
  }

  /** Input places without those of gathers: the file shifted by one, and the ancient bit. */
  inputs(job: number): Int32Array {
    const { inputStart, inputEnd, items } = this.columns;
    return items.view(inputStart.at(job), inputEnd.at(job));
  }

  /** Whether a check holds for every input place of a job. No view is made: this is asked for every job. */
  everyInput(job: number, check: (place: number) => boolean): boolean {
    const { inputStart, inputEnd, items } = this.columns;
    const end = inputEnd.at(job);
    for (let i = inputStart.at(job); i < end; i++) if (!check(items.at(i))) return false;
    return true;
  }

  gatherFiles(gather: number): Int32Array {
    const { gatherStart, gatherEnd, gatherItems } = this.columns;
    return gatherItems.view(gatherStart.at(gather), gatherEnd.at(gather));
  }

  /** Input files that are not missing in this run. */
  present(files: Int32Array): Int32Array {
    return this.missingOptional.size === 0 ? files : files.filter((file) => !this.missingOptional.has(file));
  }

  /** Every input file of a job, those of its gathers too. */
  *inputFiles(job: number): Generator<number> {
    for (const place of this.inputs(job)) yield place >> 1;
    for (const gather of this.gathers(job)) yield* this.gatherFiles(gather);
  }

  inputPaths(job: number): string[] {
    return Array.from(this.inputFiles(job), (file) => this.path(file));
  }

  values(job: number): string[] {
    const { start, items } = this.columns;
    const first = start.at(job);
    return Array.from(items.view(first, first + this.ruleOf(job).wildcards.length), (word) =>
      this.texts.words.at(word),
    );
  }

  /** The job that makes a file; -1 for a source. */
  maker(file: number): number {
    return this.columns.maker.at(file);
  }

  /** The files that no job makes, in ascending order. */
  sources(): number[] {
    const makers = this.columns.maker.view();
    const files: number[] = [];
    for (let file = makers.indexOf(-1); file >= 0; file = makers.indexOf(-1, file + 1)) files.push(file);
    return files;
  }

  path(file: number): string {
    const { folders, names } = this.texts;
    return folders.at(this.columns.folder.at(file)) + names.at(this.columns.name.at(file));
  }

  /** A view of a job. */
  job(row: number): JobView {
    const rule = this.ruleOf(row);
    return {
      row,
      rule,
      values: this.values(row),
      outputs: Array.from(this.outputs(row), (file) => this.path(file)),
      inputs: () => Array.from(this.inputs(row), (place) => this.path(place >> 1)),
      given: this.functionInputs.get(row),
      lacks: (path) => this.missingOptional.size > 0 && this.missingOptional.has(this.find(path)),
    };
  }

  /** The key of a job in the journal: its first output, or its rule if it has no outputs. */
  key(job: number): string {
    return this.ruleOf(job).outputs.length === 0 ? this.ruleOf(job).name : this.path(this.outputs(job)[0]!);
  }

  /** The index of a file among its job's outputs; -1 if it is not an output. */
  place(file: number): number {
    const maker = file < 0 ? -1 : this.maker(file);
    if (maker < 0) return -1;
    const outputs = this.outputs(maker);
    // The outputs of a job mostly got their rows one after the other.
    const likely = file - outputs[0]!;
    return outputs[likely] === file ? likely : outputs.indexOf(file);
  }

  /** The output that a file is or lies in; -1 for a source or a log. */
  holder(file: number): number {
    const maker = this.maker(file);
    if (maker < 0) return -1;
    const outputs = this.outputs(maker);
    if (this.place(file) >= 0) return file;
    const path = this.path(file);
    return outputs.find((output) => path.startsWith(`${this.path(output)}/`)) ?? -1;
  }

  /** The same, but where one output lies in another, the outer one: it is removed whole, and only it is. */
  outermost(file: number): number {
    const inner = this.holder(file);
    const outputs = inner < 0 ? [] : this.outputs(this.maker(file));
    if (outputs.length < 2) return inner;
    let outer = inner;
    for (const output of outputs) if (this.path(outer).startsWith(`${this.path(output)}/`)) outer = output;
    return outer;
  }

  /** True for an output that is removed when no job needs it any more, and for a file in it. */
  isTemporary(file: number): boolean {
    const maker = this.maker(file);
    if (maker < 0 || !this.ruleOf(maker).hasTemporary) return false;
    return this.ruleOf(maker).outputs[this.place(this.holder(file))]?.marks.temp === true;
  }

  /** The file of a path; -1 if it is not in the plan. */
  find(given: string): number {
    const path = plainPath(given);
    const slash = path.lastIndexOf("/") + 1;
    const folder = this.#folder(path, slash, false);
    const name = folder < 0 ? -1 : this.texts.names.find(path.slice(slash));
    return name < 0 ? -1 : this.#files().find(folder, name);
  }

  /** The file of a path, which is added if it is new. */
  file(given: string): number {
    const path = plainPath(given);
    const slash = path.lastIndexOf("/") + 1;
    const folder = this.#folder(path, slash, true);
    const name = this.texts.names.add(path.slice(slash));
    const found = this.#files().find(folder, name);
    if (found >= 0) return found;
    const { columns } = this;
    columns.folder.push(folder);
    columns.maker.push(-1);
    const file = columns.name.push(name);
    this.#files().insert(file);
    return file;
  }

  /** Appends a job whose items begin at `start`, and makes it the maker of its outputs. */
  addJob(rule: number, start: number, inputStart: number, inputEnd: number): number {
    const { columns } = this;
    columns.start.push(start);
    columns.inputStart.push(inputStart);
    columns.inputEnd.push(inputEnd);
    const row = columns.rule.push(rule);
    for (const file of this.outputs(row)) columns.maker.set(file, row);
    return row;
  }

  /** Gives a job more inputs after those that it has: its places move to the end of the items. */
  extendInputs(job: number, places: readonly number[]): void {
    const { inputStart, inputEnd, items } = this.columns;
    const before = this.inputs(job).slice();
    inputStart.set(job, items.length);
    for (const place of before) items.push(place);
    for (const place of places) items.push(place);
    inputEnd.set(job, items.length);
  }

  /** The gather over an expansion, made on first use. */
  gather(expanded: Expanded, paths: () => readonly string[]): number {
    let row = this.gatherOf.get(expanded);
    if (row === undefined) {
      const { gatherStart, gatherEnd, gatherItems } = this.columns;
      const start = gatherItems.length;
      for (const path of paths()) gatherItems.push(this.file(path));
      gatherEnd.push(gatherItems.length);
      row = gatherStart.push(start);
      this.gatherOf.set(expanded, row);
    }
    return row;
  }

  /** Where the table ends, for `truncate`. */
  mark(): PlanMark {
    return {
      jobs: this.jobCount,
      files: this.fileCount,
      gathers: this.gatherCount,
      items: this.columns.items.length,
      readAgain: this.readAgain.size,
    };
  }

  /** Takes back every row since `mark`, and what is known of it. */
  truncate({ jobs, files, gathers, items, readAgain }: PlanMark): void {
    const { columns } = this;
    for (let job = jobs; job < this.jobCount; job++)
      for (const file of this.outputs(job)) if (columns.maker.at(file) === job) columns.maker.set(file, -1);
    this.#truncateExtras(jobs, files);
    for (const column of [columns.rule, columns.start, columns.inputStart, columns.inputEnd])
      column.truncate(jobs);
    for (const column of [columns.folder, columns.name, columns.maker]) column.truncate(files);
    columns.items.truncate(items);
    for (const map of [this.functionInputs, this.afterInputs, this.firstLists])
      for (const job of map.keys()) if (job >= jobs) map.delete(job);
    for (const file of [...this.readAgain].slice(readAgain)) this.readAgain.delete(file);
    this.#truncateGathers(gathers);
    this.#index?.rebuild();
  }

  #truncateExtras(jobs: number, files: number): void {
    for (const [job, extras] of this.extras) {
      const left = job >= jobs ? [] : extras.filter((file) => file < files);
      for (const file of extras) if (job >= jobs && file < files) this.columns.maker.set(file, -1);
      if (left.length === 0) this.extras.delete(job);
      else if (left.length < extras.length) this.extras.set(job, left);
    }
  }

  #truncateGathers(gathers: number): void {
    const { gatherItems, gatherStart, gatherEnd } = this.columns;
    if (gathers === this.gatherCount) return;
    for (const [expanded, gather] of this.gatherOf) if (gather >= gathers) this.gatherOf.delete(expanded);
    gatherItems.truncate(gatherStart.at(gathers));
    gatherStart.truncate(gathers);
    gatherEnd.truncate(gathers);
    this.gathersOfRule.forEach((rows, rule) => {
      if (rows.some((gather) => gather >= gathers)) this.gathersOfRule[rule] = [];
    });
  }

  /** Paths come folder by folder: most are in the same folder as the path before. */
  #folder(path: string, slash: number, add: boolean): number {
    if (this.#lastFolderIndex >= 0 && slash === this.#lastFolder.length && path.startsWith(this.#lastFolder))
      return this.#lastFolderIndex;
    const folder = path.slice(0, slash);
    const index = add ? this.texts.folders.add(folder) : this.texts.folders.find(folder);
    if (index < 0) return index;
    this.#lastFolder = folder;
    this.#lastFolderIndex = index;
    return index;
  }

  #files(): PairIndex {
    this.#index ??= new PairIndex(this.columns.folder, this.columns.name);
    return this.#index;
  }
}
