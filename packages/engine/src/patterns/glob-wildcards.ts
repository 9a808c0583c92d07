/** The wildcard values of the files that stand: `expand` backwards. */
import type { FileSystem } from "../disk/files.ts";
import { realFiles } from "../disk/real-files.ts";
import { listEntries, startWalk, type WalkedFolder } from "../disk/walk.ts";
import { matcher, parsePattern, type WildcardName, wildcardNames } from "./pattern.ts";

/**
 * For each wildcard its values over all files and folders in `folder` that match, one entry per match, so that
 * the lists belong together: `expand(pattern, found, { zip: true })` gives the paths again.
 */
export function globWildcards<const P extends string>(
  pattern: P,
  folder = ".",
  files: FileSystem = realFiles(folder),
): { readonly [Name in WildcardName<P>]: readonly string[] } {
  const parsed = parsePattern(pattern);
  const names = wildcardNames(parsed);
  const found: Record<string, string[]> = Object.fromEntries(names.map((name) => [name, []]));
  const match = matcher(parsed);
  // Only what lies in the folder that all matches share is looked at.
  const head = parsed.texts[0]!;
  const root = head.slice(0, Math.max(0, head.lastIndexOf("/")));
  const visit = (path: string) =>
    match(path)?.forEach((value, i) => {
      found[names[i]!]!.push(value);
    });
  walk(files, startWalk(files, root), visit);
  return found as unknown as { readonly [Name in WildcardName<P>]: readonly string[] };
}

function walk(files: FileSystem, folder: WalkedFolder, visit: (path: string) => void): void {
  for (const { path, folder: inner } of listEntries(files, folder)) {
    if (path === ".braid") continue;
    visit(path);
    if (inner !== null) walk(files, inner, visit);
  }
}
