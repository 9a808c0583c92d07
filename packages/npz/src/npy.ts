/**
 * One `.npy` file: magic, version, a header that is a Python dictionary, then the elements.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { cannot, type Dtype, type NpyArray, sizeOf } from "./array.ts";

const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59); // "\x93NUMPY"
const nat = -(2n ** 63n);
const supported = "float32, float64, int32, int64, bool, datetime64[D] or text (<U)";

/** NumPy's `descr` of the types of fixed size, and their bytes per element. */
const fixed: Record<string, { dtype: Exclude<Dtype, "<U">; width: number }> = {
  "<f4": { dtype: "float32", width: 4 },
  "<f8": { dtype: "float64", width: 8 },
  "<i4": { dtype: "int32", width: 4 },
  "<i8": { dtype: "int64", width: 8 },
  "|b1": { dtype: "bool", width: 1 },
  "<M8[D]": { dtype: "datetime64[D]", width: 8 },
};

/** Decodes the bytes of one `.npy` file; `name` is what errors call it. */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte))
    throw cannot("read", name, "it is not a NumPy array (its first bytes are not those of .npy)");
  const major = bytes[6]!;
  if (major < 1 || major > 3) throw cannot("read", name, `its .npy version ${major} is not 1, 2 or 3`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = major === 1 ? 10 : 12;
  const headerLength =
    major === 1 ? view.getUint16(8, true) : bytes.length < 12 ? 0 : view.getUint32(8, true);
  const from = start + headerLength;
  if (bytes.length < from) throw cannot("read", name, "it is cut off inside its header");
  const { descr, shape } = parseHeader(new TextDecoder().decode(bytes.subarray(start, from)), name);

  const text = /^<U(\d+)$/.exec(descr);
  const type = fixed[descr];
  if (text === null && type === undefined) throw unsupported(descr, name);
  const width = text === null ? type!.width : 4 * Number(text[1]);
  const size = sizeOf(shape);
  const here = bytes.length - from;
  if (here !== size * width)
    throw cannot(
      "read",
      name,
      `its header promises ${size * width} bytes of data (shape [${shape.join(", ")}], ${descr}) and ${here} are there`,
      here < size * width ? "The file is cut off: make it again." : "The file is damaged: make it again.",
    );
  // A copy, since typed arrays must start at a multiple of their element's size (slice of a Buffer is none).
  const raw = new Uint8Array(bytes.subarray(from)).buffer;
  if (text !== null)
    return { dtype: "<U", shape, data: decodeText(new Uint32Array(raw), size, width / 4, name) };
  const { dtype } = type!;
  switch (dtype) {
    case "float32":
      return { dtype, shape, data: new Float32Array(raw) };
    case "float64":
      return { dtype, shape, data: new Float64Array(raw) };
    case "int32":
      return { dtype, shape, data: new Int32Array(raw) };
    case "int64":
      return { dtype, shape, data: new BigInt64Array(raw) };
    case "bool":
      return { dtype, shape, data: new Uint8Array(raw) };
    case "datetime64[D]":
      return {
        dtype,
        shape,
        data: Float64Array.from(new BigInt64Array(raw), (day) => (day === nat ? Number.NaN : Number(day))),
      };
  }
}

/** Encodes one array as a `.npy` file of version 1; `name` is what errors call it. */
export function writeNpy(array: NpyArray, name: string): Uint8Array {
  const { shape } = array;
  if (shape.some((length) => !Number.isSafeInteger(length) || length < 0))
    throw cannot("write", name, `its shape [${shape.join(", ")}] has a length that is no whole number >= 0`);
  if (sizeOf(shape) !== array.data.length)
    throw cannot(
      "write",
      name,
      `its shape [${shape.join(", ")}] asks for ${sizeOf(shape)} elements and it has ${array.data.length}`,
    );
  const { descr, data } = encode(array, name);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // NumPy pads the header with blanks so that the data start at a multiple of 64.
  const length = Math.ceil((10 + header.length + 1) / 64) * 64;
  if (length - 10 > 0xffff) throw cannot("write", name, "its shape has too many axes for a header");
  const out = new Uint8Array(length + data.length);
  out.set(magic);
  out.set([1, 0, (length - 10) & 255, (length - 10) >> 8], 6);
  out.set(new TextEncoder().encode(`${header.padEnd(length - 11)}\n`), 10);
  out.set(data, length);
  return out;
}

function parseHeader(header: string, name: string): { descr: string; shape: number[] } {
  const descr = /'descr':\s*('[^']*'|\[)/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const tuple = /'shape':\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || tuple === undefined)
    throw cannot(
      "read",
      name,
      `its header is not that of a NumPy array: ${JSON.stringify(header.trim().slice(0, 80))}`,
    );
  if (descr === "[")
    throw cannot("read", name, "it is a structured array", `Save each field as an array of ${supported}.`);
  if (order === "True")
    throw cannot(
      "read",
      name,
      "it is stored in Fortran order (columns first)",
      "Save it in C order: numpy.ascontiguousarray(array).",
    );
  const shape = tuple
    .split(",")
    .filter((part) => part.trim() !== "")
    .map(Number);
  return { descr: descr.slice(1, -1), shape };
}

function unsupported(descr: string, name: string): Error {
  if (descr.startsWith("|O"))
    return cannot(
      "read",
      name,
      "it holds Python objects, which only pickle can read and which may run code",
      `Save it as ${supported}.`,
    );
  if (descr.startsWith(">"))
    return cannot(
      "read",
      name,
      `it is big-endian (${descr})`,
      `Save it little-endian: array.astype("<${descr.slice(1)}").`,
    );
  return cannot("read", name, `its type ${descr} is not supported`, `Save it as ${supported}.`);
}

function encode(array: NpyArray, name: string): { descr: string; data: Uint8Array } {
  if (array.dtype === "<U") return encodeText(array.data, name);
  const descr = Object.keys(fixed).find((key) => fixed[key]!.dtype === array.dtype);
  if (descr === undefined) throw cannot("write", name, `its type ${String(array.dtype)} is not ${supported}`);
  const typed = array.dtype === "datetime64[D]" ? encodeDays(array.data, name) : array.data;
  if (typed.BYTES_PER_ELEMENT !== fixed[descr]!.width)
    throw cannot("write", name, `its data are a ${typed.constructor.name}, which is not ${array.dtype}`);
  return { descr, data: new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength) };
}

function encodeDays(days: Float64Array, name: string): BigInt64Array {
  return BigInt64Array.from(days, (day) => {
    if (Number.isNaN(day)) return nat;
    if (!Number.isSafeInteger(day)) throw cannot("write", name, `${day} is not a whole number of days`);
    return BigInt(day);
  });
}

function encodeText(texts: readonly string[], name: string): { descr: string; data: Uint8Array } {
  const points = texts.map((text) => Array.from(text, (character) => character.codePointAt(0)!));
  texts.forEach((text, i) => {
    if (text.endsWith("\0"))
      throw cannot("write", name, `text ${i} ends in a NUL, which NumPy takes for padding`);
  });
  const width = points.reduce((most, { length }) => Math.max(most, length), 1);
  const units = new Uint32Array(width * texts.length);
  points.forEach((text, i) => {
    units.set(text, i * width);
  });
  return { descr: `<U${width}`, data: new Uint8Array(units.buffer) };
}

function decodeText(units: Uint32Array, size: number, width: number, name: string): string[] {
  return Array.from({ length: size }, (_, i) => {
    let end = (i + 1) * width;
    while (end > i * width && units[end - 1] === 0) end--;
    let text = "";
    for (let at = i * width; at < end; at++) {
      if (units[at]! > 0x10ffff)
        throw cannot("read", name, `text ${i} holds ${units[at]}, which is no Unicode character`);
      text += String.fromCodePoint(units[at]!);
    }
    return text;
  });
}
