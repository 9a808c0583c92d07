/** Text for a table or list in which each row is one line: line breaks, tabs and other control characters are escaped. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (found) => named[found] ?? `\\x${hex(found)}`);
}

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r" };

function hex(found: string): string {
  return found.charCodeAt(0).toString(16).padStart(2, "0");
}
