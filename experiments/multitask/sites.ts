/**
 * Which sites there are and which of them to run. `sites.csv` says so, that planning never reads a big file;
 * without it the drivers file is indexed, once per process and state of the file.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { indexSites } from "@braid/data/records";
import { cannot, nearest } from "braid-engine";
import { parse } from "csv-parse/sync";

/** Every site of the data folder, in the order of its file; `drivers` is read where there is no sites.csv. */
export async function knownSites(folder: string, drivers: string): Promise<string[]> {
  const file = join(folder, "sites.csv");
  if (!existsSync(file)) return [...(await indexSites(drivers)).spans.keys()];
  const rows = parse(await readFile(file), {
    bom: true,
    columns: true,
    trim: true,
    skip_empty_lines: true,
  }) as Record<string, string>[];
  const sites = rows.map((row) => row.site_id ?? "").filter((site) => site !== "");
  if (sites.length === 0)
    throw cannot("read sites", file, rows.length === 0 ? "it lists none" : 'it has no column "site_id"', {
      ...(rows[0] === undefined
        ? {}
        : { facts: [["its columns", Object.keys(rows[0]).join(", ")] as const] }),
    });
  return sites;
}

/** The sites to run, in the order of the data. @throws for a site that is not known, or is given twice. */
export function chooseSites(
  wanted: "all" | readonly string[],
  known: readonly string[],
  source: string,
): string[] {
  const sites = wanted === "all" ? known : wanted;
  const twice = sites.find((site, i) => sites.indexOf(site) !== i);
  if (twice !== undefined)
    throw cannot("use site", twice, wanted === "all" ? `"${source}" lists it twice` : "it is given twice");
  const there = new Set(known);
  const unknown = sites.filter((site) => !there.has(site));
  const chosen = new Set(sites);
  // In any other order the same sites would be gathered again for nothing.
  if (unknown.length === 0) return [...there].filter((site) => chosen.has(site));
  const [first] = unknown as [string];
  throw cannot("use site", first, `"${source}" does not have it`, {
    facts: [
      ["closest", nearest(first, known).join(", ")],
      ...(unknown.length > 1 ? [["also unknown", unknown.slice(1).join(", ")] as const] : []),
    ],
    hint: "Ids are text with their leading zeros, in quotes.",
  });
}
