/**
 * The arrays an archive holds: NumPy's own types, little-endian and in C order; never Python objects.
 */

/** One array: `data` is row-major with as many elements as the product of `shape`; `[]` is a scalar. */
export type NpyArray =
  | { readonly dtype: "float32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "float64"; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: "int32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: "int64"; readonly shape: readonly number[]; readonly data: BigInt64Array }
  /** 0 is false, 1 is true. */
  | { readonly dtype: "bool"; readonly shape: readonly number[]; readonly data: Uint8Array }
  /** Whole days since 1970-01-01; NaN is NumPy's NaT. */
  | { readonly dtype: "datetime64[D]"; readonly shape: readonly number[]; readonly data: Float64Array }
  /** Text of any length; NumPy cannot keep a NUL at the end of one. */
  | { readonly dtype: "<U"; readonly shape: readonly number[]; readonly data: readonly string[] };

export type Dtype = NpyArray["dtype"];

/** A file that is no archive this package reads, or an array that it cannot write. */
export class NpzError extends Error {
  override readonly name = "NpzError";
}

/** The error `Cannot <action> "<thing>": <cause>`, with a hint on a line of its own. */
export function cannot(action: "read" | "write", thing: string, cause: string, hint?: string): NpzError {
  return new NpzError(`Cannot ${action} "${thing}": ${cause}${hint === undefined ? "" : `\n  ${hint}`}`);
}

/** How many elements an array of this shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
