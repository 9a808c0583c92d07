/**
 * The saved plan, `.braid/plan`: the table of the last run, with what its files looked like and which jobs were up to
 * date then.
 *
 * It is a cache and may be removed. It is valid for one key (rules, targets, triggers) and for the journal with the
 * size and time that it names. In any other case it is ignored without an error, and the engine plans again.
 */
import type { FileStat, FileSystem } from "../disk/files.ts";
import { shortHash } from "../disk/fingerprint.ts";
import {
  type Columns,
  packColumns,
  readCache,
  type TextColumn,
  textsOf,
  unpackColumns,
  writeCache,
} from "../journal/columns.ts";
import { journalPath } from "../journal/journal.ts";
import type { Expanded } from "../patterns/expand.ts";
import { IntColumn, TextTable } from "../plan/columns.ts";
import { recipeSource } from "../plan/recipe.ts";
import { columnNames, columnsOf, Plan, type Target } from "../plan/table.ts";
import { type AnyRule, type Files, originalOf } from "../rules/rule.ts";
import { type InputTemplate, isAfter, mapFiles, type NamedRule } from "../rules/ruleset.ts";
import { fileStateColumns, type SavedFileState, SavedFileStates } from "./saved-file-states.ts";

export const savedPlanPath = ".braid/plan";
const version = 5;

interface About {
  readonly plan: number;
  /** The key of the plan. */
  readonly key: string;
  readonly journal: Pick<FileStat, "size" | "mtime"> | null;
  readonly gathersOfRule: number[][];
  readonly hasLoose: boolean;
  /** Jobs with extra files, and the rows of these files. */
  readonly extras: readonly (readonly [number, number[]])[];
}

export interface SavedPlan {
  readonly plan: Plan;
  /** It has rows that no target needs. */
  readonly hasLoose: boolean;
  readonly fileStates: SavedFileStates;
  /** 1 for each job that was up to date. */
  readonly verified: Uint8Array;
  readonly watched: ReadonlyMap<string, boolean>;
}

/** Reads the saved plan if it has this key and fits the current journal; else null. */
export function readSavedPlan(files: FileSystem, key: string, rules: readonly NamedRule[]): SavedPlan | null {
  const block = unpackColumns(readCache(files, savedPlanPath));
  const about = block?.about as About | undefined;
  if (block === null || about?.plan !== version || about.key !== key) return null;
  const journal = files.stat(journalPath);
  if (journal?.size !== about.journal?.size || journal?.mtime !== about.journal?.mtime) return null;
  const saved = fromColumns(block.columns, about, rules);
  return standsAsSaved(saved, files) ? saved : null;
}

function fromColumns(columns: Columns, about: About, rules: readonly NamedRule[]): SavedPlan {
  const { gathersOfRule, hasLoose, extras } = about;
  const table = columnsOf((name) => new IntColumn(columns[name] as Int32Array));
  const textsIn = (name: string) => textsOf(columns[name] as TextColumn);
  const words = (name: string) => new TextTable([...textsIn(name)]);
  const texts = { words: words("words"), folders: words("folders"), names: words("names") };
  const plan = new Plan(rules, table, texts, gathersOfRule);
  for (const [job, files] of extras) plan.extras.set(job, files);
  for (const target of columns.targets as Int32Array)
    plan.targets.push(target % 2 === 0 ? { file: target / 2 } : { job: (target - 1) / 2 });
  const stood = columns.stood as Uint8Array;
  const watched = new Map(textsIn("watched").map((path, i) => [path, stood[i] === 1]));
  const verified = columns.verified as Uint8Array;
  return { plan, hasLoose, fileStates: new SavedFileStates(plan, columns), verified, watched };
}

/** Whether the paths that were checked while planning still exist or not as before, and all sources exist. */
function standsAsSaved({ plan, fileStates, watched }: SavedPlan, files: FileSystem): boolean {
  for (const [path, stood] of watched) if ((files.stat(path) !== null) !== stood) return false;
  for (const file of plan.sources()) {
    const path = plan.path(file);
    if (watched.get(path) === false || fileStates.isSame(file, files)) continue;
    if (files.stat(path) === null) return false;
  }
  return true;
}

export interface PlanToSave {
  readonly plan: Plan;
  readonly hasLoose: boolean;
  readonly key: string;
  /** Paths whose existence has shaped the plan. */
  readonly watched: ReadonlyMap<string, boolean>;
  /** By file and by job. */
  stateOf(file: number): SavedFileState;
  isVerified(job: number): boolean;
}

/** Writes the plan beside the journal, which is closed. */
export function writeSavedPlan(files: FileSystem, saved: PlanToSave): void {
  const { plan, hasLoose, key, watched, stateOf, isVerified } = saved;
  writeCache(files, savedPlanPath, () => {
    const journal = files.stat(journalPath);
    const { gathersOfRule, targets, texts } = plan;
    const about: About = {
      plan: version,
      key,
      journal: journal === null ? null : { size: journal.size, mtime: journal.mtime },
      gathersOfRule,
      hasLoose,
      extras: [...plan.extras],
    };
    const table = Object.fromEntries(columnNames.map((name) => [name, plan.columns[name].view()]));
    return packColumns(about, {
      ...table,
      words: texts.words.texts,
      folders: texts.folders.texts,
      names: texts.names.texts,
      targets: Int32Array.from(targets, targetNumber),
      watched: [...watched.keys()],
      stood: Uint8Array.from(watched.values(), Number),
      verified: Uint8Array.from({ length: plan.jobCount }, (_, job) => Number(isVerified(job))),
      ...fileStateColumns(plan.fileCount, stateOf),
    });
  });
}

function targetNumber(target: Target): number {
  return "file" in target ? 2 * target.file : 2 * target.job + 1;
}

/**
 * The key of a plan; `about` is plain data such as the targets. Null if functions give the inputs of jobs: then the
 * plan is known only after calling them.
 */
export function planKey(rules: readonly NamedRule[], about: unknown): string | null {
  if (rules.some(({ spec }) => typeof spec.input === "function" || isAfter(spec.input))) return null;
  const names = new Map<AnyRule, string>(rules.map((rule) => [originalOf(rule.spec), rule.name]));
  const described = rules.map((rule) => ({
    name: rule.name,
    recipe: recipeSource(rule),
    outputs: rule.outputs.map(({ pattern, marks }) => [pattern.source, marks]),
    inputs: rule.inputs.map((input) => inputText(input, names)),
    log: rule.log?.source,
    // Names and positions count too, because bodies see them.
    shapes: [rule.spec.input as Files, rule.spec.output].map((files) => mapFiles(files, () => 0)),
    constraints: rule.spec.constraints,
    triggers: rule.spec.triggers,
  }));
  return shortHash(JSON.stringify([about, described]));
}

function inputText(input: InputTemplate, names: ReadonlyMap<AnyRule, string>): unknown {
  if (input.kind === "list") return [input.ancient, expandedText(input.expanded)];
  const { pattern, ancient, maker } = input;
  return [ancient, pattern.source, maker === undefined ? "" : names.get(originalOf(maker))];
}

function expandedText({ patterns, values, zip }: Expanded): unknown {
  return [patterns.map((pattern) => pattern.source), [...values], zip];
}
