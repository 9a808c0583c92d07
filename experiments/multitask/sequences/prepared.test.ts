import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readNpz, writeNpz } from "@braid/npz";
import { describe, expect, test } from "vitest";
import { newFolder } from "../testing/made-up-data.ts";
import { pythonWith } from "../testing/python.ts";
import { decodePrepared, encodePrepared, type Prepared, partitionOf } from "./prepared.ts";

const data: Prepared = {
  sites: ["01022500"],
  drivers: ["prcp_mm", "tmax_c"],
  variables: ["discharge_cms"],
  x: [
    { mean: 1.5, std: 2 },
    { mean: -3, std: 0 },
  ],
  y: [{ mean: 0.1, std: 0.2, epsilon: 0.001 }],
  partitions: {
    train: {
      sequences: 1,
      steps: 2,
      x: Float32Array.of(1, 0, -1, 0),
      y: Float32Array.of(0.5, 0),
      mask: Uint8Array.of(1, 0),
      valid: Uint8Array.of(1, 0),
      dates: Float64Array.of(17532, Number.NaN),
      siteIndex: Int32Array.of(0),
    },
  },
};

const python = pythonWith("numpy");

describe("prepped_data.npz", () => {
  test("is read as it was written", () => {
    expect(decodePrepared(encodePrepared(data), "a.npz")).toEqual(data);
  });

  test("keeps the scales of each site of a unit", () => {
    const scale = (mean: number) => ({ mean, std: 1 + mean, epsilon: mean / 100 });
    const ySites = [[scale(1)], [scale(2)], [scale(3)]];
    const unit = { ...data, sites: ["01", "02", "03"], ySites };
    expect(decodePrepared(encodePrepared(unit), "a.npz")).toEqual(unit);
  });

  test("is the same bytes for the same data", () => {
    expect(encodePrepared(data)).toEqual(encodePrepared(structuredClone(data)));
  });

  test.skipIf(!python)("opens in NumPy without pickle (skipped without python3-numpy)", () => {
    const file = join(newFolder(), "prepped_data.npz");
    writeFileSync(file, encodePrepared(data));
    const script = `
import json, numpy as np
a = np.load(${JSON.stringify(file)}, allow_pickle=False)
print(json.dumps([str(a["site_ids"][0]), a["x_train"].tolist(), str(a["x_train"].dtype), str(a["mask_train"].dtype),
  [str(d) for d in a["dates_train"][0]], a["y_epsilon"].tolist(), int(a["schema_version"])]))`;
    expect(JSON.parse(execFileSync(python!, ["-c", script], { encoding: "utf8" }))).toEqual([
      "01022500",
      [
        [
          [1, 0],
          [-1, 0],
        ],
      ],
      "float32",
      "bool",
      ["2018-01-01", "NaT"],
      [0.001],
      1,
    ]);
  });

  test("cut off is refused", () => {
    const bytes = encodePrepared(data);
    expect(() => decodePrepared(bytes.subarray(0, bytes.length - 100), "expA/prepped_data.npz")).toThrow(
      /Cannot read "expA\/prepped_data.npz"/,
    );
  });

  test("of another schema is refused", () => {
    const arrays = readNpz(encodePrepared(data), "a.npz");
    arrays.schema_version = { dtype: "int32", shape: [], data: Int32Array.of(99) };
    expect(() => decodePrepared(writeNpz(arrays), "a.npz")).toThrow(
      'Cannot read "a.npz": its schema version is 99, and this code reads 1',
    );
  });

  test("that lacks an array is refused", () => {
    const { x_train: _, ...arrays } = readNpz(encodePrepared(data), "a.npz");
    expect(() => decodePrepared(writeNpz(arrays), "a.npz")).toThrow('it lacks the array "x_train"');
  });

  test("knows its partitions", () => {
    expect(() => partitionOf(data, "test", "a.npz")).toThrow(
      'Cannot use partition "test": "a.npz" does not have it\n  it has  train',
    );
  });
});
