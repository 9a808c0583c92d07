/** How long a job took, from its record. */

export interface Timed {
  /** ms since 1970. */
  readonly start: number;
  readonly end: number;
  /** Among how many jobs of a batch the time from start to end was shared; left out where it was the job's alone. */
  readonly share?: number | undefined;
}

/** The seconds of a job: its own time, or its share of a batch's. All who tell or add up times use this. */
export function secondsOf({ start, end, share = 1 }: Timed): number {
  return Math.max(0, end - start) / share / 1_000;
}
