/** Columns as bytes, and what is refused. */
import { expect, test } from "vitest";
import { memoryFiles } from "../disk/memory-files.ts";
import { type Columns, dictionary, PackedTexts, packColumns, readOutline, unpackColumns } from "./columns.ts";

const columns = {
  odd: ["\ufeffä", "", "two words"],
  numbers: Float64Array.of(1.5, -0, 1e300),
  none: [],
  counts: Uint32Array.of(7),
  signed: Int32Array.of(-1, 2, -3),
  marks: Uint8Array.of(1, 0, 255),
  blank: [""],
};

const packed = (about: unknown, of: Columns = columns) =>
  new Uint8Array(Buffer.concat([...packColumns(about, of)].map((piece) => Buffer.from(piece))));

/** The columns with all texts decoded. */
const decoded = (of: Columns | undefined) =>
  of &&
  Object.fromEntries(
    Object.entries(of).map(([name, one]) => [name, one instanceof PackedTexts ? one.all() : one]),
  );

test("what is packed comes back, and packs to the same bytes again", () => {
  const bytes = packed({ for: "test" });
  const block = unpackColumns(bytes)!;
  expect(block.about).toEqual({ for: "test" });
  expect(packed({ for: "test" }, block.columns)).toEqual(bytes);
  expect(decoded(block.columns)).toEqual(columns);
});

test("the first line tells how many values there are, and the columns are read when they are asked for", () => {
  const files = memoryFiles();
  expect(readOutline(files, "block")).toBeNull();
  for (const about of ["short", "long".repeat(1 << 16)]) {
    files.write("block", packed(about));
    const outline = readOutline(files, "block")!;
    expect(outline.about).toBe(about);
    expect(Object.fromEntries(outline.counts)).toMatchObject({ odd: 3, numbers: 3, none: 0, counts: 1 });
    expect(decoded(outline.columns()!)).toEqual(columns);
    files.write("block", packed(about).with(-1, 1));
    expect(outline.columns()).toBeNull();
    files.write("block", packed("another block"));
    expect(outline.columns()).toBeNull();
    files.remove("block");
    expect(outline.columns()).toBeNull();
  }
});

test("texts of more rows than are joined at once come back", () => {
  const many = Array.from({ length: 2_001 }, (_, i) => (i % 7 === 0 ? "" : `ö ${i}`));
  for (const length of [999, 1_000, 1_001, 2_001])
    expect(decoded(unpackColumns(packed(null, { many: many.slice(0, length) }))?.columns)).toEqual({
      many: many.slice(0, length),
    });
});

test("bytes that start in the middle of a buffer are read as well", () => {
  const bytes = packed(null);
  for (const shift of [1, 3, 8]) {
    const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
    shifted.set(bytes);
    expect(decoded(unpackColumns(shifted)?.columns)).toEqual(columns);
  }
});

test("a block that is cut off, longer, empty or something else is none", () => {
  const bytes = packed(null);
  for (let length = 0; length < bytes.length; length++)
    expect(unpackColumns(bytes.subarray(0, length))).toBeNull();
  expect(unpackColumns(Buffer.concat([bytes, new Uint8Array(8)]))).toBeNull();
  expect(unpackColumns(Buffer.from("not JSON\n"))).toBeNull();
});

test("a block of the format before, whose first line had no checksum, is none", () => {
  const bytes = packed(null);
  expect(unpackColumns(bytes.subarray(bytes.indexOf("{".charCodeAt(0))))).toBeNull();
});

test("with any one bit changed it is no block", () => {
  const bytes = packed({ for: "test" });
  for (let bit = 0; bit < 8 * bytes.length; bit++)
    expect(unpackColumns(bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7))))).toBeNull();
});

test("a text that would not come back is not packed", () => {
  for (const text of ["a\0b", "\ud800"])
    expect(() => packed(null, { text: [text] })).toThrow("cannot be packed");
});

test("a dictionary has each text once", () => {
  expect(dictionary(["a", "b", "a"])).toEqual({ words: ["a", "b"], codes: Uint32Array.of(0, 1, 0) });
});
