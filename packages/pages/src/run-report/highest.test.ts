import * as fc from "fast-check";
import { expect, test } from "vitest";
import { highest } from "./highest.ts";

test("the highest of many are those that sorting would find", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.integer({ min: 1, max: 5 }), (values, most) => {
      const items = values.map((value, place) => ({ value, place }));
      const sorted = items.toSorted((a, b) => b.value - a.value || a.place - b.place);
      expect(highest(items, most, ({ value }) => value)).toEqual(sorted.slice(0, most));
    }),
  );
});
