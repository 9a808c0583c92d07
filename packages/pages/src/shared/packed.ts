/**
 * Numbers in few characters: base64 of float32 where the value counts, of 16-bit steps between the least and
 * the greatest value where only a drawing is made of them (an error of less than 1/130,000 of the range).
 * Works in Node and in the page, which unpack the same text.
 */

/** Float32, little endian: first the lowest byte of all numbers, then the next, since bytes of a kind compress together. */
export interface PackedNumbers {
  readonly f32: string;
}

/** from + step x n, n of 16 bits, little endian; 65535 is NaN. */
export interface PackedSeries {
  readonly u16: string;
  readonly from: number;
  readonly step: number;
}

const gap = 65_535;

export function packNumbers(values: Float32Array): PackedNumbers {
  return { f32: toBase64(regrouped(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 4)) };
}

export function unpackNumbers({ f32 }: PackedNumbers): Float32Array {
  const bytes = fromBase64(f32);
  return new Float32Array(regrouped(bytes, bytes.length / 4).buffer);
}

/** Bytes that come in groups of `size`, with the first of every group before the second of every group, and so on. */
function regrouped(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const groups = bytes.length / size;
  const result = new Uint8Array(bytes.length);
  for (let group = 0; group < groups; group++)
    for (let i = 0; i < size; i++) result[i * groups + group] = bytes[group * size + i]!;
  return result;
}

export function packSeries(values: ArrayLike<number>): PackedSeries {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const step = high > low ? (high - low) / (gap - 1) : 1;
  const from = Number.isFinite(low) ? low : 0;
  const steps = Uint16Array.from(values, (value) =>
    Number.isFinite(value) ? Math.round((value - from) / step) : gap,
  );
  return { u16: toBase64(new Uint8Array(steps.buffer)), from, step };
}

export function unpackSeries({ u16, from, step }: PackedSeries): Float64Array {
  return Float64Array.from(new Uint16Array(fromBase64(u16).buffer), (n) =>
    n === gap ? Number.NaN : from + step * n,
  );
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  // Not all at once: a call takes only so many arguments.
  for (let i = 0; i < bytes.length; i += 8_192) text += String.fromCharCode(...bytes.subarray(i, i + 8_192));
  return btoa(text);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  // A callback per letter would take longer than everything else that opens a page.
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** JSON, compressed by DEFLATE (RFC 1951), in base64. */
export interface Deflated {
  readonly deflated: string;
}

/** The value of a data script, which may be compressed. */
export async function inflated(value: unknown): Promise<unknown> {
  const { deflated } = (value ?? {}) as Partial<Deflated>;
  if (typeof deflated !== "string") return value;
  const bytes = new Blob([fromBase64(deflated)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(bytes).json();
}

/** The name of the numbers of one score. */
export function scoreName(partition: string, variable: string, score: string): string {
  return `scores/${partition}.${variable}.${score}`;
}
