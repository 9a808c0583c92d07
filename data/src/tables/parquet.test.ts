import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkFolder } from "../check/check-folder.ts";
import { openTable } from "./open-table.ts";
import { writeCsv } from "./write-csv.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "braid-parquet-"));
});
afterEach(() => rm(folder, { recursive: true }));

const dates = ["2001-01-01", "2001-01-02", "2001-01-03"];
const site_id = { name: "site_id", data: ["01022500", "01022500", "01022500"], type: "STRING" as const };
const days = { name: "date", data: dates.map((date) => new Date(date)), type: "TIMESTAMP" as const };

async function rowsOf(columnData: Parameters<typeof parquetWriteFile>[0]["columnData"], rowGroupSize = 1000) {
  const path = join(folder, "obs_file.parquet");
  parquetWriteFile({ filename: path, columnData, rowGroupSize });
  const table = await openTable(path);
  const cells: (readonly string[])[] = [];
  for await (const rows of table.rows()) cells.push(...rows.map((row) => row.cells));
  return { table, cells };
}

describe("a Parquet file", () => {
  it("gives the rows that a CSV of the same values gives: ids text, dates ISO, missing empty", async () => {
    const { table, cells } = await rowsOf(
      [
        site_id,
        days,
        { name: "discharge_cms", data: [1.25, null, 3e-7], type: "DOUBLE" },
        { name: "temp_c", data: [Number.NaN, 2, 0.1], type: "DOUBLE" },
      ],
      2,
    );
    expect(table.columns).toEqual(["site_id", "date", "discharge_cms", "temp_c"]);
    expect(cells).toEqual([
      ["01022500", "2001-01-01", "1.25", ""],
      ["01022500", "2001-01-02", "", "2"],
      ["01022500", "2001-01-03", "3e-7", "0.1"],
    ]);
    const csv = join(folder, "obs_file.csv");
    await writeCsv(table, csv);
    expect(await readFile(csv, "utf8")).toBe(
      "site_id,date,discharge_cms,temp_c\n01022500,2001-01-01,1.25,\n01022500,2001-01-02,,2\n01022500,2001-01-03,3e-7,0.1\n",
    );
  });

  it("may hold dates as text, and whole numbers", async () => {
    const { cells } = await rowsOf([
      site_id,
      { name: "date", data: dates, type: "STRING" },
      { name: "x", data: [1n, 2n, 3n], type: "INT64" },
    ]);
    expect(cells[2]).toEqual(["01022500", "2001-01-03", "3"]);
  });

  it("with site ids as numbers is refused", async () => {
    await expect(
      rowsOf([
        { name: "site_id", data: [1022500], type: "INT32" },
        { name: "date", data: ["2001-01-01"] },
      ]),
    ).rejects.toThrow('its column "site_id" is stored as a number (1022500)');
  });

  it("that is none is refused", async () => {
    const path = join(folder, "obs_file.parquet");
    for (const content of ["", "site_id,date\n", "PAR1 and then nothing that it should hold PAR1"]) {
      await writeFile(path, content);
      await expect(openTable(path)).rejects.toThrow("it is not a Parquet file that can be read");
    }
  });

  it("is checked like a CSV file", async () => {
    parquetWriteFile({
      filename: join(folder, "obs_file.parquet"),
      columnData: [site_id, days, { name: "discharge_cms", data: [1, -999, 3], type: "DOUBLE" }],
    });
    parquetWriteFile({
      filename: join(folder, "input_file.parquet"),
      columnData: [site_id, days, { name: "prcp_mm", data: [0, null, 3], type: "DOUBLE" }],
    });
    const { findings } = await checkFolder(folder);
    expect(
      findings.filter(({ level }) => level === "error").map(({ text, example }) => `${text}; ${example}`),
    ).toEqual([
      'discharge_cms holds a code for "missing": leave the field empty; line 3, 2001-01-02: "-999"',
      'prcp_mm is missing; line 3, 2001-01-02: ""',
    ]);
  });
});
