/** Three hundred spoilt files: each is reported, or what is read from it is what stood in the sound one. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { randomStream } from "../sample/random.ts";
import { formatDay, parseDay } from "../tables/day.ts";
import { parseNumber } from "../tables/number.ts";
import { openTable } from "../tables/open-table.ts";
import { checkFolder } from "./check-folder.ts";

const random = randomStream("corrupt");
const below = (n: number) => Math.floor(random.uniform() * n);
const start = parseDay("1999-12-01")!;

const header = {
  obs_file: "site_id,date,discharge_cms,temp_c",
  input_file: "site_id,date,prcp_mm,tmin_c,tmax_c",
};
type Name = keyof typeof header;

function soundLines(name: Name): string[] {
  const lines = [header[name]];
  for (const site of ["01022500", "01435000", "14185000"])
    for (let i = 0; i < 120; i++) {
      const key = `${site},${formatDay(start + i)}`;
      if (name === "input_file") lines.push(`${key},${i % 7}.${i % 10},${-3 - (i % 5)}.25,${4 + (i % 6)}.75`);
      else lines.push(`${key},${i % 9 === 0 ? "" : `${3 + (i % 17)}.${i % 10}1`},${1 + (i % 12)}.${i % 9}`);
    }
  return lines;
}

type Corruption = (lines: string[]) => string | Uint8Array;
const join_ = (lines: readonly string[]) => `${lines.join("\n")}\n`;
const anyRow = (lines: readonly string[]) => 1 + below(lines.length - 1);
const inCell =
  (change: (cell: string) => string): Corruption =>
  (lines) => {
    const row = anyRow(lines);
    const cells = lines[row]!.split(",");
    const at = 2 + below(cells.length - 2);
    cells[at] = change(cells[at]!);
    lines[row] = cells.join(",");
    return join_(lines);
  };
const pick = <T>(choices: readonly T[]) => choices[below(choices.length)]!;

const corruptions: Record<string, Corruption> = {
  cut: (lines) => join_(lines).slice(0, 1 + below(join_(lines).length - 1)),
  "doubled line": (lines) => {
    const row = anyRow(lines);
    lines.splice(row, 0, lines[row]!);
    return join_(lines);
  },
  "doubled file": (lines) => join_([...lines, ...lines]),
  shuffled: (lines) => {
    const rows = lines.slice(1);
    for (let i = rows.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [rows[i], rows[j]] = [rows[j]!, rows[i]!];
    }
    return join_([lines[0]!, ...rows]);
  },
  "lines lost": (lines) => {
    lines.splice(anyRow(lines), 1 + below(5));
    return join_(lines);
  },
  "UTF-16": (lines) => Buffer.from(`\uFEFF${join_(lines)}`, "utf16le"),
  "Latin-1": (lines) => {
    const row = anyRow(lines);
    lines[row] = lines[row]!.replace(",", "\u00a0,");
    return Buffer.from(join_(lines), "latin1");
  },
  "byte order mark": (lines) => `\uFEFF${join_(lines)}`,
  CRLF: (lines) => join_(lines).replaceAll("\n", "\r\n"),
  "carriage returns": (lines) => join_(lines).replaceAll("\n", "\r"),
  "quoted cells": (lines) =>
    join_(
      lines.map((line) =>
        line
          .split(",")
          .map((cell) => `"${cell}"`)
          .join(","),
      ),
    ),
  "open quote": inCell((cell) => `"${cell}`),
  "stray quote": inCell((cell) => `${cell}"`),
  "huge field": inCell(() => "7".repeat(pick([400, 5_000, 300_000]))),
  "not a number": inCell(() =>
    pick(["NaN", "nan", "NA", "null", "-", "Ice", "1.2.3", "1e", "0x1F", "1,5", "12 3", "\u0663"]),
  ),
  infinite: inCell(() => pick(["Infinity", "-inf", "inf", "1e400", "-1e999"])),
  "missing code": inCell(() => pick(["-999", "-9999", "-999999", "-999.0", "-99"])),
  negative: inCell((cell) => `-${cell.replace("-", "") || "1"}`),
  "blanks around": inCell((cell) => `  ${cell}\t`),
  "dates out of order": (lines) => {
    const row = 1 + below(lines.length - 2);
    [lines[row], lines[row + 1]] = [lines[row + 1]!, lines[row]!];
    return join_(lines);
  },
  "other date format": (lines) => {
    const row = anyRow(lines);
    lines[row] = lines[row]!.replace(
      /(\d{4})-(\d\d)-(\d\d)/,
      pick(["$3/$2/$1", "$1$2$3", "$1-$2-$3T00:00", "$1-$3-$2x"]),
    );
    return join_(lines);
  },
  "sites mixed": (lines) =>
    join_([
      lines[0]!,
      ...Array.from({ length: 360 }, (_, i) => lines[1 + (i % 3) * 120 + Math.floor(i / 3)]!),
    ]),
  "lost zero": (lines) => join_(lines.map((line) => line.replace(/^0/, ""))),
  "lost column": (lines) => join_(lines.map((line) => line.replace(/,[^,]*$/, ""))),
  semicolons: (lines) => join_(lines.map((line) => line.replaceAll(",", ";"))),
  "header lost": (lines) => join_(lines.slice(1)),
  "NUL byte": inCell((cell) => `${cell}\0`),
  "bytes flipped": (lines) => {
    const bytes = Buffer.from(join_(lines));
    for (let i = 0; i < 3; i++) bytes[below(bytes.length)]! ^= 0x80;
    return bytes;
  },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "braid-corrupt-"));
});
afterAll(() => rm(folder, { recursive: true }));

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
  const kinds = Object.entries(corruptions);
  const outcomes = { refused: 0, warned: 0, "read as it stood": 0 };
  for (let n = 0; n < 300; n++) {
    const [kind, corrupt] = kinds[n % kinds.length]!;
    const spoilt: Name = random.uniform() < 0.5 ? "obs_file" : "input_file";
    for (const name of ["obs_file", "input_file"] as const)
      await writeFile(
        join(folder, `${name}.csv`),
        name === spoilt ? corrupt(soundLines(name)) : join_(soundLines(name)),
      );
    await writeFile(join(folder, "sites.csv"), "site_id\n01022500\n01435000\n14185000\n");

    const { findings } = await checkFolder(folder);
    for (const finding of findings) expect(finding.text.length, kind).toBeGreaterThan(10);
    if (findings.some(({ level }) => level === "error")) outcomes.refused += 1;
    else if (findings.length > 0) outcomes.warned += 1;
    else {
      outcomes["read as it stood"] += 1;
      const path = join(folder, `${spoilt}.csv`);
      const read = await values(path);
      await writeFile(path, join_(soundLines(spoilt)));
      const sound = await values(path);
      for (const [key, value] of read) expect(value, `${kind}: ${key}`).toEqual(sound.get(key));
    }
  }
  // of the 300: 28 kinds in turn, cut and spelt by a fixed stream
  expect(outcomes).toEqual({ refused: 197, warned: 29, "read as it stood": 74 });
});
