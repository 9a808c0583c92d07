/** RDB, the tab-separated text of the USGS: comments with #, a header, a line of widths ("15s"), rows. */
import { cannot } from "braid-engine";

/**
 * The rows by column name; fields that a row leaves off at its end are empty.
 * @throws for text that is no RDB table, or ends in the middle of a row.
 */
export function parseRdb(name: string, text: string): Record<string, string>[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#"));
  const [header = "", widths = "", ...rows] = lines;
  const columns = header.split("\t");
  if (columns.length < 2 || !widths.split("\t").every((width) => /^\d+[sdn]$/.test(width)))
    throw cannot("read", name, "it is not an RDB table", { facts: [["it begins", text.slice(0, 80)]] });
  if (!text.endsWith("\n")) throw cannot("read", name, "it ends in the middle of a row");
  return rows.map((row) => {
    const cells = row.split("\t");
    if (cells.length > columns.length)
      throw cannot("read", name, `a row has ${cells.length} fields, the header has ${columns.length}`, {
        facts: [["row", row.slice(0, 80)]],
      });
    return Object.fromEntries(columns.map((column, i) => [column, (cells[i] ?? "").trim()]));
  });
}
