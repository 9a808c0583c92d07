/**
 * A CSV file as rows of text, line by line: UTF-8, commas, optional quotes, one record a line.
 * What another program would read another way is refused: other encodings, NUL bytes, open quotes, endless lines.
 */
import { createReadStream } from "node:fs";
import { cannot } from "braid-engine";
import { parse } from "csv-parse/sync";
import type { Row, Table } from "./table.ts";

/** How a text file is written that is not plain CSV. */
export interface Dialect {
  /** The sign between fields. */
  readonly separator: string;
  /** The name of the encoding, as TextDecoder takes it. */
  readonly encoding: string;
  /** The line of the column names, from 1. */
  readonly header: number;
}

const plain: Dialect = { separator: ",", encoding: "utf-8", header: 1 };

/** Longer lines are refused. */
export const longestLine = 100_000;

/** Opens a CSV file and reads its header. */
export async function openCsv(path: string): Promise<Table> {
  for await (const [header] of lineBatches(path)) {
    const columns = parseHeader(path, header!.text);
    const remarks: string[] = [];
    return { path, columns, rows: () => rowBatches(path, remarks), remarks: () => remarks };
  }
  throw cannot("read", path, "it is empty");
}

/** The rows of a text file below its header, in batches; `remarks` gets what is odd about its end. @throws as for CSV. */
export function readRows(
  path: string,
  dialect: Dialect,
  remarks: string[] = [],
): AsyncIterable<readonly Row[]> {
  return rowBatches(path, remarks, dialect);
}

/** The first lines of a text file, without line ends. @throws as for CSV. */
export async function firstLines(path: string, encoding: string, most: number): Promise<string[]> {
  const found: string[] = [];
  for await (const lines of lineBatches(path, encoding)) {
    found.push(...lines.map(({ text }) => text));
    if (found.length >= most) break;
  }
  return found.slice(0, most);
}

/** The column names of a CSV file's first line. @throws if two are the same. */
export function parseHeader(path: string, text: string): string[] {
  const columns = parseLine(path, 1, text);
  const twice = columns.find((column, i) => columns.indexOf(column) !== i);
  if (twice !== undefined) throw cannot("read", path, `it has two columns named "${twice}"`);
  return columns;
}

/** The fields of one line without its line end. @throws for what another program would read another way. */
export function parseLine(path: string, number: number, text: string): string[] {
  checkLine(path, number, text);
  return splitLine(path, number, text);
}

interface Line {
  readonly number: number;
  readonly text: string;
  /** Whether a line feed ends it. */
  readonly ended: boolean;
}

async function* rowBatches(
  path: string,
  remarks: string[],
  { separator, encoding, header } = plain,
): AsyncGenerator<readonly Row[]> {
  remarks.length = 0;
  let last: Line | undefined;
  for await (const lines of lineBatches(path, encoding)) {
    last = lines.at(-1);
    const rows: Row[] = [];
    for (const line of lines)
      if (line.number > header && line.text !== "")
        rows.push({ line: line.number, cells: splitLine(path, line.number, line.text, separator) });
    yield rows;
  }
  if (last !== undefined && !last.ended)
    remarks.push(`line ${last.number}, the last one, does not end in a line feed: is the file complete?`);
}

/** The lines of a file in batches, without line ends, a byte order mark left out. */
async function* lineBatches(path: string, encoding = plain.encoding): AsyncGenerator<readonly Line[]> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let rest = "";
  let number = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    const texts = (rest + decode(path, number + 1, decoder, chunk as Uint8Array)).split("\n");
    rest = texts.pop()!;
    const lines = texts.map((text) => ({ number: ++number, text: trimReturn(text), ended: true }));
    for (const line of lines) checkLine(path, line.number, line.text);
    checkLine(path, number + 1, rest);
    if (lines.length > 0) yield lines;
  }
  rest += decode(path, number + 1, decoder);
  if (rest === "") return;
  checkLine(path, number + 1, trimReturn(rest));
  yield [{ number: number + 1, text: trimReturn(rest), ended: false }];
}

/** A line without the carriage return that Windows puts before a line feed. */
export function trimReturn(text: string): string {
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

function decode(
  path: string,
  line: number,
  decoder: InstanceType<typeof TextDecoder>,
  bytes?: Uint8Array,
): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    throw notUtf8(path, line);
  }
}

/** The error for text in another encoding. */
export function notUtf8(path: string, line: number): Error {
  return cannot("read", path, `it is not UTF-8 text, at or after line ${line}`, {
    hint: "Save it as CSV UTF-8.",
  });
}

function checkLine(path: string, number: number, text: string): void {
  if (text.length > longestLine)
    throw cannot("read", path, `line ${number} is longer than ${longestLine} characters`, {
      facts: [["it begins", text.slice(0, 60)]],
      hint: "Is a quote not closed, or do the lines end in something other than a line feed?",
    });
  // A return at the end belongs to a line feed that the next chunk may bring.
  const at = text.indexOf("\r");
  if (at >= 0 && at < text.length - 1)
    throw cannot("read", path, `line ${number} holds a carriage return without a line feed`, {
      hint: "Old Macintosh line ends look like this. Save it as CSV UTF-8.",
    });
  if (text.includes("\0"))
    throw cannot("read", path, `line ${number} holds a NUL character`, {
      hint: "UTF-16 text looks like this. Save it as CSV UTF-8.",
    });
}

/** The fields of a line, without quotes and blanks around them. @throws if quotes do not close. */
export function splitLine(path: string, number: number, text: string, separator = ","): string[] {
  if (!text.includes('"')) {
    const cells = text.split(separator);
    for (let i = 0; i < cells.length; i++) cells[i] = cells[i]!.trim();
    return cells;
  }
  try {
    const [cells] = parse(text, { trim: true, relax_column_count: true, delimiter: separator }) as string[][];
    return (cells ?? []).map((cell) => cell.trim());
  } catch (error) {
    throw cannot("read", path, `line ${number} is not CSV: ${(error as Error).message}`, {
      facts: [["line", text.slice(0, 100)]],
      hint: quoteHint(text),
    });
  }
}

/** What to do about a line whose quotes do not close, or stand inside a field. */
function quoteHint(text: string): string {
  if (/^\s*[[{]+\s*"/.test(text)) return "This looks like JSON: write the table as CSV.";
  if (/(^|[,;\t])="/.test(text))
    return 'Spreadsheets keep text in this way (="01"): write it without the equals sign and the quotes.';
  return "A row must be on one line, with quotes only around whole fields. Does a field contain a line break?";
}
