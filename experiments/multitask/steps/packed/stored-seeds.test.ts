import { expect, test } from "vitest";
import { seedsIn, storedSeeds } from "./stored-seeds.ts";

test.each([
  [[0, 2 ** 31 - 1], "int32"],
  [[0, 2 ** 31], "int64"],
  [[2 ** 53 - 1], "int64"],
])("seeds %j are stored as %s and read back", (seeds, dtype) => {
  const array = storedSeeds(seeds);
  expect(array).toMatchObject({ dtype, shape: [seeds.length] });
  expect(seedsIn(array, "a.npz")).toEqual(seeds);
});

test("another array has no seeds", () => {
  expect(seedsIn(undefined, "a.npz")).toBeNull();
  expect(seedsIn({ dtype: "float32", shape: [1], data: Float32Array.of(1) }, "a.npz")).toBeNull();
});

test("seeds that an earlier version cut to 32 bits are refused", () => {
  const cut = { dtype: "int32", shape: [2], data: Int32Array.of(7, 3_000_000_000) } as const;
  expect(() => seedsIn(cut, "models_0-29.npz")).toThrow(
    'Cannot read seeds "models_0-29.npz": it has -1294967296: an earlier version cut large seeds to 32 bits\n  Delete it and run again.',
  );
});
