/** Finds site ids that spreadsheets and other programs have changed, and the likely id. Ids are text. */

/** Characters of no width, which web pages and spreadsheets leave in texts. */
const invisible = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;

/**
 * A name or an id as people see it: each accent in one character with its letter, without characters of no width. Some systems
 * write accents apart: "Mörsch" in a file's name and in a table would be two sites.
 */
export function asSeen(id: string): string {
  return id.normalize("NFC").replaceAll(invisible, "");
}

/** Why an id cannot be used; null if it can. An id is also the name of a folder of results. */
export function idFault(id: string): string | null {
  if (/[\\/]/.test(id))
    return "the id has a slash, and the folder of a site's results has the id as its name";
  if (/^\.{1,2}$/.test(id) || hasControl(id))
    return "the id cannot be the name of a folder, which a site needs for its results";
  const visible = id.replaceAll(invisible, "");
  if (visible !== id) return `the id contains an invisible character: write "${visible}" again`;
  const likely = likelyId(id);
  if (likely === null) return null;
  const shortened = /e/i.test(id) ? ", digits may be lost" : "";
  return `the id is written as a number, as spreadsheets do${shortened}: is it "${likely}"? Write ids as text`;
}

/** The id before a spreadsheet turned it into a number; null if none did. */
function likelyId(id: string): string | null {
  const quoted = /^(?:'|="?)(\w+)"?$/.exec(id)?.[1];
  if (quoted !== undefined) return quoted;
  if (/^\d{1,3}(,\d{3})+$/.test(id)) return padded(id.replaceAll(",", ""));
  if (/^\d+\.0*$/.test(id)) return padded(id.slice(0, id.indexOf(".")));
  const [, first, more = "", power] = /^(\d)(?:\.(\d*))?e\+?(\d+)$/i.exec(id) ?? [];
  if (first === undefined || Number(power) > 20) return null;
  return padded(`${first}${more.padEnd(Number(power), "0")}`);
}

/** The digits with the leading zeros of a USGS id: 8 digits for a station, 15 for a place. */
function padded(digits: string): string {
  if (digits.length <= 8) return digits.padStart(8, "0");
  return digits.length >= 13 ? digits.padStart(15, "0") : digits;
}

function hasControl(id: string): boolean {
  return [...id].some((letter) => letter < " ");
}

/** What is odd about the length of a numeric id; null if nothing is. */
export function oddLength(id: string): string | null {
  if (/^\d{7}$/.test(id))
    return "the id has seven digits: USGS ids have eight or more, was a leading zero lost?";
  if (/^\d{13,14}$/.test(id))
    return `the id has ${id.length} digits: USGS ids of places have fifteen, was a leading zero lost?`;
  return null;
}

/** The part of an id that spreadsheets keep: two ids with the same core are the same site. */
export function coreOf(id: string): string {
  return asSeen(likelyId(id) ?? id).replace(/^0+/, "");
}

/** How an id differs from another one with the same core. */
export function differenceOf(id: string, other: string): string {
  if (asSeen(id) === asSeen(other))
    return `the id looks like "${other}" and has other characters (separate accents, for example): write both in the same way`;
  return likelyId(id) === null && likelyId(other) === null
    ? `the id differs from "${other}" only by leading zeros: one of the two lost some`
    : `the id is "${other}" written as a number, or the other way round: write ids as text`;
}
