/** Which lines differ between two texts, as a shortest list of lines taken out and put in. */

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
