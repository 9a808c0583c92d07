import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { type NpyArray, readNpz, writeNpz } from "./index.ts";

const arrays: Record<string, NpyArray> = {
  x: { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, -2.5, Number.NaN, 0, Infinity, 1e-30) },
  mean: { dtype: "float64", shape: [], data: Float64Array.of(Math.PI) },
  count: { dtype: "int32", shape: [2], data: Int32Array.of(-1, 2147483647) },
  big: { dtype: "int64", shape: [1, 2, 1], data: BigInt64Array.of(-(2n ** 62n), 7n) },
  mask: { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) },
  date: { dtype: "datetime64[D]", shape: [3], data: Float64Array.of(17532, -1, Number.NaN) },
  site_ids: { dtype: "<U", shape: [3], data: ["01022500", "", "Grüße 🌊"] },
  none: { dtype: "float32", shape: [0, 7], data: new Float32Array(0) },
  no_text: { dtype: "<U", shape: [0], data: [] },
};

/** An archive with one file of these header and data bytes. */
function archive(header: string, data: Uint8Array = new Uint8Array(0), version = 1): Uint8Array {
  const head = new TextEncoder().encode(header);
  const npy = new Uint8Array(10 + head.length + data.length);
  npy.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, head.length & 255, head.length >> 8]);
  npy.set(head, 10);
  npy.set(data, 10 + head.length);
  return zipSync({ "a.npy": npy }, { level: 0 });
}
const header = (descr: string, order = "False", shape = "(2,)") =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

describe("an archive", () => {
  test("comes back as it was written", () => {
    expect(readNpz(writeNpz(arrays), "a.npz")).toEqual(arrays);
  });

  test("comes back when its bytes lie at an odd place in a larger buffer", () => {
    const bytes = writeNpz(arrays);
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    expect(readNpz(moved.subarray(3), "a.npz")).toEqual(arrays);
  });

  test("is the same bytes in any time zone", () => {
    const zone = process.env.TZ;
    try {
      const written = ["UTC", "Pacific/Auckland", "America/Los_Angeles"].map((TZ) => {
        process.env.TZ = TZ;
        return Buffer.from(writeNpz(arrays)).toString("base64");
      });
      expect(new Set(written).size).toBe(1);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  test("may name an array __proto__", () => {
    const odd = Object.fromEntries([["__proto__", arrays.mask!]]);
    expect(Object.entries(readNpz(writeNpz(odd), "a.npz"))).toEqual([["__proto__", arrays.mask]]);
  });
});

describe("a file that cannot be read says why", () => {
  const read = (bytes: Uint8Array) => () => readNpz(bytes, "a.npz");
  const good = writeNpz({ x: arrays.x! });

  test("when it is empty, or no zip", () => {
    expect(read(new Uint8Array(0))).toThrow('Cannot read "a.npz": it is empty');
    expect(read(new TextEncoder().encode("date,flow\n"))).toThrow("it is not a NumPy archive");
  });

  test("wherever it is cut off", () => {
    for (let length = 4; length < good.length; length++)
      expect(read(good.slice(0, length))).toThrow(
        /^Cannot read "a\.npz.*\n {2}The file is cut off or damaged/,
      );
  });

  test("when a byte of its data changed", () => {
    const bytes = good.slice();
    bytes[170]! ^= 1;
    expect(read(bytes)).toThrow('"x.npy" in it does not match its checksum');
  });

  test("whatever one byte is changed, an error or the same arrays and no crash", () => {
    for (let at = 0; at < good.length; at++) {
      const bytes = good.slice();
      bytes[at]! ^= 0x55;
      try {
        for (const array of Object.values(readNpz(bytes, "a.npz"))) expect(array).toEqual(arrays.x);
      } catch (error) {
        expect(error).toMatchObject({ name: "NpzError" });
      }
    }
  });

  test("when it holds Python objects", () => {
    expect(read(archive(header("'|O'")))).toThrow('Cannot read "a.npz: a": it holds Python objects');
  });

  test("when it is in Fortran order", () => {
    expect(read(archive(header("'<f4'", "True", "(2, 3)"), new Uint8Array(24)))).toThrow(
      "numpy.ascontiguousarray",
    );
  });

  test("when it is big-endian", () => {
    expect(read(archive(header("'>f8'"), new Uint8Array(16)))).toThrow(
      'big-endian (>f8)\n  Save it little-endian: array.astype("<f8")',
    );
  });

  test("when its type is another", () => {
    expect(read(archive(header("'<c8'"), new Uint8Array(16)))).toThrow("its type <c8 is not supported");
    expect(read(archive(header("[('a', '<f4')]"), new Uint8Array(8)))).toThrow("it is a structured array");
  });

  test("when its header promises other data than there are", () => {
    expect(read(archive(header("'<f4'"), new Uint8Array(4)))).toThrow(
      "promises 8 bytes of data (shape [2], <f4) and 4 are there",
    );
    expect(read(archive(header("'<f4'"), new Uint8Array(12)))).toThrow(
      "and 12 are there\n  The file is damaged",
    );
  });

  test("when its header is no header", () => {
    expect(read(archive("hello"))).toThrow('its header is not that of a NumPy array: "hello"');
    expect(read(archive(header("'<f4'"), new Uint8Array(8), 9))).toThrow("version 9 is not 1, 2 or 3");
    expect(read(zipSync({ "a.npy": new Uint8Array(20) }))).toThrow("it is not a NumPy array");
  });
});

describe("an array that cannot be written says why", () => {
  const write = (array: unknown) => () => writeNpz({ a: array as NpyArray });

  test("when its shape does not fit its data", () => {
    expect(write({ dtype: "int32", shape: [2, 2], data: new Int32Array(3) })).toThrow(
      'Cannot write "a": its shape [2, 2] asks for 4 elements and it has 3',
    );
    expect(write({ dtype: "int32", shape: [-1], data: new Int32Array(0) })).toThrow("no whole number >= 0");
  });

  test("when its data are of another type", () => {
    expect(write({ dtype: "float32", shape: [1], data: new Float64Array(1) })).toThrow(
      "Float64Array, which is not float32",
    );
    expect(write({ dtype: "complex64", shape: [1], data: new Float64Array(1) })).toThrow(
      "its type complex64 is not",
    );
  });

  test("when a date is no whole day, or a text ends in a NUL", () => {
    expect(write({ dtype: "datetime64[D]", shape: [1], data: Float64Array.of(0.5) })).toThrow(
      "0.5 is not a whole number of days",
    );
    expect(write({ dtype: "<U", shape: [1], data: ["a\0"] })).toThrow("text 0 ends in a NUL");
  });
});

const python = spawnSync("python3", ["-c", "import numpy"], { encoding: "utf8" });
const noNumpy =
  python.error?.message ?? (python.status === 0 ? undefined : python.stderr.trim().split("\n").at(-1));

describe("NumPy", () => {
  if (noNumpy !== undefined && process.env.CI !== "true") {
    console.warn(`Skipped the tests against NumPy: python3 -c "import numpy": ${noNumpy}`);
    test.skip(`and this package agree (no NumPy here: ${noNumpy})`, () => {});
    return;
  }

  const inFolder = (check: (path: string) => void) => {
    const folder = mkdtempSync(join(tmpdir(), "npz-"));
    try {
      check(join(folder, "a.npz"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const run = (script: string, path: string) => {
    const done = spawnSync(
      "python3",
      ["-c", `import json, sys\nimport numpy as np\npath = sys.argv[1]\n${script}`, path],
      {
        encoding: "utf8",
      },
    );
    if (done.status !== 0) throw new Error(done.error?.message ?? done.stderr);
    return done.stdout;
  };

  test("opens what this package writes", () => {
    inFolder((path) => {
      writeFileSync(path, writeNpz(arrays));
      const seen = JSON.parse(
        run(
          `a = np.load(path, allow_pickle=False)
print(json.dumps({k: [a[k].dtype.str, list(a[k].shape), [str(v) for v in a[k].ravel()]] for k in a.files}))`,
          path,
        ),
      );
      expect(seen).toEqual({
        x: ["<f4", [2, 3], ["1.0", "-2.5", "nan", "0.0", "inf", "1e-30"]],
        mean: ["<f8", [], ["3.141592653589793"]],
        count: ["<i4", [2], ["-1", "2147483647"]],
        big: ["<i8", [1, 2, 1], ["-4611686018427387904", "7"]],
        mask: ["|b1", [3], ["True", "False", "True"]],
        date: ["<M8[D]", [3], ["2018-01-01", "1969-12-31", "NaT"]],
        site_ids: ["<U8", [3], ["01022500", "", "Grüße 🌊"]],
        none: ["<f4", [0, 7], []],
        no_text: ["<U1", [0], []],
      });
    });
  });

  test.each(["savez", "savez_compressed"])("writes with %s what this package opens", (save) => {
    inFolder((path) => {
      run(
        `np.${save}(path, x=np.array([[1, -2.5, np.nan], [0, np.inf, 1e-30]], "f4"), mean=np.float64(np.pi),
  count=np.array([-1, 2147483647], "i4"), big=np.array([[[-2**62], [7]]], "i8"), mask=np.array([True, False, True]),
  date=np.array(["2018-01-01", "1969-12-31", "NaT"], "M8[D]"), site_ids=np.array(["01022500", "", "Grüße 🌊"]),
  none=np.zeros((0, 7), "f4"), no_text=np.array([], "U"))`,
        path,
      );
      expect(readNpz(readFileSync(path), path)).toEqual(arrays);
    });
  });

  test("objects, Fortran order and big-endian files are refused", () => {
    inFolder((path) => {
      run("np.savez(path, a=np.array([{}, 1], object))", path);
      expect(() => readNpz(readFileSync(path), "a.npz")).toThrow("it holds Python objects");
      run("np.savez(path, a=np.asfortranarray(np.ones((2, 3))))", path);
      expect(() => readNpz(readFileSync(path), "a.npz")).toThrow("Fortran order");
      run('np.savez(path, a=np.ones(3, ">f4"))', path);
      expect(() => readNpz(readFileSync(path), "a.npz")).toThrow("big-endian");
    });
  });
});
