/** What differs between two recorded texts: lines of code, and params by their names. */

export interface LineChange {
  readonly sign: "-" | "+";
  readonly line: string;
}

/** Longest texts compared line by line: beyond, everything between the first and the last difference counts. */
const mostCells = 4_000_000;

export function lineChanges(before: string, after: string): LineChange[] {
  const a = before.split("\n");
  const b = after.split("\n");
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail++;
  return middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
}

function middle(a: readonly string[], b: readonly string[]): LineChange[] {
  const out = (line: string): LineChange => ({ sign: "-", line });
  const into = (line: string): LineChange => ({ sign: "+", line });
  if (a.length * b.length > mostCells) return [...a.map(out), ...b.map(into)];
  // common[i][j]: length of the longest common subsequence of a[i..] and b[j..].
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const changes: LineChange[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (j === b.length || (i < a.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!))
      changes.push(out(a[i++]!));
    else changes.push(into(b[j++]!));
  }
  return changes;
}

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
