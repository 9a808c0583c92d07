import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NetCDFReader } from "netcdfjs";
import { expect, test } from "vitest";
import { charRows, type NetcdfHeader, writeNetcdf } from "./netcdf.ts";

const newFile = () => join(mkdtempSync(join(tmpdir(), "braid-netcdf-")), "a.nc");

const ids = charRows(["01022500", "7", "Grüße"]);
const header: NetcdfHeader = {
  dimensions: { site: 3, time: 5, length: ids.length },
  attributes: { title: "odd", numbers: Int32Array.of(-1, 2 ** 31 - 1), one: Int8Array.of(-3) },
  variables: {
    id: { type: "char", dimensions: ["site", "length"], attributes: {} },
    flag: { type: "byte", dimensions: ["time"], attributes: { flag_values: Int8Array.of(0, 1) } },
    count: { type: "int", dimensions: ["site"], attributes: { units: "1" } },
    flow: {
      type: "double",
      dimensions: ["site", "time"],
      attributes: { units: "m3 s-1", _FillValue: Float64Array.of(Number.NaN) },
    },
    alone: { type: "double", dimensions: [], attributes: {} },
  },
};
const flows = Float64Array.of(1.1, -2.5, Number.NaN, 0, 1e-300, 6, 7, 8, 9, 10, 11, 12, 13, 14, Math.PI);

async function write(file = newFile()): Promise<string> {
  await writeNetcdf(file, header, async (put) => {
    await put("alone", Float64Array.of(-0.1));
    await put("flow", flows.subarray(5), 5);
    await put("flag", Int8Array.of(0, 1, -1, 127, -128));
    await put("id", ids.data);
    await put("flow", flows.subarray(0, 5));
    await put("count", Int32Array.of(-5, 0, 2 ** 31 - 1));
  });
  return file;
}

test("a file reads back as it was written, in whatever order", async () => {
  const read = new NetCDFReader(readFileSync(await write()));
  expect(read.version).toBe("64-bit offset format");
  expect(read.dimensions).toMatchObject([
    { name: "site", size: 3 },
    { name: "time", size: 5 },
    { name: "length", size: 8 },
  ]);
  const attributes = Object.fromEntries(read.globalAttributes.map(({ name, value }) => [name, value]));
  // This reader takes bytes as unsigned ones, and their padding as values.
  expect(attributes).toEqual({ title: "odd", numbers: [-1, 2 ** 31 - 1], one: [256 - 3] });
  expect([...read.getDataVariable("flow")]).toEqual([...flows]);
  const flags = Int8Array.from(read.getDataVariable("flag") as number[]);
  expect([...flags.subarray(0, 5)]).toEqual([0, 1, -1, 127, -128]);
  expect([...read.getDataVariable("count")]).toEqual([-5, 0, 2 ** 31 - 1]);
  expect([...read.getDataVariable("alone")]).toEqual([-0.1]);
  const flow = read.variables.find(({ name }) => name === "flow")!;
  expect(flow.dimensions).toEqual([0, 1]);
  expect(flow.attributes).toMatchObject([
    { name: "units", value: "m3 s-1" },
    { name: "_FillValue", value: Number.NaN },
  ]);
});

test("text is UTF-8, padded with zeros", () => {
  expect(ids.length).toBe(8);
  expect(new TextDecoder().decode(ids.data)).toBe("010225007\0\0\0\0\0\0\0Grüße\0");
});

test("the same values are the same bytes, over whatever stood there before", async () => {
  const [one, other] = [newFile(), newFile()];
  writeFileSync(other, "x".repeat(10_000));
  expect(readFileSync(await write(other)).equals(readFileSync(await write(one)))).toBe(true);
});

test("a value left out, put beyond the end or of another type is an error", async () => {
  await expect(writeNetcdf(newFile(), header, async () => {})).rejects.toThrow(
    '24 values of "id" are missing',
  );
  const put = (values: Float64Array | Int32Array, at: number) =>
    writeNetcdf(newFile(), header, (put) => put("flow", values, at));
  await expect(put(new Float64Array(2), 14)).rejects.toThrow('2 values at 14 do not fit "flow"');
  await expect(put(new Int32Array(2), 0)).rejects.toThrow('2 values at 0 do not fit "flow"');
});

test("a variable of more than 4 GiB is refused before anything is written", async () => {
  const large = { ...header, dimensions: { ...header.dimensions, site: 2 ** 20, time: 2 ** 10 } };
  await expect(writeNetcdf(newFile(), large, async () => {})).rejects.toThrow(
    /its variable "flow" has 8589934592 bytes, and the format allows 4 GiB\n {2}dimensions {2}site 1048576 x time 1024\n.*Choose fewer factors or seeds/,
  );
});
