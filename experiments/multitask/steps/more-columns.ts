/** A gathered table with columns of its own at its end. */
import { createReadStream, createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { parse } from "csv-parse/sync";
import { field } from "../csv.ts";

type Cells = Readonly<Record<string, string | number>>;

/** Adds `columns` to each line of a metrics table; `of` gives their values by the site of the line. The lines stay as they are. */
export async function addColumns(
  file: string,
  columns: readonly string[],
  of: (site: string) => Cells,
): Promise<void> {
  const cellsOf = (cells: Cells) => columns.map((column) => field(cells[column]!)).join(",");
  const [known, longer] = [new Map<string, string>(), `${file}.longer`];
  async function* lines() {
    let siteAt = -1;
    for await (const line of createInterface({
      input: createReadStream(file),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      if (siteAt < 0) {
        siteAt = line.split(",").indexOf("site_id");
        yield `${line},${columns.join(",")}\n`;
        continue;
      }
      const site = (line.includes('"') ? (parse(line) as string[][])[0]! : line.split(","))[siteAt]!;
      const added = known.get(site) ?? cellsOf(of(site));
      known.set(site, added);
      yield `${line},${added}\n`;
    }
  }
  await pipeline(lines, createWriteStream(longer));
  await rename(longer, file);
}
