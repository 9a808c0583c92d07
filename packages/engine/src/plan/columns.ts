/** Growing columns of plain numbers, without an object per row, for tables of a million rows. */

/** A list of 32-bit integers. */
export class IntColumn {
  #data: Int32Array<ArrayBufferLike>;
  length: number;

  /** Starts with these numbers, without copying them. */
  constructor(data: Int32Array<ArrayBufferLike> = new Int32Array(0)) {
    this.#data = data;
    this.length = data.length;
  }

  at(index: number): number {
    return this.#data[index]!;
  }

  set(index: number, value: number): void {
    this.#data[index] = value;
  }

  /** Appends a number and returns its index. */
  push(value: number): number {
    if (this.length === this.#data.length) {
      const wider = new Int32Array(Math.max(16, 2 * this.length));
      wider.set(this.#data);
      this.#data = wider;
    }
    this.#data[this.length] = value;
    return this.length++;
  }

  /** Removes everything from `length` on. */
  truncate(length: number): void {
    this.length = length;
  }

  /** A view of the numbers, valid until the next `push`. */
  view(from = 0, to = this.length): Int32Array {
    return this.#data.subarray(from, to);
  }
}

/** A number for each row of a table that may grow: 0 until it is set. */
export class RowColumn {
  #data: Uint8Array | Int32Array;

  /** Holds numbers of the same range as `data`. */
  constructor(data: Uint8Array | Int32Array = new Int32Array(0)) {
    this.#data = data;
  }

  at(row: number): number {
    return this.#data[row] ?? 0;
  }

  set(row: number, value: number): void {
    if (row >= this.#data.length) {
      const length = Math.max(16, row + 1, 2 * this.#data.length);
      const wider = this.#data instanceof Uint8Array ? new Uint8Array(length) : new Int32Array(length);
      wider.set(this.#data);
      this.#data = wider;
    }
    this.#data[row] = value;
  }

  /** The rows that have a number other than 0, in ascending order. */
  rowsOf(value: number): number[] {
    const rows: number[] = [];
    for (let row = this.#data.indexOf(value); row >= 0; row = this.#data.indexOf(value, row + 1))
      rows.push(row);
    return rows;
  }

  /** Forgets the rows from `length` on. */
  truncate(length: number): void {
    this.#data.fill(0, length);
  }
}

/** Distinct texts, each identified by its index. */
export class TextTable {
  readonly texts: string[];
  /** Built on first use: a plan that is only read needs no index. */
  #index: Map<string, number> | undefined;

  constructor(texts: string[] = []) {
    this.texts = texts;
  }

  at(index: number): string {
    return this.texts[index]!;
  }

  /** The index of a text; -1 if unknown. */
  find(text: string): number {
    return this.#map().get(text) ?? -1;
  }

  /** The index of a text, which is added if unknown. */
  add(text: string): number {
    const index = this.#map();
    let found = index.get(text);
    if (found === undefined) {
      found = this.texts.length;
      this.texts.push(text);
      index.set(text, found);
    }
    return found;
  }

  #map(): Map<string, number> {
    if (this.#index === undefined) {
      this.#index = new Map();
      for (let i = 0; i < this.texts.length; i++) this.#index.set(this.texts[i]!, i);
    }
    return this.#index;
  }
}

/** Finds the index of a pair of integers: an open hash table over two columns. */
export class PairIndex {
  readonly #first: IntColumn;
  readonly #second: IntColumn;
  /** Index plus one; 0 for an empty slot. */
  #slots = new Int32Array(1024);
  #count = 0;

  /** Indexes the pairs in the two columns. */
  constructor(first: IntColumn, second: IntColumn) {
    this.#first = first;
    this.#second = second;
    for (let i = 0; i < first.length; i++) this.insert(i);
  }

  /** The index of the pair; -1 if unknown. */
  find(a: number, b: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = mix(a, b) & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - 1;
      if (index < 0) return -1;
      if (this.#first.at(index) === a && this.#second.at(index) === b) return index;
    }
  }

  /** Adds the pair at `index` of the columns. */
  insert(index: number): void {
    if (2 * ++this.#count > this.#slots.length) this.#widen(index);
    else this.#place(index);
  }

  /** Rebuilds the table after the columns have become shorter. */
  rebuild(): void {
    this.#slots.fill(0);
    this.#count = this.#first.length;
    for (let i = 0; i < this.#count; i++) this.#place(i);
  }

  #widen(last: number): void {
    this.#slots = new Int32Array(4 * this.#slots.length);
    for (let i = 0; i <= last; i++) this.#place(i);
  }

  #place(index: number): void {
    const mask = this.#slots.length - 1;
    let slot = mix(this.#first.at(index), this.#second.at(index)) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = index + 1;
  }
}

function mix(a: number, b: number): number {
  const h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca6b);
  return h ^ (h >>> 15);
}

/** A value computed from the files of a gather: only once, because many jobs share a gather. */
export class PerGather<T> {
  readonly #find: (gather: number) => T;
  readonly #found = new Map<number, T>();

  constructor(find: (gather: number) => T) {
    this.#find = find;
  }

  of(gather: number): T {
    let found = this.#found.get(gather);
    if (found === undefined) {
      found = this.#find(gather);
      this.#found.set(gather, found);
    }
    return found;
  }

  /** The next `of` computes the value again. */
  forget(gather: number): void {
    this.#found.delete(gather);
  }

  forgetAll(): void {
    this.#found.clear();
  }
}
