/** Who reads standard output may go, and the disk that it goes to may be full: what is done goes on. */

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
