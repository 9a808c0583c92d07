import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { withTexts } from "./png.ts";

/** The signature and chunks of type, data and checksum. */
function chunksOf(png: Uint8Array): [type: string, text: string][] {
  const view = new DataView(png.buffer);
  const chunks: [string, string][] = [];
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at);
    const body = png.subarray(at + 4, at + 8 + length);
    expect(view.getUint32(at + 8 + length)).toBe(crc32(body));
    chunks.push([Buffer.from(body.subarray(0, 4)).toString(), Buffer.from(body.subarray(4)).toString()]);
    at += 12 + length;
  }
  return chunks;
}

test("texts stand behind the header in chunks of their own, with right checksums", () => {
  // One grey pixel.
  const png = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
    "base64",
  );
  const chunks = chunksOf(withTexts(png, { Title: "Flow (m³ s⁻¹)", Comment: "commit abc" }));
  expect(chunks.map(([type]) => type)).toEqual(["IHDR", "iTXt", "iTXt", "IDAT", "IEND"]);
  expect(chunks[1]![1]).toBe("Title\0\0\0\0\0Flow (m³ s⁻¹)");
});
