/** Prints lines as fast as they are read and no faster: a long table never stands in memory as a whole. */
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Characters that are written at once. */
const piece = 65_536;

/** Resolves when all rows are written; a reader that has seen enough (`| head`) ends it without an error. */
export async function printRows(rows: Iterable<string>, output: Writable = process.stdout): Promise<void> {
  try {
    await pipeline(Readable.from(pieces(rows), { objectMode: true, highWaterMark: 1 }), output, {
      end: false,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
}

function* pieces(rows: Iterable<string>): Generator<string> {
  let text = "";
  for (const row of rows) {
    text += `${row}\n`;
    if (text.length < piece) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}
