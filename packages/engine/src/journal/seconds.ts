/** How long a job took, from its record. */

export interface Timed {
  /** ms since 1970. */
  readonly start: number;
  readonly end: number;
  /** How many jobs of a batch shared the time from start to end; absent if the job had it alone. */
  readonly share?: number | undefined;
}

/** The seconds of a job: its own time, or its share of a batch's. Used wherever times are shown or added up. */
export function secondsOf({ start, end, share = 1 }: Timed): number {
  return Math.max(0, end - start) / share / 1_000;
}
