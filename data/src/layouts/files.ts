/** The files below a folder, found by their paths; what lies where is the layouts' business. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { cannot } from "braid-engine";
import { asSeen } from "../check/site-ids.ts";

/** All paths below a folder: relative to it, with slashes, sorted. */
export interface FolderFiles {
  readonly folder: string;
  readonly paths: readonly string[];
}

/** Lists a folder and all folders below it. @throws if it does not exist. */
export async function listFiles(folder: string): Promise<FolderFiles> {
  const entries = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw cannot(
      "import",
      folder,
      error.code === "ENOTDIR" ? "it is a file, and a data set is a folder" : "the folder does not exist",
    );
  });
  return { folder, paths: entries.map((entry) => entry.replaceAll("\\", "/")).sort() };
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The full paths of the files that match, by the site that `siteOf` reads in a path. @throws if a site has two. */
export function filesBySite(
  { folder, paths }: FolderFiles,
  siteOf: (path: string) => string | undefined,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const named = siteOf(path);
    if (named === undefined) continue;
    const site = asSeen(named);
    const other = found.get(site);
    if (other !== undefined)
      throw cannot("import", folder, `there are two files for site ${site}`, {
        facts: [
          ["one", other],
          ["other", path],
        ],
        hint: "Give a folder with one copy of the data set.",
      });
    found.set(site, path);
  }
  return new Map([...found].map(([site, path]) => [site, join(folder, path)]));
}
