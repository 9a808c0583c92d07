/** What a user reads when something is wrong with a model, a dataset or a backend: never a stack. */

/** A mistake in what the trainer was given, or something this machine lacks. */
export class LstmError extends Error {
  override readonly name = "LstmError";
}

/** The error `Cannot <action>: <cause>`, with facts and a hint on lines of their own. */
export function cannot(action: string, cause: string, ...lines: readonly string[]): LstmError {
  return new LstmError([`Cannot ${action}: ${cause}`, ...lines.map((line) => `  ${line}`)].join("\n"));
}

/** A device whose memory did not hold what was asked for: fewer models at a time may fit. */
export class DeviceMemoryError extends LstmError {}
