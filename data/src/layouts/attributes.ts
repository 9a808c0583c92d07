/**
 * The attributes of sites for sites.csv. Attributes that come from observed flow (signatures such as q_mean) are left out:
 * they tell a model what it is to predict, the days of the test partition included.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cannot } from "braid-engine";
import { parse } from "csv-parse/sync";
import { attributeFault } from "../check/attribute-fault.ts";
import { isFromFlow } from "../check/from-flow.ts";
import { asSeen } from "../check/site-ids.ts";
import { type FolderFiles, fileName } from "./files.ts";
import type { AttributeFiles } from "./layout.ts";

/** The attributes of a folder. */
export interface Attributes {
  /** In the order of sites.csv, `site_id` not among them. */
  readonly columns: readonly string[];
  /** Values by site and column; empty or absent if unknown. */
  readonly bySite: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The attributes that were left out because they come from observed flow. */
  readonly fromFlow: readonly string[];
  /** How many fields were left empty because they hold no value, such as a code for "missing", by column and text. */
  readonly emptied: ReadonlyMap<string, number>;
}

/** What most data sets call the columns that sites.csv begins with. */
const usualNames: Readonly<Record<string, string>> = {
  gauge_name: "name",
  gauge_lat: "latitude",
  gauge_lon: "longitude",
  gauge_elev: "elevation_m",
  area: "drainage_area_km2",
};

/** What sites.csv begins with. */
const firstColumns = ["name", "latitude", "longitude", "elevation_m", "drainage_area_km2"];

/** Reads all attribute tables of a layout. */
export async function readAttributes(
  files: FolderFiles,
  groups: readonly AttributeFiles[],
): Promise<Attributes> {
  const bySite = new Map<string, Map<string, string>>();
  const columns = new Set<string>();
  const fromFlow = new Set<string>();
  const emptied = new Map<string, number>();
  for (const group of groups) {
    const names = { ...usualNames, ...group.names };
    for (const path of files.paths.filter((one) => group.files.test(fileName(one)))) {
      const wholeFile = group.fromFlow?.test(fileName(path)) ?? false;
      for (const [site, row] of await readTable(join(files.folder, path), group)) {
        const known = bySite.get(site) ?? new Map<string, string>();
        bySite.set(site, known);
        for (const [column, text] of row) {
          if (wholeFile || isFromFlow(column)) fromFlow.add(column);
          else {
            const name = names[column] ?? column;
            columns.add(name);
            if (known.has(name) || /^(na|nan)?$/i.test(text)) continue;
            if (attributeFault(name, Number(text), text)?.level !== "error") known.set(name, text);
            else emptied.set(`${name}: ${text}`, (emptied.get(`${name}: ${text}`) ?? 0) + 1);
          }
        }
      }
    }
  }
  const rest = [...columns].filter((column) => !firstColumns.includes(column));
  return { columns: [...firstColumns, ...rest], bySite, fromFlow: [...fromFlow], emptied };
}

type Row = readonly (readonly [column: string, text: string])[];

async function readTable(
  path: string,
  { id, separator, transposed }: AttributeFiles,
): Promise<[string, Row][]> {
  const records = parseRecords(path, decode(await readFile(path)), separator);
  const table = transposed ? transpose(records) : records;
  const [header = [], ...rows] = table;
  const at = header.indexOf(id);
  if (at < 0)
    throw cannot("read attributes", path, `it has no column "${id}"`, {
      facts: [["header", header.join(separator).slice(0, 100)]],
      hint: "Use the file as it was published.",
    });
  const rowsBySite = Map.groupBy(rows, (cells) => cells[at]!);
  const twice = [...rowsBySite].find(([, all]) =>
    all.some((cells) => cells.join("\n") !== all[0]!.join("\n")),
  );
  if (twice !== undefined)
    throw cannot("read attributes", path, `site ${twice[0]} has two rows that differ`, {
      facts: twice[1]
        .slice(0, 2)
        .map((cells, i) => [i === 0 ? "one" : "other", cells.join(separator).slice(0, 100)]),
      hint: "Remove one of them.",
    });
  return rows.map((cells) => [
    asSeen(cells[at]!),
    header.flatMap((column, i) => (i === at || column === "" ? [] : [[column, cells[i] ?? ""] as const])),
  ]);
}

function parseRecords(path: string, text: string, delimiter: string): string[][] {
  try {
    return parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_quotes: true,
      delimiter,
    }) as string[][];
  } catch (error) {
    throw cannot("read attributes", path, (error as Error).message, {
      hint: "Is the file complete? Download it again.",
    });
  }
}

/** Names of places are in the one or the other encoding; nothing else has letters beyond ASCII. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function transpose(rows: readonly (readonly string[])[]): string[][] {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]!));
}
