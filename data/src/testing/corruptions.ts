/**
 * Ways to spoil the two big files of a data folder, as programs, editors and networks do: what the checks and
 * every reader must report, or read as it stands.
 */
import { randomStream } from "../sample/random.ts";
import { formatDay, parseDay } from "../tables/day.ts";

const start = parseDay("1999-12-01")!;

const header = {
  obs_file: "site_id,date,discharge_cms,temp_c",
  input_file: "site_id,date,prcp_mm,tmin_c,tmax_c",
};

/** The two big files of a data folder. */
export type TableName = keyof typeof header;

/** The sites of the sound files, and their days: first and last. */
export const soundSites = ["01022500", "01435000", "14185000"];
export const soundDays = { from: formatDay(start), to: formatDay(start + 119) };

/** A sound file: what each spoilt one was before. */
export function soundFile(name: TableName): string {
  return joined(soundLines(name));
}

function soundLines(name: TableName): string[] {
  const lines = [header[name]];
  for (const site of soundSites)
    for (let i = 0; i < 120; i++) {
      const key = `${site},${formatDay(start + i)}`;
      if (name === "input_file") lines.push(`${key},${i % 7}.${i % 10},${-3 - (i % 5)}.25,${4 + (i % 6)}.75`);
      else lines.push(`${key},${i % 9 === 0 ? "" : `${3 + (i % 17)}.${i % 10}1`},${1 + (i % 12)}.${i % 9}`);
    }
  return lines;
}

type Below = (n: number) => number;
type Corruption = (lines: string[], below: Below) => string | Uint8Array;
const joined = (lines: readonly string[]) => `${lines.join("\n")}\n`;
const anyRow = (lines: readonly string[], below: Below) => 1 + below(lines.length - 1);
const inCell =
  (change: (cell: string, below: Below) => string): Corruption =>
  (lines, below) => {
    const row = anyRow(lines, below);
    const cells = lines[row]!.split(",");
    const at = 2 + below(cells.length - 2);
    cells[at] = change(cells[at]!, below);
    lines[row] = cells.join(",");
    return joined(lines);
  };
const pick = <T>(below: Below, choices: readonly T[]) => choices[below(choices.length)]!;

const corruptions: Record<string, Corruption> = {
  cut: (lines, below) => joined(lines).slice(0, 1 + below(joined(lines).length - 1)),
  "doubled line": (lines, below) => {
    const row = anyRow(lines, below);
    lines.splice(row, 0, lines[row]!);
    return joined(lines);
  },
  "day twice, other values": (lines, below) => {
    const row = anyRow(lines, below);
    const [site, date] = lines[row]!.split(",");
    const other = lines[anyRow(lines, below)]!.split(",").slice(2);
    lines.splice(row + below(2), 0, [site, date, ...other].join(","));
    return joined(lines);
  },
  "header again": (lines, below) => {
    lines.splice(anyRow(lines, below), 0, lines[0]!);
    return joined(lines);
  },
  "doubled file": (lines) => joined([...lines, ...lines]),
  shuffled: (lines, below) => {
    const rows = lines.slice(1);
    for (let i = rows.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [rows[i], rows[j]] = [rows[j]!, rows[i]!];
    }
    return joined([lines[0]!, ...rows]);
  },
  "lines lost": (lines, below) => {
    lines.splice(anyRow(lines, below), 1 + below(5));
    return joined(lines);
  },
  "UTF-16": (lines) => Buffer.from(`\uFEFF${joined(lines)}`, "utf16le"),
  "Latin-1": (lines, below) => {
    const row = anyRow(lines, below);
    lines[row] = lines[row]!.replace(",", "\u00a0,");
    return Buffer.from(joined(lines), "latin1");
  },
  "byte order mark": (lines) => `\uFEFF${joined(lines)}`,
  CRLF: (lines) => joined(lines).replaceAll("\n", "\r\n"),
  "carriage returns": (lines) => joined(lines).replaceAll("\n", "\r"),
  "quoted cells": (lines) =>
    joined(
      lines.map((line) =>
        line
          .split(",")
          .map((cell) => `"${cell}"`)
          .join(","),
      ),
    ),
  "open quote": inCell((cell) => `"${cell}`),
  "stray quote": inCell((cell) => `${cell}"`),
  "huge field": inCell((_, below) => "7".repeat(pick(below, [400, 5_000, 300_000]))),
  "not a number": inCell((_, below) =>
    pick(below, ["NaN", "nan", "NA", "null", "-", "Ice", "1.2.3", "1e", "0x1F", "1,5", "12 3", "\u0663"]),
  ),
  infinite: inCell((_, below) => pick(below, ["Infinity", "-inf", "inf", "1e400", "-1e999"])),
  "missing code": inCell((_, below) => pick(below, ["-999", "-9999", "-999999", "-999.0", "-99"])),
  // Of flow and rain, the first column: a temperature with the other sign is another sound temperature.
  negative: (lines, below) => {
    const row = anyRow(lines, below);
    const [site, date, cell = "", ...more] = lines[row]!.split(",");
    lines[row] = [site, date, `-${cell || "1"}`, ...more].join(",");
    return joined(lines);
  },
  "blanks around": inCell((cell) => `  ${cell}\t`),
  "dates out of order": (lines, below) => {
    const row = 1 + below(lines.length - 2);
    [lines[row], lines[row + 1]] = [lines[row + 1]!, lines[row]!];
    return joined(lines);
  },
  "other date format": (lines, below) => {
    const row = anyRow(lines, below);
    lines[row] = lines[row]!.replace(
      /(\d{4})-(\d\d)-(\d\d)/,
      pick(below, ["$3/$2/$1", "$1$2$3", "$1-$2-$3T00:00", "$1-$3-$2x"]),
    );
    return joined(lines);
  },
  "sites mixed": (lines) =>
    joined([
      lines[0]!,
      ...Array.from({ length: 360 }, (_, i) => lines[1 + (i % 3) * 120 + Math.floor(i / 3)]!),
    ]),
  "lost zero": (lines) => joined(lines.map((line) => line.replace(/^0/, ""))),
  "lost column": (lines) => joined(lines.map((line) => line.replace(/,[^,]*$/, ""))),
  semicolons: (lines) => joined(lines.map((line) => line.replaceAll(",", ";"))),
  "header lost": (lines) => joined(lines.slice(1)),
  "NUL byte": inCell((cell) => `${cell}\0`),
  "fill value": inCell((_, below) =>
    pick(below, [
      ...["9.96921e+36", "-3.4028235e38", "1e20", "-32767", "-2147483648", "-9223372036854775808"],
      ...["-888", "-7777", "-999.9", "-99.9", "-6999", "-28316.8", "-25374.6", "-10272.15", "-9999000"],
    ]),
  ),
  "far value again and again": (lines, below) => {
    const value = pick(below, ["-55.5", "-444", "-1234", "54321", "9999"]);
    const at = 2 + below(2);
    const site = lines[anyRow(lines, below)]!.split(",")[0]!;
    const rows = lines.flatMap((line, row) => (line.startsWith(`${site},`) ? [row] : []));
    for (let i = below(20); i < rows.length; i += 25)
      lines[rows[i]!] = lines[rows[i]!]!.split(",").with(at, value).join(",");
    return joined(lines);
  },
  "ids as numbers": (lines, below) => {
    const [from, to] = pick(below, [
      ["01022500", "1022500.0"],
      ["01435000", "1.435E+06"],
      ["14185000", "14185000.0"],
      ["14185000", '"14,185,000"'],
    ] as const);
    return joined(lines.map((line) => line.replace(new RegExp(`^${from}`), to)));
  },
  "id with a slash": (lines) => joined(lines.map((line) => line.replace(/^14185000/, "1418/5000"))),
  "day of another calendar": (lines, below) => {
    const row = anyRow(lines, below);
    lines[row] = lines[row]!.replace(
      /\d{4}-\d\d-\d\d/,
      pick(below, ["2000-02-30", "1999-02-29", "2000-13-01"]),
    );
    return joined(lines);
  },
  "times of day": (lines, below) => {
    const time = pick(below, ["T13:00", " 00:00:00", "T00:00:00Z", "T00:00-05:00", " 06:00 UTC"]);
    return joined(lines.map((line, row) => (row === 0 ? line : line.replace(/(-\d\d),/, `$1${time},`))));
  },
  "decimal commas": (lines, below) => {
    const quoted = below(2) === 0;
    const comma = (line: string) =>
      line
        .split(",")
        .map((cell) =>
          quoted && cell.includes(".") ? `"${cell.replace(".", ",")}"` : cell.replace(".", ","),
        )
        .join(",");
    return joined(lines.map((line, row) => (row === 0 ? line : comma(line))));
  },
  tabs: (lines) => joined(lines.map((line) => line.replaceAll(",", "\t"))),
  "bytes flipped": (lines, below) => {
    const bytes = Buffer.from(joined(lines));
    for (let i = 0; i < 3; i++) bytes[below(bytes.length)]! ^= 0x80;
    return bytes;
  },
};

/** A spoilt file, and in which way. */
export interface Spoilt {
  readonly kind: string;
  readonly name: TableName;
  readonly content: string | Uint8Array;
}

/** So many spoilt files, every kind in turn; the same ones for a seed. */
export function* spoiltFiles(count: number, seed = "corrupt"): Generator<Spoilt> {
  const random = randomStream(seed);
  const below: Below = (n) => Math.floor(random.uniform() * n);
  const kinds = Object.entries(corruptions);
  for (let n = 0; n < count; n++) {
    const [kind, corrupt] = kinds[n % kinds.length]!;
    const name: TableName = random.uniform() < 0.5 ? "obs_file" : "input_file";
    yield { kind, name, content: corrupt(soundLines(name), below) };
  }
}
