/**
 * Writes NetCDF files in the classic format with 64-bit offsets (CDF-2), which every NetCDF program reads.
 *
 * Written here because the npm packages for Node either only read this format (netcdfjs), wrap a C library that must be
 * compiled (netcdf4), or write HDF5, where the parts that make it NetCDF-4 would still be ours (h5wasm). The header has
 * the place of each value, so values are written in any order and memory does not grow with the file. The same values
 * are the same bytes. Format: "NetCDF Classic Format Specification", NetCDF Users Guide, Unidata.
 */
import { open } from "node:fs/promises";
import { cannot } from "braid-engine";

/** Types of the format, their codes and sizes in bytes. */
const types = {
  byte: { code: 1, size: 1 },
  char: { code: 2, size: 1 },
  int: { code: 4, size: 4 },
  double: { code: 6, size: 8 },
} as const;

/** Values by their type: Int8Array byte, Uint8Array char (UTF-8), Int32Array int, Float64Array double. */
export type NetcdfValues = Int8Array | Uint8Array | Int32Array | Float64Array;

/** Attributes by name, in order; text is char. */
export type Attributes = Readonly<Record<string, string | NetcdfValues>>;

export interface NetcdfVariable {
  readonly type: keyof typeof types;
  /** Names of its dimensions, the slowest first; none for a scalar. */
  readonly dimensions: readonly string[];
  readonly attributes: Attributes;
}

export interface NetcdfHeader {
  /** Length by name; each at least 1. */
  readonly dimensions: Readonly<Record<string, number>>;
  readonly attributes: Attributes;
  readonly variables: Readonly<Record<string, NetcdfVariable>>;
}

/** Larger variables have no size in this format. */
const largestVariable = 2 ** 32 - 4;

/** Writes values of a variable from index `at` on, counted over all its dimensions. */
export type Put = (variable: string, values: NetcdfValues, at?: number) => Promise<void>;

/** Writes a file; `fill` must put every value once, in any order. @throws if a variable is larger than 4 GiB. */
export async function writeNetcdf(
  file: string,
  header: NetcdfHeader,
  fill: (put: Put) => Promise<void>,
): Promise<void> {
  const variables = Object.entries(header.variables);
  const sizes = variables.map(([name, variable]) => sizeOf(file, name, variable, header));
  // The length of the header does not depend on the places in it.
  let end = encodeHeader(header, []).length;
  const places = new Map<
    string,
    { type: NetcdfVariable["type"]; begin: number; left: number; count: number }
  >();
  variables.forEach(([name, { type }], v) => {
    const { count, bytes } = sizes[v]!;
    places.set(name, { type, begin: end, count, left: count });
    end += padded(bytes);
  });
  const handle = await open(file, "w");
  try {
    await handle.write(
      encodeHeader(
        header,
        [...places.values()].map(({ begin }) => begin),
      ),
    );
    // Fills the bytes between variables and behind the last one with zeros.
    await handle.truncate(end);
    await fill(async (name, values, at = 0) => {
      const place = places.get(name);
      if (place === undefined || typeOf(values) !== place.type || at + values.length > place.count)
        throw new Error(`Internal error: ${values.length} values at ${at} do not fit "${name}" of ${file}`);
      await handle.write(encodeValues(values), 0, null, place.begin + at * types[place.type].size);
      place.left -= values.length;
    });
  } finally {
    await handle.close();
  }
  for (const [name, { left }] of places)
    if (left !== 0) throw new Error(`Internal error: ${left} values of "${name}" are missing in ${file}`);
}

/** Texts as rows of equal length, as a char variable of two dimensions holds them: UTF-8, padded with zeros. */
export function charRows(texts: readonly string[]): { readonly length: number; readonly data: Uint8Array } {
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const length = Math.max(1, ...encoded.map((bytes) => bytes.length));
  const data = new Uint8Array(texts.length * length);
  encoded.forEach((bytes, i) => {
    data.set(bytes, i * length);
  });
  return { length, data };
}

function sizeOf(file: string, name: string, { type, dimensions }: NetcdfVariable, header: NetcdfHeader) {
  const count = dimensions.reduce((product, dimension) => product * header.dimensions[dimension]!, 1);
  const bytes: number = count * types[type].size;
  if (bytes > largestVariable)
    throw cannot("write", file, `its variable "${name}" has ${bytes} bytes, and the format allows 4 GiB`, {
      facts: [["dimensions", dimensions.map((one) => `${one} ${header.dimensions[one]}`).join(" x ")]],
      hint: "Choose fewer factors or seeds, or shorter partitions.",
    });
  return { count, bytes };
}

/** The header; `begins` is empty while only its length is asked. */
function encodeHeader({ dimensions, attributes, variables }: NetcdfHeader, begins: readonly number[]) {
  const names = Object.keys(dimensions);
  const bytes = new Bytes();
  bytes.raw(new TextEncoder().encode("CDF\x02"));
  bytes.int(0); // no records: every dimension has a fixed length
  bytes.list(10, Object.entries(dimensions), ([name, length]) => {
    bytes.text(name);
    bytes.int(length);
  });
  bytes.attributes(attributes);
  bytes.list(11, Object.entries(variables), ([name, { type, dimensions: own, attributes }], v) => {
    bytes.text(name);
    bytes.int(own.length);
    for (const dimension of own) bytes.int(names.indexOf(dimension));
    bytes.attributes(attributes);
    bytes.int(types[type].code);
    bytes.int(padded(own.reduce<number>((size, one) => size * dimensions[one]!, types[type].size)));
    bytes.offset(begins[v] ?? 0);
  });
  return bytes.joined();
}

/** Bytes of a header, big-endian, in steps of four. */
class Bytes {
  readonly #parts: Uint8Array[] = [];

  raw(part: Uint8Array): void {
    this.#parts.push(part, new Uint8Array(padded(part.length) - part.length));
  }

  int(value: number): void {
    const part = new DataView(new ArrayBuffer(4));
    part.setUint32(0, value);
    this.raw(new Uint8Array(part.buffer));
  }

  offset(value: number): void {
    const part = new DataView(new ArrayBuffer(8));
    part.setBigUint64(0, BigInt(value));
    this.raw(new Uint8Array(part.buffer));
  }

  text(text: string): void {
    const part = new TextEncoder().encode(text);
    this.int(part.length);
    this.raw(part);
  }

  list<T>(tag: number, entries: readonly T[], each: (entry: T, i: number) => void): void {
    // An absent list is two zeros.
    this.int(entries.length === 0 ? 0 : tag);
    this.int(entries.length);
    entries.forEach(each);
  }

  attributes(attributes: Attributes): void {
    this.list(12, Object.entries(attributes), ([name, value]) => {
      const values = typeof value === "string" ? new TextEncoder().encode(value) : value;
      this.text(name);
      this.int(types[typeOf(values)].code);
      this.int(values.length);
      this.raw(encodeValues(values));
    });
  }

  joined(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

/** The type that holds `values`. */
export function typeOf(values: NetcdfValues): keyof typeof types {
  if (values instanceof Int8Array) return "byte";
  if (values instanceof Uint8Array) return "char";
  return values instanceof Int32Array ? "int" : "double";
}

function encodeValues(values: NetcdfValues): Uint8Array {
  if (values instanceof Uint8Array || values instanceof Int8Array)
    return new Uint8Array(values.buffer, values.byteOffset, values.length);
  const view = new DataView(new ArrayBuffer(values.byteLength));
  if (values instanceof Int32Array) values.forEach((value, i) => void view.setInt32(4 * i, value));
  else values.forEach((value, i) => void view.setFloat64(8 * i, value));
  return new Uint8Array(view.buffer);
}

/** Bytes up to the next multiple of four. */
function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
