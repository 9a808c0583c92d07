/**
 * Numbers in few characters: base64 of float32 where the value counts, of 16-bit steps between the least and
 * the greatest value where only a drawing is made of them (an error of less than 1/130,000 of the range).
 * Works in Node and in the page, which unpack the same text.
 */

/** Float32, little endian. */
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
  return { f32: toBase64(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) };
}

export function unpackNumbers({ f32 }: PackedNumbers): Float32Array {
  return new Float32Array(fromBase64(f32).buffer);
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
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
