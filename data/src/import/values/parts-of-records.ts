/** Files that are taken for a site each by their names, and are parts of one record: its years, say. */
import { extname } from "node:path";
import { cannot } from "braid-engine";
import { type Day, formatDay } from "../../tables/day.ts";
import { idInName, type Mapping, sectionOf } from "../mapping/mapping.ts";
import type { GroupPlan } from "./plan.ts";
import type { SiteStore } from "./store.ts";

/** A site whose id comes from the name of a file, with its first and last day. */
interface SiteFile {
  readonly id: string;
  readonly key: string;
  readonly from: Day;
  readonly to: Day;
}

/** An id without one of its words, and the sign beside that word. */
interface Cut {
  readonly stem: string;
  readonly word: string;
  readonly sign: string;
}

const cuts: readonly ((id: string) => Cut)[] = [
  (id) => {
    const [, stem = "", sign = "", word = id] = /^(.+)([^\p{L}\d])([\p{L}\d]+)$/u.exec(id) ?? [];
    return { stem, word, sign };
  },
  (id) => {
    const [, word = id, sign = "", stem = ""] = /^([\p{L}\d]+)([^\p{L}\d])(.+)$/u.exec(id) ?? [];
    return { stem, word, sign };
  },
];

/**
 * @throws if sites whose ids come from names of files share at most a day with those whose ids differ from theirs by one word, unless
 * a section of the mapping says what the names mean.
 */
export function checkRecords(
  plans: readonly GroupPlan[],
  mapping: Mapping,
  sites: readonly SiteStore[],
): void {
  const records = recordsOf(plans, mapping, sites);
  for (const [at, cut] of cuts.entries()) {
    const families = Map.groupBy(records, ({ id }) => cut(id).stem);
    const several = [...families].filter(([, family]) => family.length > 1);
    if (several.length > 0 && several.every(([stem, family]) => areParts(stem, family, cut)))
      throw partsOfOne(several[0]![1], cut, at === 0);
  }
}

function recordsOf(
  plans: readonly GroupPlan[],
  mapping: Mapping,
  sites: readonly SiteStore[],
): readonly SiteFile[] {
  if (mapping.columns?.site_id !== undefined) return [];
  const keys = new Map(
    plans.flatMap(({ site, key, sources, digits }) => {
      if (typeof site === "object" && "from" in site) return [];
      return sources
        .filter(({ name }) => site !== "header" && sectionOf(mapping, name) === null)
        .map(({ name }) => {
          const id = typeof site === "object" ? site.is : (idInName(key, name) ?? "").padStart(digits, "0");
          return [id, key] as const;
        });
    }),
  );
  return sites.flatMap(({ site: id, values }) => {
    const key = keys.get(id);
    const days = [...values.values()].flatMap((series) => series.span() ?? []);
    if (key === undefined || days.length === 0) return [];
    return [{ id, key, from: Math.min(...days), to: Math.max(...days) }];
  });
}

/** Whether no two of them share more than a day; a word that tells parts of a record has a digit, unless it is the whole name. */
function areParts(stem: string, family: readonly SiteFile[], cut: (id: string) => Cut): boolean {
  const sorted = family.toSorted((a, b) => a.from - b.from);
  return (
    sorted.every(({ from }, i) => i === 0 || from >= sorted[i - 1]!.to) &&
    (stem === "" || family.every(({ id }) => /\d/.test(cut(id).word)))
  );
}

function partsOfOne(family: readonly SiteFile[], cut: (id: string) => Cut, atEnd: boolean): Error {
  const [{ id, key }] = family as [SiteFile];
  const { stem, sign } = cut(id);
  const pattern = key.includes("{site_id}") ? key : `{site_id}${extname(key)}`;
  const one =
    stem === ""
      ? `${JSON.stringify(pattern.replace("{site_id}", "*"))}: { columns: { site_id: { is: "..." } } }`
      : `${JSON.stringify(pattern.replace("{site_id}", atEnd ? `{site_id}${sign}*` : `*${sign}{site_id}`))}: {}`;
  return cannot(
    "import",
    key,
    "its files seem to be parts of the record of one site, and would become a site each: no two of them share more than a day",
    {
      facts: family
        .slice(0, 3)
        .map((record) => [record.id, `${formatDay(record.from)} to ${formatDay(record.to)}`] as const),
      hint: `Say in a mapping (--mapping FILE) what the names of the files mean. If they are parts:\n    files: { ${one} }\n  If each is a site:\n    files: { ${JSON.stringify(pattern)}: {} }`,
    },
  );
}
