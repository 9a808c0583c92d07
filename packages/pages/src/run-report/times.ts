/** Times of jobs in words. */
import { duration } from "braid-engine/quantities";

/** What a ~ before a time says. */
export const sharedTimes = "Times with ~ are shares of the time that a batch took for several jobs together.";

/** A job may take milliseconds. */
export function shortTime(seconds: number): string {
  return seconds < 0.95 ? `${Math.round(seconds * 1_000)} ms` : duration(seconds);
}
