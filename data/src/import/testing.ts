/** For tests: files written into a new folder and imported from it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatDay, parseDay } from "../tables/day.ts";
import { newFolder, writeParquet } from "../testing/files.ts";
import { type Dialogue, type Imported, importFiles } from "./import-files.ts";

/** What an import of synthetic files did. */
export interface Outcome extends Imported {
  readonly folder: string;
  readonly shown: string;
  /** The lines of a file of the data folder. */
  lines(name: string): string[];
}

/** How to import: the mapping as text, and answers in the place of a user's. */
export interface Settings {
  readonly mapping?: string;
  readonly answers?: readonly string[];
  readonly yes?: boolean;
  readonly strict?: boolean;
  readonly folder?: string;
}

/** Imports files given as texts (text of a name that ends in .parquet: CSV to be written as Parquet). */
export async function importTexts(
  files: Readonly<Record<string, string | Uint8Array>>,
  { mapping, answers, yes = answers === undefined, strict, folder = newFolder() }: Settings = {},
): Promise<Outcome> {
  for (const [name, text] of Object.entries(files))
    if (name.endsWith(".parquet") && typeof text === "string") writeParquet(join(folder, name), text);
    else writeFileSync(join(folder, name), text);
  if (mapping !== undefined) writeFileSync(join(folder, "given.yml"), mapping);
  const shown: string[] = [];
  const left = [...(answers ?? [])];
  const dialogue: Dialogue = {
    show: (text) => shown.push(text),
    ask:
      answers === undefined
        ? null
        : async ({ text, choices }) => {
            shown.push(`${text}\n${choices.join(" or ")}?`);
            return left.shift()!;
          },
  };
  const out = join(folder, "out");
  const imported = await importFiles(
    {
      files: Object.keys(files).map((name) => join(folder, name)),
      out,
      yes,
      strict,
      ...(mapping === undefined ? {} : { mapping: join(folder, "given.yml") }),
    },
    dialogue,
  );
  return {
    ...imported,
    folder,
    shown: shown.join("\n"),
    lines: (name) => readFileSync(join(out, name), "utf8").trimEnd().split("\n"),
  };
}

/** The message of an import that stops, without the folder's path. */
export async function failure(
  files: Readonly<Record<string, string | Uint8Array>>,
  settings: Settings = {},
): Promise<string> {
  const folder = newFolder();
  const error = await importTexts(files, { folder, ...settings }).then(
    () => new Error("it was imported"),
    (thrown: unknown) => thrown as Error,
  );
  return error.message.replaceAll(`${folder}/`, "");
}

/** ISO dates from 1 January 2001 on. */
export function dates(count: number, first = "2001-01-01"): string[] {
  return Array.from({ length: count }, (_, i) => formatDay(parseDay(first)! + i));
}

/** A long table of the sites 01 and 02 over twenty days; `row` gives the fields after site and date. */
export function long(header: string, row: (day: number, date: string) => string, separator = ","): string {
  const rows = ["01", "02"].flatMap((site) =>
    dates(20).map((date, i) => [site, date, row(i, date)].join(separator)),
  );
  return `${header}\n${rows.join("\n")}\n`;
}

/** Weather and flow of the two sites, as they are in a data folder. */
export const weather = long("site_id,date,prcp_mm", (day) => String(day % 3));
export const flows = long("site_id,date,discharge_cms", (day) => `${day + 1}.5`);
