/** Three hundred spoilt files: each is reported, or what is read from it is what stood in the sound one. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkFolder } from "../check/check-folder.ts";
import { parseNumber } from "../tables/number.ts";
import { openTable } from "../tables/open-table.ts";
import { soundFile, soundSites, spoiltFiles } from "./corruptions.ts";
import { newFolder } from "./files.ts";

/** Every value by site, date and column; columns in another order are the same values. */
async function values(path: string): Promise<Map<string, number>> {
  const table = await openTable(path);
  const found = new Map<string, number>();
  for await (const rows of table.rows())
    for (const { cells } of rows)
      for (const [i, column] of table.columns.entries())
        if (i >= 2) found.set(`${cells[0]} ${cells[1]} ${column}`, parseNumber(cells[i]!)!);
  return found;
}

it("of 300 spoilt files none is read wrongly in silence, and none ends without a message", async () => {
  const folder = newFolder();
  const outcomes = { refused: 0, warned: 0, "read as it stood": 0 };
  await writeFile(join(folder, "sites.csv"), `site_id\n${soundSites.join("\n")}\n`);
  for (const { kind, name, content } of spoiltFiles(300)) {
    for (const each of ["obs_file", "input_file"] as const)
      await writeFile(join(folder, `${each}.csv`), each === name ? content : soundFile(each));

    const { findings } = await checkFolder(folder);
    for (const finding of findings) expect(finding.text.length, kind).toBeGreaterThan(10);
    if (findings.some(({ level }) => level === "error")) outcomes.refused += 1;
    else if (findings.length > 0) outcomes.warned += 1;
    else {
      outcomes["read as it stood"] += 1;
      const path = join(folder, `${name}.csv`);
      const read = await values(path);
      await writeFile(path, soundFile(name));
      const sound = await values(path);
      for (const [key, value] of read) expect(value, `${kind}: ${key}`).toEqual(sound.get(key));
    }
  }
  // of the 300: 38 kinds in turn, cut and spelt by a fixed stream
  expect(outcomes).toEqual({ refused: 214, warned: 32, "read as it stood": 54 });
});
