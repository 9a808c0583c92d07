/** Reads the first rows of a table whose fields are set apart by commas or tabs, quoted as in RFC 4180. */

/** `whole` is false where the text was cut: its last row may not be one. */
export function readRows(text: string, separator: "," | "\t", whole: boolean, most: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  const endRow = () => {
    row.push(field);
    field = "";
    // A line with nothing in it is no row.
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  };
  for (let i = 0; i < text.length && rows.length < most; i++) {
    const character = text[i]!;
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') field += text[i++]!;
      else quoted = false;
    } else if (character === '"' && field === "") quoted = true;
    else if (character === separator) {
      row.push(field);
      field = "";
    } else if (character === "\n") endRow();
    else if (character !== "\r" || text[i + 1] !== "\n") field += character;
  }
  if (whole && rows.length < most && (field !== "" || row.length > 0)) endRow();
  return rows;
}
