/**
 * Which params differ between two recorded texts. The texts are JSON with sorted keys, and with words such
 * as `undefined` or `Set[1,2]` for what JSON lacks, so they are taken apart by their brackets alone.
 */

/** A param by its dotted name; null where one side does not have it. */
export interface ParamChange {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The differing leaves of two records, in order of their names. */
export function paramChanges(before: string, after: string): ParamChange[] {
  const old = leaves(before);
  const now = leaves(after);
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names
    .map((name) => ({ name, before: old.get(name) ?? null, after: now.get(name) ?? null }))
    .filter((change) => change.before !== change.after);
}

function leaves(text: string, name = "", found = new Map<string, string>()): Map<string, string> {
  const entries = text.startsWith("{") && text.endsWith("}") ? splitAtCommas(text.slice(1, -1)) : null;
  if (entries === null || (entries.length === 0 && name !== "")) found.set(name, text);
  for (const entry of entries ?? []) {
    const end = stringEnd(entry, 0);
    const key = JSON.parse(entry.slice(0, end)) as string;
    leaves(entry.slice(end + 1), name === "" ? key : `${name}.${key}`, found);
  }
  return found;
}

/** The parts between commas that stand in no bracket and no string. */
function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"') i = stringEnd(text, i) - 1;
    else if ("{[(".includes(c)) depth++;
    else if ("}])".includes(c)) depth--;
    else if (c === "," && depth === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/** The position after the string that begins at `from`. */
function stringEnd(text: string, from: number): number {
  let i = from + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
  return i + 1;
}
