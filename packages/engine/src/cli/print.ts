/**
 * Standard output: prints what the command line itself says. With `--json`, nothing else comes to standard output. A
 * reader that has gone, or a full disk behind a redirection, ends nothing.
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

let installed = false;

/**
 * From now on, a failed write ends nothing. Where nobody reads any more, that is as it should be; else it is said
 * once, and an exit code of 0 becomes 1.
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
  // Nobody is left to be told.
  process.stderr.on("error", () => {});
}
