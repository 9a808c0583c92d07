/**
 * `pnpm data import` as a function: files of any names, units and dates become a data folder with a config that runs. The
 * mapping is guessed, shown, confirmed and kept in the folder; then the files are read in a second pass.
 */
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cannot } from "braid-engine";
import { isDischarge } from "../check/units-of.ts";
import { type WrittenFolder, writeFolder } from "../folder/write-folder.ts";
import { kinds, readUnit } from "../units/kinds.ts";
import { droppedColumns, type FileGroup, type Guess, leftOutLines } from "./mapping/group.ts";
import { groupFiles } from "./mapping/group-files.ts";
import { guessMapping } from "./mapping/guess.ts";
import { type Mapping, readMapping, sectionOf } from "./mapping/mapping.ts";
import type { Question } from "./mapping/questions.ts";
import { mappingText } from "./mapping/write-mapping.ts";
import { assembleSites, measured } from "./values/assemble-sites.ts";
import { compareIds } from "./values/compare-ids.ts";
import { failSite, type LeftOut, leaveOutNothing, leftOutNotes } from "./values/left-out.ts";
import { checkRecords } from "./values/parts-of-records.ts";
import { type GroupPlan, planGroup } from "./values/plan.ts";
import { readGroup } from "./values/read-group.ts";
import { openStore, type SiteStore } from "./values/store.ts";

/** How an import talks with its user. */
export interface Dialogue {
  show(text: string): void;
  /** Asks a question with these answers; null if nobody can be asked. */
  readonly ask: ((question: Pick<Question, "text" | "choices">) => Promise<string>) | null;
}

/** What to import. */
export interface ImportOptions {
  readonly files: readonly string[];
  readonly out: string;
  /** The file of a mapping; without it, the one that the last import left in the folder. */
  readonly mapping?: string | undefined;
  /** Accepts the guesses without asking. */
  readonly yes: boolean;
  /** Stops at the first row that cannot be read; without it, only the site of the row is left out. */
  readonly strict?: boolean | undefined;
}

/** What was imported. */
export interface Imported extends WrittenFolder {
  /** Sites of the files that are not in the folder. */
  readonly leftOut: readonly string[];
  /** Columns with values that are not used, by file. */
  readonly unused: ReadonlyMap<string, readonly string[]>;
  /** For the user: sites and days that were left out, codes for "missing". */
  readonly notes: readonly string[];
}

/** The mapping in a data folder, and the proposal that nobody has confirmed. */
const mappingFile = "mapping.yml";
const proposalFile = "mapping.proposed.yml";

/** Imports files. @throws for what cannot be read or known; then nothing is written but a proposal of the mapping. */
export async function importFiles(options: ImportOptions, dialogue: Dialogue): Promise<Imported> {
  const { files, out } = options;
  const saved = join(out, mappingFile);
  const from = options.mapping ?? (existsSync(saved) ? saved : undefined);
  const mapping: Mapping = from === undefined ? {} : await readMapping(from);
  if (from !== undefined) dialogue.show(`Mapping: ${from}\n`);
  const groups = await groupFiles(files, mapping);
  const guesses = groups.map(guessMapping);
  await confirm(guesses, options, dialogue);
  const plans = guesses.map(planGroup);
  const left = leaveOutNothing(options.strict ?? false);
  const store = openStore();
  // Attributes first: a depth of runoff needs the area of its basin.
  const rank = ({ date, columns }: GroupPlan) =>
    date === null ? 0 : columns.some(({ role }) => role === "attribute") ? 1 : 2;
  const order = [...plans.keys()].sort((a, b) => rank(plans[a]!) - rank(plans[b]!));
  for (const at of order) await readGroup(plans[at]!, at, store, left);
  const { sites: all, notes: emptied } = store.finish((site, error) => failSite(left, site, error));
  compareIds(
    plans,
    all.filter(({ site }) => !left.faults.has(site)),
  );
  checkRecords(plans, mapping, all);
  const { columns, sites, notes, leftOut } = assembleSites(plans, withArea(all, left), left.faults);
  const primary = measured(columns)[0]!;
  const written = await writeFolder(out, columns, sites, {
    by: "pnpm data import",
    primary,
    discharge: dischargeOf(primary, guesses),
  });
  await writeFile(
    join(out, `${mappingFile}.partial`),
    `# Written by pnpm data import, which uses it for the same files again. Edit it and run the command again.\n${mappingText(guesses)}`,
  );
  await rename(join(out, `${mappingFile}.partial`), saved);
  await rm(join(out, proposalFile), { force: true });
  return {
    ...written,
    leftOut: [...new Set([...left.faults.keys(), ...left.withoutArea.keys(), ...leftOut])].sort(),
    unused: unusedColumns(guesses),
    notes: [
      ...guesses.flatMap((one) => one.notes),
      ...guesses.flatMap((one) => leftOutLines(one).map((line) => `${one.group.key}: ${line}`)),
      ...endNotes(plans),
      ...unusedSections(mapping, groups),
      ...leftOutNotes(left),
      ...emptied,
      ...notes,
    ],
  };
}

/** Columns with values that no mapping uses. */
function unusedColumns(guesses: readonly Guess[]): ReadonlyMap<string, readonly string[]> {
  const all = guesses.map(({ group, ignored }): [string, readonly string[]] => {
    const filled = group.profile.columns.filter((column) => column.filled > 0).map(({ name }) => name);
    const here = new Set([...filled, ...droppedColumns(group)]);
    return [group.key, ignored.filter((name) => here.has(name))];
  });
  return new Map(all.filter(([, columns]) => columns.length > 0));
}

/** Sections of a mapping for files that are not there: a name may be misspelt. */
function unusedSections({ files = {} }: Mapping, groups: readonly FileGroup[]): string[] {
  const names = groups.flatMap(({ sources }) => sources.map(({ name }) => name));
  const used = new Set(names.map((name) => sectionOf({ files }, name)));
  return Object.keys(files)
    .filter((key) => !used.has(key))
    .map((key) => `The mapping has a section for ${key}, and no file of this name is imported.`);
}

/** Files that may be cut: a last line without an end may lack digits. */
function endNotes(plans: readonly GroupPlan[]): string[] {
  return plans.flatMap(({ sources }) =>
    sources.flatMap((source) => source.remarks().map((remark) => `${source.name}: ${remark}`)),
  );
}

/** Shows the mapping, asks what is open and whether it is right. @throws if nobody can be asked, or it is not. */
async function confirm(
  guesses: readonly Guess[],
  { out, yes }: ImportOptions,
  { show, ask }: Dialogue,
): Promise<void> {
  const refuse = async (error: Error) => {
    await mkdir(out, { recursive: true });
    const path = join(out, proposalFile);
    await writeFile(
      path,
      `# Proposed by pnpm data import. Edit it and pass it with --mapping ${path}\n${mappingText(guesses)}`,
    );
    return error;
  };
  if (guesses.some(({ guessed, questions }) => guessed || questions.length > 0))
    show(`The mapping of the files:\n\n${mappingText(guesses)}`);
  for (const { questions } of guesses)
    for (let next = questions.shift(); next !== undefined; next = questions.shift()) {
      if (ask === null) {
        questions.unshift(next);
        throw await refuse(
          withProposal(
            guesses.flatMap((guess) => guess.questions),
            out,
          ),
        );
      }
      next.answer(await ask(next));
    }
  if (!guesses.some(({ guessed }) => guessed) || yes) return;
  const help = `To change it, edit ${join(out, proposalFile)} and pass it with --mapping.`;
  if (ask === null)
    throw await refuse(
      cannot("import", "", "the mapping is a guess that you have not confirmed", {
        hint: `If it is right, run the same command with --yes.\n  ${help}`,
      }),
    );
  if ((await ask({ text: "Is this mapping right?", choices: ["yes", "no"] })) !== "yes")
    throw await refuse(cannot("import", "", "the mapping is not right", { hint: help }));
}

/** The error of the first open question, with the others in short and where to answer them all. */
function withProposal(open: readonly Question[], out: string): Error {
  const path = join(out, proposalFile);
  const [error, ...others] = open.map((one) => one.error) as [Error, ...Error[]];
  const short = others.map(({ message }) => message.split("\n")[0]!.replace(/^Cannot import /, ""));
  error.message = [
    error.message,
    ...short.map((text) => `  also open: ${text}`),
    open.every(({ proposed }) => proposed === true)
      ? `  If the proposed rules are right, run the command again with --mapping ${path}; else edit that file first.`
      : `  Edit ${path} and run the command again with --mapping ${path}`,
  ].join("\n");
  return error;
}

/** A primary of the user's own name is discharge if its unit is one of discharge. */
function dischargeOf(primary: string, guesses: readonly Guess[]): string[] {
  if (isDischarge(primary)) return [];
  const units = guesses.map(({ mapping }) => mapping.columns[primary]?.unit);
  return units.some(
    (unit) => unit !== undefined && readUnit(unit, kinds.discharge) !== null && primary !== "temp_c",
  )
    ? [primary]
    : [];
}

/** The sites but for those whose flow cannot be computed. @throws where no other has flow. */
function withArea(sites: readonly SiteStore[], { withoutArea }: LeftOut): readonly SiteStore[] {
  const [error] = withoutArea.values();
  if (error === undefined) return sites;
  const rest = sites.filter(({ site }) => !withoutArea.has(site));
  if (!rest.some(({ values }) => values.get("discharge_cms")?.span() != null)) throw error;
  return rest;
}
