/** Prints what the command line itself says; with `--json` nothing else comes to standard output. */

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
