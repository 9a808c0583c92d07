/** At which sites flow is regulated, as far as the list of sites says: a column of yes and no with that in its name. */
import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";

export interface Regulated {
  readonly column: string;
  /** How many of the sites asked for. */
  readonly sites: number;
}

const no = /^(no|false|0|)$/i;
const yes = /^(yes|true|1)$/i;

/** Null where there is no list, or no such column in it. */
export async function readRegulated(
  file: string | null,
  sites: readonly string[],
): Promise<Regulated | null> {
  if (file === null) return null;
  const rows = parse(await readFile(file), { bom: true, columns: true, trim: true }) as Record<
    string,
    string
  >[];
  const asked = new Set(sites);
  const chosen = rows.filter((row) => asked.has(row.site_id ?? ""));
  const column = Object.keys(rows[0] ?? {}).find(
    (name) => /regulat/i.test(name) && rows.every((row) => no.test(row[name]!) || yes.test(row[name]!)),
  );
  if (column === undefined) return null;
  return { column, sites: chosen.filter((row) => yes.test(row[column]!)).length };
}
