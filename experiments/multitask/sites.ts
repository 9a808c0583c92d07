/**
 * Which sites there are and which of them to run. `sites.csv` says so, that planning never reads a big file;
 * without it the drivers file is indexed, once per process and state of the file.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { idFault, separatorOf } from "@braid/data/check";
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
    throw cannot("read sites", file, whyNone(rows), {
      ...(rows[0] === undefined
        ? {}
        : { facts: [["its columns", Object.keys(rows[0]).join(", ")] as const] }),
    });
  return sites;
}

function whyNone([first]: readonly Record<string, string>[]): string {
  if (first === undefined) return "it lists none";
  return separatorOf(Object.keys(first)) ?? 'it has no column "site_id"';
}

/** The sites to run, and those that the config excludes. */
export interface ChosenSites {
  readonly sites: readonly string[];
  readonly excluded: readonly string[];
}

/**
 * The sites to run, in the order of the data. `source` is the full path of the file that lists the known ones: messages
 * name it, and a path relative to the working folder does not exist from where the user stands.
 * @throws for a site that is unknown, given twice or not a valid folder name, and if no site is left.
 */
export function chooseSites(
  wanted: "all" | readonly string[],
  exclude: readonly string[],
  known: readonly string[],
  source: string,
): ChosenSites {
  const sites = wanted === "all" ? known : wanted;
  const twice = sites.find((site, i) => sites.indexOf(site) !== i);
  if (twice !== undefined)
    throw cannot("use site", twice, wanted === "all" ? `"${source}" lists it twice` : "it is given twice");
  const there = new Set(known);
  checkKnown("exclude site", exclude, there, source);
  const chosen = new Set(sites.filter((site) => !exclude.includes(site)));
  for (const site of chosen) {
    const fault = idFault(site);
    if (fault !== null) throw cannot("use site", site, fault, { facts: [["named in", source]] });
  }
  checkKnown("use site", [...chosen], there, source);
  if (chosen.size === 0)
    throw cannot("use sites", "", "exclude leaves none of them", {
      facts: [["excluded", exclude.join(", ")]],
    });
  // In any other order the same sites would be gathered again for nothing.
  return {
    sites: [...there].filter((site) => chosen.has(site)),
    excluded: [...there].filter((site) => sites.includes(site) && exclude.includes(site)),
  };
}

function checkKnown(
  action: string,
  sites: readonly string[],
  known: ReadonlySet<string>,
  source: string,
): void {
  const [first, ...more] = sites.filter((site) => !known.has(site));
  if (first === undefined) return;
  throw cannot(action, first, `"${source}" does not have it`, {
    facts: [
      ["closest", nearest(first, [...known]).join(", ")],
      ...(more.length > 0 ? [["also unknown", more.join(", ")] as const] : []),
    ],
    hint: "Ids are text with their leading zeros, in quotes.",
  });
}
