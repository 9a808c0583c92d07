/** What a job has cost, as far as whoever ran it could tell. */
export interface Cost {
  /** ms of CPU: of the thread of a body, or of a command with all that it waited for. */
  readonly cpu?: number;
  /** Most memory at one time, in bytes: of a command with all its processes, or of a runner elsewhere. */
  readonly memory?: number;
}

/** The cost, from something that says more. */
export function costOf({
  cpu,
  memory,
}: {
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
}): Cost {
  return { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
}
