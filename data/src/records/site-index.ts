/**
 * Where the lines of each site stand in a CSV file, found in one pass over its bytes.
 *
 * A file of 1.5 million rows is indexed in a fraction of a second; what a batch of jobs reads afterwards is
 * only the bytes of its own sites. The index is kept per process, by path, size and time of change.
 * The first column must be `site_id`, and its text is never converted: "01022500" keeps its zero.
 */
import { open, stat } from "node:fs/promises";
import { cannot } from "braid-engine";
import { separatorOf } from "../check/row-fault.ts";
import { longestLine, notUtf8, parseHeader, parseLine, trimReturn } from "../tables/csv.ts";

/** Bytes from the first line of a site to the end of its last; other sites' lines may lie between. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** Bytes of the site's own lines; `end - start` where no other line lies between. */
  readonly own: number;
  /** Number of the first line; the header is line 1. */
  readonly line: number;
}

export interface SiteIndex {
  /** Column names, `site_id` first. */
  readonly header: readonly string[];
  readonly spans: ReadonlyMap<string, Span>;
  /** The last line and its site, where no line feed ends it: it may have been cut. */
  readonly unended: { readonly site: string; readonly line: number } | null;
}

/** Bytes of some lines in a row, and the number of the first. */
export interface Piece {
  readonly line: number;
  readonly bytes: Buffer;
}

const newline = 10;
const comma = 44;
const carriageReturn = 13;
const chunkSize = 1 << 20;
const utf8 = new TextDecoder("utf-8", { fatal: true });

const kept = new Map<string, { readonly version: string; readonly index: Promise<SiteIndex> }>();

/** The index of `file`. @throws for a file that is not there, is empty or does not begin with `site_id`. */
export async function indexSites(file: string): Promise<SiteIndex> {
  const { size, mtimeMs } = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw cannot("read", file, error.code === "ENOENT" ? "it does not exist" : error.message);
  });
  const version = `${size} ${mtimeMs}`;
  const known = kept.get(file);
  if (known?.version === version) return known.index;
  const index = buildIndex(file);
  kept.set(file, { version, index });
  return index;
}

async function buildIndex(file: string): Promise<SiteIndex> {
  let header: readonly string[] | undefined;
  const spans = new Map<string, { start: number; end: number; own: number; line: number }>();
  let span: { start: number; end: number; own: number; line: number } | undefined;
  let site = "";
  let id = Buffer.alloc(0);
  let line = 0;
  let ended = true;
  await scanLines(file, 0, Number.POSITIVE_INFINITY, (chunk, from, to, position) => {
    line += 1;
    ended = chunk[to - 1] === newline;
    if (header === undefined) {
      header = headerOf(file, chunk.subarray(from, to));
      return;
    }
    const end = position + to - from;
    // Most lines belong to the site of the line before: comparing bytes spares making a string of them.
    if (span === undefined || !startsWith(chunk, from, id)) {
      if (isBlank(chunk, from, to)) return;
      site = siteOf(file, line, chunk, from, to);
      id = Buffer.from(chunk.subarray(from, fieldEnd(chunk, from, to) + 1));
      span = spans.get(site);
      if (span === undefined) {
        span = { start: position, end, own: 0, line };
        spans.set(site, span);
      }
    }
    span.end = end;
    span.own += to - from;
  });
  if (header === undefined) throw cannot("read", file, "it is empty");
  return { header, spans, unended: ended || site === "" ? null : { site, line } };
}

/** The column names alone. @throws like `indexSites`. */
export async function readHeader(file: string): Promise<string[]> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(chunkSize), 0, chunkSize, 0);
    const end = buffer.indexOf(newline);
    return headerOf(file, buffer.subarray(0, end < 0 ? bytesRead : end));
  } finally {
    await handle.close();
  }
}

function headerOf(file: string, bytes: Buffer): string[] {
  const [line = ""] = decodeLines(file, { line: 1, bytes });
  if (line.trim() === "") throw cannot("read", file, "it is empty");
  const header = parseHeader(file, line);
  if (header[0] === "site_id") return header;
  const separated = separatorOf(header);
  if (separated !== null)
    throw cannot("read", file, separated, { facts: [["first line", line.trim().slice(0, 100)]] });
  throw cannot("read", file, `its first column must be "site_id", and it is ${JSON.stringify(header[0])}`, {
    facts: [["first line", line.trim().slice(0, 100)]],
    hint: "Columns are separated by commas: site_id,date,...",
  });
}

/** The text of each line of a piece, without line ends. @throws where it is not UTF-8. */
export function decodeLines(file: string, { line, bytes }: Piece): string[] {
  try {
    return utf8.decode(bytes).split("\n").map(trimReturn);
  } catch {
    throw notUtf8(file, line);
  }
}

/**
 * The lines of some sites, as bytes. Sites whose bytes lie apart are read one after
 * another, so that of a file in order of site only one site is held at a time.
 */
export async function* linesOf(
  file: string,
  index: SiteIndex,
  sites: readonly string[],
): AsyncGenerator<readonly [site: string, pieces: readonly Piece[]]> {
  for (const group of groups(index, sites)) {
    if (group.own === group.end - group.start && group.sites.length === 1) {
      yield [group.sites[0]!, [{ line: group.line, bytes: await readBytes(file, group.start, group.end) }]];
      continue;
    }
    const lines = new Map<string, Piece[]>(group.sites.map((site) => [site, []]));
    let line = group.line;
    await scanLines(file, group.start, group.end, (chunk, from, to) => {
      if (!isBlank(chunk, from, to))
        lines
          .get(siteOf(file, line, chunk, from, to))
          ?.push({ line, bytes: Buffer.from(chunk.subarray(from, to)) });
      line += 1;
    });
    yield* lines;
  }
}

interface Group {
  start: number;
  end: number;
  own: number;
  line: number;
  sites: string[];
}

/** The spans of `sites`, in order of the file; those that share bytes become one. */
function groups(index: SiteIndex, sites: readonly string[]): Group[] {
  const spans = sites.flatMap((site) => {
    const span = index.spans.get(site);
    return span === undefined ? [] : [{ ...span, sites: [site] }];
  });
  spans.sort((a, b) => a.start - b.start);
  const merged: Group[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else {
      last.end = Math.max(last.end, span.end);
      last.own += span.own;
      last.sites.push(...span.sites);
    }
  }
  return merged;
}

/** Calls `visit` for every line (its line feed included) of the bytes `start` to before `end`. */
async function scanLines(
  file: string,
  start: number,
  end: number,
  visit: (chunk: Buffer, from: number, to: number, position: number) => void,
): Promise<void> {
  const handle = await open(file);
  try {
    let position = start;
    let rest = Buffer.alloc(0);
    while (position + rest.length < end) {
      const wanted = Math.min(chunkSize, end - position - rest.length);
      const chunk = Buffer.allocUnsafe(rest.length + wanted);
      rest.copy(chunk);
      const { bytesRead } = await handle.read(chunk, rest.length, wanted, position + rest.length);
      const filled = chunk.subarray(0, rest.length + bytesRead);
      let from = 0;
      for (let at = filled.indexOf(newline); at >= 0; at = filled.indexOf(newline, from)) {
        visit(filled, from, at + 1, position + from);
        from = at + 1;
      }
      position += from;
      rest = filled.subarray(from);
      if (rest.length > 4 * longestLine)
        throw cannot("read", file, `a line is longer than ${longestLine} characters`, {
          facts: [["it begins", rest.toString("utf8", 0, 60)]],
          hint: "Do the lines end in something other than a line feed?",
        });
      if (bytesRead === 0) break;
    }
    if (rest.length > 0) visit(rest, 0, rest.length, position);
  } finally {
    await handle.close();
  }
}

async function readBytes(file: string, start: number, end: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const bytes = Buffer.allocUnsafe(end - start);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) throw cannot("read", file, "it became shorter while it was read");
      filled += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

/** Index of the comma after the first field; of the line's last byte where there is none. */
function fieldEnd(chunk: Buffer, from: number, to: number): number {
  for (let i = from; i < to; i++) if (chunk[i] === comma) return i;
  return to - 1;
}

/** The site of a line. @throws where it is empty or not UTF-8: such a line would silently be no site's. */
function siteOf(file: string, line: number, chunk: Buffer, from: number, to: number): string {
  const field = chunk.toString("utf8", from, fieldEnd(chunk, from, to));
  if (field.includes("\ufffd")) throw notUtf8(file, line);
  const site = field.includes('"')
    ? parseLine(file, line, trimReturn(chunk.toString("utf8", from, to).replace(/\n$/, "")))[0]!
    : field.trim();
  if (site !== "") return site;
  throw cannot("read", file, `the site id of line ${line} is empty`, {
    facts: [["line", chunk.toString("utf8", from, Math.min(to, from + 60)).trim()]],
  });
}

function isBlank(chunk: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (chunk[i] !== newline && chunk[i] !== carriageReturn) return false;
  return true;
}

function startsWith(chunk: Buffer, from: number, bytes: Buffer): boolean {
  if (from + bytes.length > chunk.length) return false;
  for (let i = 0; i < bytes.length; i++) if (chunk[from + i] !== bytes[i]) return false;
  return true;
}
