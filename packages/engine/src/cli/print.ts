/**
 * Prints to standard output. With `--json`, nothing else is written there. A closed pipe or a full disk does not end the
 * run.
 */
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

let write = (text: string): void => void process.stdout.write(text);

/** Prints a line, or lines, to standard output. */
export function print(text: string): void {
  write(`${text}\n`);
}

/** From now on, what anybody else prints (a workflow, its hooks) goes to standard error. */
export function keepOutputForJson(): void {
  const own = process.stdout.write.bind(process.stdout);
  write = (text) => void own(text);
  process.stdout.write = process.stderr.write.bind(process.stderr);
}

/** Characters per write. */
const piece = 65_536;

/** Resolves when all rows are written, or without an error when the reader closes the pipe (`| head`). */
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

let installed = false;

/**
 * From now on, failed writes do not end the process. Ignores closed pipes; reports other errors once and turns an exit
 * code of 0 into 1.
 */
export function surviveLostOutput(): void {
  if (installed) return;
  installed = true;
  let reported = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || reported) return;
    reported = true;
    process.stderr.write(`Cannot write to standard output: ${error.message}\n`);
    process.once("exit", () => {
      process.exitCode ||= 1;
    });
  });
  // Standard error is closed too.
  process.stderr.on("error", () => {});
}
