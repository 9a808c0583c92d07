/** Files of one header as one group: yearly files, files of a site each. Each group gets a name that a mapping can use. */
import { basename, extname } from "node:path";
import { cannot } from "braid-engine";
import { asSeen } from "../../check/site-ids.ts";
import { profileFiles } from "../files/profile.ts";
import { openSource, type Source } from "../files/source.ts";
import { type FileGroup, findDate, findSite, isWide, repeatsDays } from "./group.ts";
import { checkColumns } from "./guess.ts";
import { noSite } from "./guess-site.ts";
import { type FileMapping, idInName, type Mapping, mappingOf, sectionOf } from "./mapping.ts";
import { checkDays, checkMonths } from "./months.ts";
import { oddFiles } from "./odd-files.ts";
import { openTidy } from "./tidy.ts";

/** Opens and profiles all files. @throws for two files of one name, or if the mapping names a missing column or file. */
export async function groupFiles(paths: readonly string[], mapping: Mapping): Promise<FileGroup[]> {
  const buckets = new Map<string, Source[]>();
  const names = new Set<string>();
  for (const path of paths) {
    const name = asSeen(basename(path));
    if (names.has(name))
      throw cannot("import", path, "two of the files have this name", {
        hint: "Rename one: a mapping identifies files by their names.",
      });
    names.add(name);
    const section = sectionOf(mapping, name);
    const given = mappingOf(mapping, name);
    const { separator, encoding } = given;
    const opened = await openSource(path, {
      ...(separator === undefined ? {} : { separator }),
      ...(encoding === undefined ? {} : { encoding }),
    });
    const source = await openTidy(opened, given);
    const key = JSON.stringify([section, source.columns, source.dialect?.separator]);
    const bucket = buckets.get(key) ?? [];
    bucket.push(source);
    buckets.set(key, bucket);
  }
  checkTop(mapping, [...buckets.values()]);
  const groups: FileGroup[] = [];
  for (const sources of buckets.values()) groups.push(...(await makeGroups(sources, mapping)));
  return groups;
}

/**
 * The groups of files of one header: one, but for files that are written in another way than most of them. Of wide tables,
 * whose variable stands in the name of the file, one each.
 */
async function makeGroups(sources: readonly Source[], mapping: Mapping): Promise<FileGroup[]> {
  const [first] = sources as [Source];
  checkUnitLines(sources);
  const section = sectionOf(mapping, first.name);
  const given = { ...mappingOf(mapping, first.name) };
  if (section !== null && mapping.files?.[section]?.columns !== undefined)
    checkColumns(first.name, given, first.columns);
  else if (given.columns !== undefined) given.columns = columnsHere(given, first.columns);
  const profile = await profileFiles(sources, given.missing);
  if (profile.rows === 0)
    throw cannot("import", first.name, "it has column names and no rows below them", {
      facts: [["its columns", first.columns.join(", ")]],
      hint: "Leave the file out, or export it again with its rows.",
    });
  const date = given.columns?.date?.from ?? findDate(profile.columns);
  checkMonths(first.name, profile.columns, date);
  checkDays(first.name, first.columns);
  if (section !== null) return splitGroup({ key: section, sources, given, profile }, date);
  const wide = Object.values(given.columns ?? {}).some(({ from }) => from === "*");
  const inRows = given.columns?.site_id !== undefined || findSite(profile.columns, date) !== undefined;
  const isTable = isWide(profile.columns, date);
  if (isTable && sources.length > 1)
    return (await Promise.all(sources.map((source) => makeGroups([source], mapping)))).flat();
  const hasSite = date === undefined || inRows || wide || isTable;
  const [only, ...more] = sources.map(({ name }) => name) as [string, ...string[]];
  if (more.length > 0) {
    const key = patternOf([only, ...more], hasSite ? "*" : "{site_id}");
    return splitGroup({ key, sources, given, profile }, date);
  }
  if (!hasSite && !Array.isArray(date) && repeatsDays(profile.columns, date))
    throw noSite(only, profile, date);
  if (!hasSite) given.columns = { ...given.columns, site_id: { is: basename(only, extname(only)) } };
  return [{ key: only, sources, given, profile }];
}

/** A group without the files whose dates or numbers are written in another way; each of these is a group by its own name. */
async function splitGroup(group: FileGroup, date: string | string[] | undefined): Promise<FileGroup[]> {
  const { key, sources, given } = group;
  const odd = oddFiles(group.profile, date, {
    dates: given.columns?.date?.format === undefined,
    decimals: given.decimal === undefined,
  });
  if (odd.size === 0) return [group];
  const alone = async (source: Source): Promise<FileGroup> => {
    const id = key.includes("{site_id}") ? idInName(key, source.name) : null;
    const columns = id === null ? given.columns : { ...given.columns, site_id: { is: id } };
    return {
      key: source.name,
      sources: [source],
      given: { ...given, columns },
      profile: await profileFiles([source], given.missing),
    };
  };
  const rest = sources.filter((_, at) => !odd.has(at));
  const groups: FileGroup[] = [];
  if (rest.length > 1)
    groups.push({ ...group, sources: rest, profile: await profileFiles(rest, given.missing) });
  for (const [at, source] of sources.entries())
    if (odd.has(at) || rest.length === 1) groups.push(await alone(source));
  return groups;
}

/** @throws if files of one header have different lines of units. */
function checkUnitLines([first, ...more]: readonly Source[]): void {
  const spell = ({ units, columns }: Source) => (units ?? columns.map(() => "")).join(" | ");
  const other = more.find((source) => spell(source) !== spell(first!));
  if (other === undefined) return;
  throw cannot(
    "import",
    other.name,
    `its line of units is not that of ${first!.name}, which has the same columns`,
    {
      facts: [
        [first!.name, first!.units === null ? "none" : spell(first!)],
        [other.name, other.units === null ? "none" : spell(other)],
      ],
      hint: "Give each of them a section of its own in a mapping (--mapping FILE), with the units of its columns.",
    },
  );
}

/** Of columns that the mapping gives for all files, those that a file has. */
function columnsHere(given: FileMapping, columns: readonly string[]): FileMapping["columns"] {
  const here = Object.entries(given.columns ?? {}).filter(
    ([, { from }]) =>
      from === undefined || from === "*" || [from].flat().every((name) => columns.includes(name)),
  );
  return here.length === 0 ? undefined : Object.fromEntries(here);
}

/** @throws for a column of the top of a mapping that no file has. */
function checkTop(mapping: Mapping, buckets: readonly (readonly Source[])[]): void {
  if (mapping.columns === undefined) return;
  const all = [...new Set(buckets.flatMap(([first]) => first!.columns))];
  checkColumns(buckets.flatMap((sources) => sources.map(({ name }) => name)).join(", "), mapping, all);
}

/** The text that names have in common around the part that differs, which is widened to whole words. */
function patternOf(names: readonly string[], placeholder: string): string {
  const [first] = names as [string];
  let head = 0;
  while (names.every((name) => name[head] === first[head] && head < name.length)) head++;
  let tail = 0;
  while (names.every((name) => name.at(-1 - tail) === first.at(-1 - tail) && head + tail < name.length))
    tail++;
  while (head > 0 && /[A-Za-z0-9]/.test(first[head - 1]!)) head--;
  while (tail > 0 && /[A-Za-z0-9]/.test(first.at(-tail)!)) tail--;
  return `${first.slice(0, head)}${placeholder}${tail === 0 ? "" : first.slice(-tail)}`;
}
