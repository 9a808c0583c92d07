/** Texts in a file are found and decoded one by one as they are all at once. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { PackedTexts } from "./columns.ts";
import { PackedIndex } from "./traces.ts";

const text = fc.string({ unit: "grapheme" }).filter((one) => !one.includes("\0") && one.isWellFormed());
const pack = (texts: readonly string[]) => new PackedTexts(Buffer.from(texts.join("\0")), texts.length);

test("each text comes back, by its row and with all others", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 40 }), (texts) => {
      const packed = pack(texts);
      // The first are decoded one by one, the last come from all.
      expect(texts.map((_, row) => packed.at(row))).toEqual(texts);
      expect(pack(texts).all()).toEqual(texts);
    }),
  );
});

test("a text is found where it is, in columns that were read and others, and no other is", () => {
  fc.assert(
    fc.property(fc.uniqueArray(text, { maxLength: 60 }), text, fc.nat(60), (all, other, at) => {
      const columns = [all.slice(0, at), all.slice(at)];
      for (const index of [new PackedIndex(columns), new PackedIndex(columns.map(pack))]) {
        for (const [column, texts] of columns.entries())
          for (const [row, one] of texts.entries()) expect(index.find(one)).toEqual({ column, row });
        if (!all.includes(other)) expect(index.find(other)).toBeUndefined();
      }
    }),
  );
});
