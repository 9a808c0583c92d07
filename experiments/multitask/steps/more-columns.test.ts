import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newFolder } from "../testing/made-up-data.ts";
import { addColumns } from "./more-columns.ts";

test("columns are added behind each line by its site, and the lines stay as they are", async () => {
  const folder = newFolder();
  const file = join(folder, "table.csv");
  writeFileSync(file, 'experiment,site_id,nse\nexpB,0102,0.5\nexpB,"a,""b",\nexpB,0102,0.25\n');
  await addColumns(file, ["gauged", "days"], (site) => ({
    gauged: site === "0102" ? "yes" : "no",
    days: site.length,
  }));
  expect(readFileSync(file, "utf8")).toBe(
    'experiment,site_id,nse,gauged,days\nexpB,0102,0.5,yes,4\nexpB,"a,""b",,no,4\nexpB,0102,0.25,yes,4\n',
  );
  expect(readdirSync(folder)).toEqual(["table.csv"]);
});
