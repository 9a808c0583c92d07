/** Columns as bytes, and what is refused. */
import { expect, test } from "vitest";
import { type Columns, dictionary, packColumns, unpackColumns } from "./columns.ts";

const columns = {
  odd: ["ä", "", "two words"],
  numbers: Float64Array.of(1.5, -0, 1e300),
  none: [],
  counts: Uint32Array.of(7),
  blank: [""],
};

const packed = (about: unknown, of: Columns = columns) =>
  new Uint8Array(Buffer.concat([...packColumns(about, of)].map((piece) => Buffer.from(piece))));

test("what is packed comes back", () => {
  expect(unpackColumns(packed({ for: "test" }))).toEqual({ about: { for: "test" }, columns });
});

test("texts of more rows than are joined at once come back", () => {
  const many = Array.from({ length: 2_001 }, (_, i) => (i % 7 === 0 ? "" : `ö ${i}`));
  for (const length of [999, 1_000, 1_001, 2_001])
    expect(unpackColumns(packed(null, { many: many.slice(0, length) }))?.columns.many).toEqual(
      many.slice(0, length),
    );
});

test("bytes that start in the middle of a buffer are read as well", () => {
  const bytes = packed(null);
  for (const shift of [1, 3, 8]) {
    const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
    shifted.set(bytes);
    expect(unpackColumns(shifted)?.columns).toEqual(columns);
  }
});

test("a block that is cut off, empty or something else is none", () => {
  const bytes = packed(null);
  for (const length of [0, 5, 100, bytes.length - 8])
    expect(unpackColumns(bytes.subarray(0, length))).toBeNull();
  expect(unpackColumns(Buffer.from("not JSON\n"))).toBeNull();
  expect(unpackColumns(bytes.with(bytes.length - 20, 1))).toBeNull();
});

test("a dictionary has each text once", () => {
  expect(dictionary(["a", "b", "a"])).toEqual({ words: ["a", "b"], codes: Uint32Array.of(0, 1, 0) });
});
