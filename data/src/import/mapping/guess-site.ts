/** Where the site of a row stands: in a column, in the name of the file, or in the names of the columns. */
import { basename } from "node:path";
import { cannot } from "braid-engine";
import { type ColumnProfile, isNumeric, type Profile } from "../files/profile.ts";
import { findSite, type Guess, isBare, isWide } from "./group.ts";
import { quoted } from "./questions.ts";
import { isVariable } from "./recognise.ts";

/** Completes `site_id` of the mapping; a wide table and a section named by `{site_id}` have none. */
export function guessSite(guess: Guess): void {
  const { mapping, group } = guess;
  const { columns } = mapping;
  const wide =
    Object.values(columns).some(({ from }) => from === "*") ||
    (isBare(group.given.columns) && isWide(group.profile.columns, columns.date?.from));
  if (
    columns.site_id?.is === undefined &&
    columns.site_id?.from === undefined &&
    !wide &&
    !group.key.includes("{site_id}")
  ) {
    const found = findSite(group.profile.columns, columns.date?.from);
    if (found === undefined) throw noSite(group.key, group.profile, columns.date?.from);
    columns.site_id = { ...columns.site_id, from: found };
    guess.guessed = true;
  }
  checkStoredIds(guess);
  const column = group.profile.columns.find(({ name }) => name === columns.site_id?.from);
  const [example] = column?.texts ?? [];
  if (example !== undefined) guess.comments.set("site_id", example);
  if (column !== undefined && columns.date === undefined) checkAttributes(guess, column);
}

/** @throws if a table without dates has several rows for a site, and variables that change from day to day. */
function checkAttributes({ group }: Guess, { filled, texts }: ColumnProfile): void {
  const { columns } = group.profile;
  if (filled < 1.5 * texts.size || !columns.some((one) => isNumeric(one) && isVariable(one.name))) return;
  throw cannot("import", group.key, "it has several rows for a site, and none of its columns can be a date", {
    facts: [["its columns", columns.map(({ name }) => name).join(", ")]],
    hint: "Write a column of dates like 2018-01-31, or name it in a mapping (--mapping FILE): columns: { date: ... }",
  });
}

/** The error for a table without a column of ids. */
export function noSite(file: string, { columns }: Profile, date: string | string[] | undefined): Error {
  const names = columns.map(({ name }) => name).filter((name) => name !== "");
  const facts = [["its columns", names.join(", ")] as const];
  if (date === undefined)
    return cannot("import", file, "none of its columns can be a date or a site id", {
      facts,
      hint: `Name them in a mapping (--mapping FILE):\n    columns: { site_id: ..., date: ... }`,
    });
  return cannot("import", file, "none of its columns can be a site id", {
    facts,
    hint: `Name it in a mapping (--mapping FILE):\n    columns: { site_id: ${quoted(names.find((name) => ![date].flat().includes(name)))} }`,
  });
}

/** Parquet may store ids as numbers: how many digits they had is not known. */
function checkStoredIds({ mapping, group }: Guess): void {
  const { site_id } = mapping.columns;
  const stored = group.sources.find(({ numeric }) => numeric.has(String(site_id?.from)));
  if (stored === undefined || site_id?.digits !== undefined) return;
  throw cannot(
    "import",
    basename(stored.path),
    `its column "${site_id?.from}" stores site ids as numbers, so leading zeros are lost`,
    {
      hint: `Say how many digits an id has in a mapping (--mapping FILE):\n    columns: { site_id: { from: ${quoted(String(site_id?.from))}, digits: 8 } }`,
    },
  );
}
