/** Traces: how each job's outputs were made, by the path of its first output. */

import { type Columns, hashOf, type PackedTexts, packedTexts, type TextColumn, textsOf } from "./columns.ts";
import {
  type OpenRows,
  openRows,
  type PackedRows,
  packedRows,
  type Rows,
  type RuleSums,
  type Trace,
} from "./trace-rows.ts";

export type { RuleSums, Trace } from "./trace-rows.ts";

/** Traces by path, of which one may be replaced by a newer one. */
export interface Traces {
  readonly size: number;
  get(path: string): Trace | undefined;
  /** Counts the traces that were set: what was got before may no longer be the newest. */
  readonly version: number;
  /** The newest trace that has this path as an output after the first one. */
  ofOther(path: string): Trace | undefined;
  set(path: string, trace: Trace): void;
  values(): Iterable<Trace>;
  /** The sums of each rule over the current traces. */
  byRule(): ReadonlyMap<string, Readonly<RuleSums>>;
  /** All of them in columns, those of each block under its number: what `traceTable` takes. */
  packed(): Columns;
}

/** Rows of a block: what is added is packed when there are so many. */
const blockSize = 4_096;

/** An empty table, or one that was packed. */
export function traceTable(before: Columns = {}): Traces {
  const blocks = blocksOf(before);
  const written = blocks.reduce((sum, { count }) => sum + count, 0);
  let open: OpenRows | undefined;
  let rows: Map<string, number> | undefined;
  let packed: PackedIndex | undefined;
  let version = 0;

  /** The index of a path's trace. Until a trace is added, the columns have each path once. */
  function find(path: string): number | undefined {
    if (rows !== undefined) return rows.get(path);
    packed ??= new PackedIndex(blocks.map(({ paths }) => paths()));
    const found = packed.find(path);
    return found && found.column * blockSize + found.row;
  }

  /** The index of each path's trace. */
  function table(): Map<string, number> {
    if (rows !== undefined) return rows;
    rows = new Map();
    for (const [block, { paths }] of blocks.entries())
      for (const [row, path] of textsOf(paths()).entries()) rows.set(path, block * blockSize + row);
    packed = undefined;
    return rows;
  }

  /** The index of each valid trace. Avoids building the table if no trace was replaced. */
  function* numbers(): Generator<number> {
    if (rows !== undefined) yield* rows.values();
    else
      for (const [block, { count }] of blocks.entries())
        for (let row = 0; row < count; row++) yield block * blockSize + row;
  }

  const rowsOf = (number: number): Rows => blocks[Math.floor(number / blockSize)] ?? open!;
  const at = (number: number) => rowsOf(number).at(number % blockSize);

  let others: Map<string, string> | undefined;

  /** First outputs by the other outputs of their job, filled on first use. */
  function firsts(): Map<string, string> {
    if (others !== undefined) return others;
    others = new Map();
    for (const number of numbers()) {
      const of = rowsOf(number);
      const row = number % blockSize;
      for (const other of of.others(row)) others.set(other, of.path(row));
    }
    return others;
  }

  let sums: Map<string, RuleSums> | undefined;

  function* values(): Generator<Trace> {
    for (const number of numbers()) yield at(number);
  }

  return {
    get size() {
      return rows?.size ?? written;
    },
    get version() {
      return version;
    },
    get(path) {
      const number = find(path);
      return number === undefined ? undefined : at(number);
    },
    ofOther(path) {
      const first = firsts().get(path);
      const trace = first === undefined ? undefined : this.get(first);
      return trace?.others?.includes(path) ? trace : undefined;
    },
    set(path, trace) {
      sums = undefined;
      version++;
      for (const other of trace.others ?? []) {
        others?.set(other, path);
        // An older record of it as the first output of a job no longer holds.
        table().delete(other);
      }
      open ??= openRows(blockSize);
      let row = open.add(trace);
      if (row < 0) {
        blocks.push(open.pack());
        row = open.add(trace);
      }
      table().set(path, blocks.length * blockSize + row);
    },
    values,
    byRule() {
      if (sums !== undefined) return sums;
      sums = new Map();
      for (const number of numbers()) rowsOf(number).addTo(sums, number % blockSize);
      return sums;
    },
    packed() {
      if (open !== undefined) blocks.push(open.pack());
      open = undefined;
      const count = blocks.reduce((sum, block) => sum + block.count, 0);
      // Rows that were replaced are left out, and blocks of many runs become full ones.
      const all = written === 0 && count === table().size ? blocks : packAll(values());
      return Object.assign({}, ...all.map((block, i) => block.columns(`${i} `)));
    },
  };
}

/** A table of so many traces that is read when it is asked for more. */
export function lazyTraces(size: number, read: () => Traces): Traces {
  let found: Traces | undefined;
  const table = () => {
    found ??= read();
    return found;
  };
  return {
    get size() {
      return found?.size ?? size;
    },
    get version() {
      return found?.version ?? 0;
    },
    get: (path) => table().get(path),
    ofOther: (path) => table().ofOther(path),
    set: (path, trace) => table().set(path, trace),
    values: () => table().values(),
    byRule: () => table().byRule(),
    packed: () => table().packed(),
  };
}

/** How many traces the columns have, by how many values each column has. */
export function countTraces(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (let block = 0; counts.has(`${block} path`); block++) sum += counts.get(`${block} path`)!;
  return sum;
}

function packAll(traces: Iterable<Trace>): PackedRows[] {
  const blocks: PackedRows[] = [];
  const open = openRows(blockSize);
  for (const trace of traces)
    if (open.add(trace) < 0) {
      blocks.push(open.pack());
      open.add(trace);
    }
  return [...blocks, open.pack()];
}

function blocksOf(columns: Columns): PackedRows[] {
  const blocks: PackedRows[] = [];
  while (`${blocks.length} path` in columns) blocks.push(packedRows(columns, `${blocks.length} `));
  return blocks;
}

/** Slots are chosen by the low bits of a hash: the high ones are mixed into them. */
const slotOf = (hash: number, mask: number) => (hash ^ (hash >>> 15)) & mask;

/** Finds the rows of texts in some columns, in which each text occurs once, without decoding them. */
export class PackedIndex {
  readonly #columns: readonly PackedTexts[];
  /** An open hash table: by slot, the row plus one, counted over all columns; 0 for an empty slot. */
  readonly #slots: Uint32Array;
  /** The first row of each column. */
  readonly #first: readonly number[];

  constructor(columns: readonly TextColumn[]) {
    let count = 0;
    this.#columns = columns.map(packedTexts);
    this.#first = columns.map(({ length }) => {
      count += length;
      return count - length;
    });
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * count + 1)));
    for (const [column, texts] of this.#columns.entries()) this.#add(texts, this.#first[column]!);
  }

  #add(texts: PackedTexts, first: number): void {
    const hashes = texts.hashes();
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let row = 0; row < hashes.length; row++) {
      let slot = slotOf(hashes[row]!, mask);
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = first + row + 1;
    }
  }

  /** The column of a text, and its row there; undefined if it is in none. */
  find(text: string): { readonly column: number; readonly row: number } | undefined {
    const mask = this.#slots.length - 1;
    for (let slot = slotOf(hashOf(Buffer.from(text)), mask); ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot]! - 1;
      if (number < 0) return undefined;
      const column = this.#first.findLastIndex((first) => first <= number);
      const row = number - this.#first[column]!;
      if (this.#columns[column]!.at(row) === text) return { column, row };
    }
  }
}
