/**
 * The archive: a zip of one `.npy` file per array, as `numpy.savez` and `savez_compressed` make them.
 * Written stored and with one fixed date, so that the same arrays are the same bytes anywhere, any day.
 */
import { inflateSync, zipSync } from "fflate";
import { cannot, type NpyArray } from "./array.ts";
import { readNpy, writeNpy } from "./npy.ts";

/** The arrays of an archive by name, in the archive's order; `name` (a path, say) is what errors call it. */
export function readNpz(bytes: Uint8Array, name: string): Record<string, NpyArray> {
  const arrays = new Map<string, NpyArray>();
  for (const { path, content } of unzip(bytes, name)) {
    const key = path.replace(/\.npy$/, "");
    if (arrays.has(key)) throw cannot("read", name, `it holds the array "${key}" twice`);
    arrays.set(key, readNpy(content, `${name}: ${key}`));
  }
  return Object.fromEntries(arrays);
}

/** An archive of `arrays` (each key becomes `<key>.npy`); equal arrays in equal order give equal bytes. */
export function writeNpz(arrays: Readonly<Record<string, NpyArray>>): Uint8Array {
  const files = Object.fromEntries(
    Object.entries(arrays).map(([key, array]) => [`${key}.npy`, writeNpy(array, key)]),
  );
  // fflate writes local time: this date reads the same in every time zone.
  return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) });
}

/** The files of a zip, found through its central directory and checked against its sums. */
function* unzip(bytes: Uint8Array, name: string): Generator<{ path: string; content: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (cause: string) =>
    cannot(
      "read",
      name,
      cause,
      "The file is cut off or damaged: delete it, and what makes it makes it again.",
    );
  if (bytes.length === 0) throw damaged("it is empty");
  if (bytes.length < 4 || (view.getUint32(0, true) !== 0x04034b50 && view.getUint32(0, true) !== 0x06054b50))
    throw cannot("read", name, "it is not a NumPy archive (its first bytes are not those of a zip)");
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw damaged("its table of contents is missing");

  try {
    let entry = view.getUint32(end + 16, true);
    for (let left = view.getUint16(end + 10, true); left > 0; left--) {
      if (view.getUint32(entry, true) !== 0x02014b50) throw damaged("its table of contents is damaged");
      const method = view.getUint16(entry + 10, true);
      const sum = view.getUint32(entry + 16, true);
      const packed = view.getUint32(entry + 20, true);
      const size = view.getUint32(entry + 24, true);
      const pathLength = view.getUint16(entry + 28, true);
      const local = view.getUint32(entry + 42, true);
      if (packed === 0xffffffff || size === 0xffffffff || local === 0xffffffff)
        throw cannot("read", name, "it is larger than 4 GB");
      const path = new TextDecoder().decode(bytes.subarray(entry + 46, entry + 46 + pathLength));
      entry += 46 + pathLength + view.getUint16(entry + 30, true) + view.getUint16(entry + 32, true);

      const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const stored = bytes.subarray(from, from + packed);
      if (stored.length !== packed) throw damaged(`"${path}" in it is cut off`);
      if (method !== 0 && method !== 8)
        throw cannot("read", name, `"${path}" in it is packed by method ${method}`);
      const content = method === 0 ? stored : inflate(stored, size);
      if (content === null || content.length !== size || crc32(content) !== sum)
        throw damaged(`"${path}" in it does not match its checksum`);
      yield { path, content };
    }
  } catch (error) {
    if (error instanceof RangeError) throw damaged("its table of contents points outside the file");
    throw error;
  }
}

function inflate(packed: Uint8Array, size: number): Uint8Array | null {
  try {
    return inflateSync(packed, { out: new Uint8Array(size) });
  } catch {
    return null;
  }
}

const sums = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

/** The checksum of zip (CRC-32, IEEE 802.3). */
function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) sum = sums[(sum ^ bytes[i]!) & 255]! ^ (sum >>> 8);
  return ~sum >>> 0;
}
