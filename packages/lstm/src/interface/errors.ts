/** Errors about a model, a dataset or a backend, which users see without a stack. */

/** A mistake in the trainer's input, or something that this machine lacks. */
export class LstmError extends Error {
  override readonly name = "LstmError";
}

/** The error `Cannot <action>: <cause>`, with facts and a hint on lines of their own. */
export function cannot(action: string, cause: string, ...lines: readonly string[]): LstmError {
  return new LstmError([`Cannot ${action}: ${cause}`, ...lines.map((line) => `  ${line}`)].join("\n"));
}

/** The device has too little memory: fewer models at a time may fit. */
export class DeviceMemoryError extends LstmError {}

/** No driver found a device; has the answer of each. */
export class NoDeviceError extends LstmError {
  readonly answers: readonly string[];
  constructor({ message }: LstmError, answers: readonly string[]) {
    super(message);
    this.answers = answers;
  }
}

/** The first line of an error's message. */
export const firstLine = (error: Error): string => error.message.split("\n")[0]!;

/** The cause and facts of an error, on one line. */
export function oneLine(error: Error): string {
  const [head = "", ...rest] = error.message.split("\n");
  const lines = [head.replace(/^Cannot [^:]*: /, ""), ...rest.map((line) => line.trim())];
  return lines.reduce((all, line) => `${all}${all.endsWith(".") ? "" : ";"} ${line}`);
}
