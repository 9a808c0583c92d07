/** What bodies print belongs to the log of their job, not between the lines of the run's progress. */
import { logOfBody } from "./bodies.ts";
import { logWriter } from "./log-writer.ts";

/** Those of all runs of this process: streams are captured once, whatever the order in which runs end. */
const captures = new Set<object>();
let restore = () => {};

/** Standard output and standard error of this thread; what is printed outside of bodies is shown or dropped. */
export function captureOutput(others: "show" | "drop"): () => void {
  if (captures.size === 0) restore = captureStreams(others);
  const capture = {};
  captures.add(capture);
  return () => {
    if (captures.delete(capture) && captures.size === 0) restore();
  };
}

function captureStreams(others: "show" | "drop"): () => void {
  const logs = logWriter();
  const releases = [process.stdout, process.stderr].map((stream) => {
    const { write } = stream;
    const captured = ((text: string | Uint8Array, encoding?: unknown, written?: () => void) => {
      const log = logOfBody();
      if (log === undefined && others === "show")
        return Reflect.apply(write, stream, [text, encoding, written]) as boolean;
      if (log !== undefined) logs.write(log, text);
      const after = typeof encoding === "function" ? (encoding as () => void) : written;
      after?.();
      return true;
    }) as typeof write;
    stream.write = captured;
    return () => {
      if (stream.write === captured) stream.write = write;
    };
  });
  return () => {
    for (const release of releases) release();
    logs.close();
  };
}
