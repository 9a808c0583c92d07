import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compact, line } from "./csv.ts";

describe("a line of CSV", () => {
  test("leaves null empty and quotes what must be", () => {
    expect(line(["01022500", null, 0.1, 'a,"b"'])).toBe('01022500,,0.1,"a,""b"""\n');
  });

  test("reads back as it was written", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }), (texts) => {
        expect(parse(line(texts))).toEqual([texts]);
      }),
    );
  });

  test("has predictions in seven digits", () => {
    expect(compact(Math.fround(12.201661))).toBe("12.20166");
    expect(compact(Math.fround(0.1))).toBe("0.1");
    expect(compact(-1234567.5)).toBe("-1234568");
  });
});
