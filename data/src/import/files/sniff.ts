/** How a text file is written: encoding, separator, the line of the column names, a line of units below it. */
import { createReadStream } from "node:fs";
import { cannot } from "braid-engine";
import { type Dialect, firstLines, splitLine } from "../../tables/csv.ts";
import { kinds, readUnit } from "../../units/kinds.ts";

/** A file's dialect, and how many lines below the column names hold no values. */
export interface Sniffed extends Dialect {
  readonly columns: readonly string[];
  /** The texts of a line of units below the names; null if there is none. */
  readonly units: readonly string[] | null;
}

/** Field separators, the most trustworthy first: a comma may be a decimal comma. */
export const separators = [";", "\t", "|", ","] as const;

/** A separator and what lines look like with it. */
interface Candidate {
  readonly separator: string;
  readonly width: number;
  readonly header: number;
}

const linesRead = 200;

const quoted = /"(?:[^"]|"")*"/g;

/** Looks at the first lines of a text file; what `given` says is taken. */
export async function sniff(
  path: string,
  given: { separator?: string; encoding?: string },
): Promise<Sniffed> {
  const encoding = given.encoding ?? (await encodingOf(path));
  const lines = await firstLines(path, encoding, linesRead);
  if (lines.every((line) => line.trim() === "")) throw cannot("read", path, "it is empty");
  const candidates = given.separator === undefined ? separators : [given.separator];
  const found = candidates
    .map((separator) => ({ separator, ...widthOf(lines, separator) }))
    .filter(({ width }) => width > 1)
    // A separator inside texts or numbers gives fewer fields than the real one.
    .reduce<Candidate | undefined>(
      (best, one) => (best === undefined || one.width > best.width ? one : best),
      undefined,
    );
  if (found === undefined) throw noTable(path, lines);
  const { separator, width } = found;
  const header = headerOf(path, lines, found);
  if (found.header > 1 && header === found.header) checkAbove(path, lines, found);
  const below = lines[header];
  const units = below === undefined ? null : unitLine(splitLine(path, header + 1, below, separator));
  const names = splitLine(path, header, lines[header - 1]!.replace(/^#\s*/, ""), separator);
  return { separator, encoding, header, units, columns: names.slice(0, Math.max(width, names.length)) };
}

function noTable(path: string, lines: readonly string[]): Error {
  return cannot("read", path, "it is not a table: its lines do not have the same number of fields", {
    facts: [["it begins", lines[0]!.slice(0, 80)]],
    hint: noTableHint(lines),
  });
}

function noTableHint(lines: readonly string[]): string {
  const start = lines.find((line) => line.trim() !== "")!;
  if (/^\s*[[{]+\s*("|$)/.test(start)) return "This looks like JSON: write the table as CSV.";
  if (/^\s*<(!doctype|html)/i.test(start))
    return "This is a web page, so the download failed: download the file again.";
  const blanks = lines.filter((line) => /\S\s+\S/.test(line) && !/[,;\t|]/.test(line));
  return blanks.length > lines.length / 2
    ? "Its fields seem to be separated by blanks: separate them with commas."
    : "Fields must be separated by commas, semicolons, tabs or bars (mapping key separator).";
}

/** The line of the column names, from 1: a comment just above the values, or the first line that is not mostly blank fields, as a title is. */
function headerOf(path: string, lines: readonly string[], { separator, width, header }: Candidate): number {
  const cellsOf = (at: number) => splitLine(path, at + 1, lines[at]!, separator);
  const first = cellsOf(header - 1);
  const above = lines[header - 2] ?? "";
  if (
    above.startsWith("#") &&
    above.split(separator).length === width &&
    first.every((cell) => isValue(cell))
  )
    return header - 1;
  const filled = (at: number) => cellsOf(at).filter((cell) => cell !== "").length;
  const table = [...lines.keys()].filter(
    (at) => at >= header - 1 && lines[at]!.trim() !== "" && !lines[at]!.startsWith("#"),
  );
  const usual = table.map(filled).sort((a, b) => a - b)[table.length >> 1] ?? 0;
  return (table.find((at) => filled(at) >= usual / 2) ?? header - 1) + 1;
}

/** @throws if the names above the first line of values are fewer than its fields. */
function checkAbove(path: string, lines: readonly string[], { separator, header }: Candidate): void {
  const [names, values] = [lines[header - 2]!, lines[header - 1]!].map((line) =>
    splitLine(path, header, line, separator),
  );
  if (
    names!.length < 2 ||
    names!.length >= values!.length ||
    !values!.every((cell) => isValue(cell)) ||
    names!.some((cell) => isValue(cell))
  )
    return;
  throw cannot(
    "read",
    path,
    `line ${header} has ${values!.length} fields, and line ${header - 1} has ${names!.length} column names`,
    {
      facts: [
        [`line ${header - 1}`, lines[header - 2]!.slice(0, 80)],
        [`line ${header}`, lines[header - 1]!.slice(0, 80)],
      ],
      hint:
        separator === ","
          ? "Are decimals written with a comma? Write a point, or separate the fields by semicolons."
          : "Name every column, or remove the fields without a name.",
    },
  );
}

/** Whether a field holds a number or a date, as no column is called; a blank one may. */
function isValue(cell: string): boolean {
  return /^[-+\d.,:/ ]*$/.test(cell) || /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)?$/.test(cell);
}

/** The width that most lines have, and the first line that has it, from 1; a width of 0 where lines disagree. */
function widthOf(lines: readonly string[], separator: string): { width: number; header: number } {
  const widths = lines.map((line) =>
    line.trim() === "" || line.startsWith("#") ? 0 : line.replaceAll(quoted, "").split(separator).length,
  );
  const counts = new Map<number, number>();
  for (const width of widths) if (width > 0) counts.set(width, (counts.get(width) ?? 0) + 1);
  const [width, lineCount] = [...counts].sort((a, b) => b[1] - a[1])[0]!;
  const all = widths.filter((one) => one > 0).length;
  // A preamble may have other widths, the table below it may not.
  return {
    width: lineCount >= Math.min(2, all) && lineCount > all / 2 ? width : 0,
    header: widths.indexOf(width) + 1,
  };
}

/**
 * A line of units or of column types (5s, 16d), which holds no number and no date; null for a line of values. Columns without
 * a unit are blank there, or hold a dash.
 */
function unitLine(cells: readonly string[]): string[] | null {
  if (isTypeLine(cells)) return cells.map(() => "");
  const filled = cells.filter((cell) => cell !== "");
  const isUnits = filled.every((cell) => unitWords.test(cell) || isUnit(cell));
  if (!isUnits || filled.every((cell) => cell === "-")) return null;
  return cells.map((cell) => (cell === "-" ? "" : cell));
}

/** Whether a line says the types of columns, as in files of the USGS: 5s, 16d, 14n. */
export function isTypeLine(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell !== "");
  return filled.length > 1 && filled.every((cell) => /^\d+[sdn]$/.test(cell));
}

/** Units of any variable, known or not, and words for columns that have none. */
const unitWords =
  /^(?!.*\d{2})[[(]?(-|mm|cm|m|in|°?\s?[CFK]|deg ?[CFK]|.*\/.*|.*-1|[hk]?Pa|%|text|string|date|yyyy.*|km2|km²)[\])]?$/i;

/** Whether a cell is a known unit; a number is none. */
function isUnit(cell: string): boolean {
  return /[a-z%°]/i.test(cell) && Object.values(kinds).some((kind) => readUnit(cell, kind) !== null);
}

/** The encoding of a text: UTF-8, UTF-16 where it begins with its mark, else what Windows writes in western Europe. */
async function encodingOf(path: string): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let first = true;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes = chunk as Uint8Array;
    if (first && bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
    if (first && bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
    if (first) {
      const start = bytes.subarray(0, 1000);
      // Without its mark: every other byte of plain letters and digits is 0.
      for (const [at, name] of ["utf-16be", "utf-16le"].entries())
        if (
          start.length > 3 &&
          start.every((byte, i) => i % 2 !== at || byte === 0) &&
          start.some((byte) => byte > 0)
        )
          return name;
    }
    first = false;
    try {
      decoder.decode(bytes, { stream: true });
    } catch {
      return "windows-1252";
    }
  }
  return "utf-8";
}
