/** Limits how many tasks are submitted in any span of time: `--max-jobs-per-timespan`. */
import type { TaskLimit } from "braid-engine/executor";

/** Times are ms. */
export interface Quota {
  /** How many tasks may be submitted now. */
  room(now: number): number;
  /** When the next task may be submitted; not in the future if one may be submitted now. */
  roomAt(now: number): number;
  /** Records that `count` tasks are submitted now. */
  take(now: number, tasks: number): void;
}

/** Without a limit there is always room. */
export function quota(limit: TaskLimit | undefined): Quota {
  const { tasks, seconds } = limit ?? { tasks: Number.POSITIVE_INFINITY, seconds: 0 };
  let taken: { readonly until: number; readonly tasks: number }[] = [];
  const counting = (now: number) => {
    taken = taken.filter(({ until }) => until > now);
    return taken.reduce((sum, each) => sum + each.tasks, 0);
  };
  return {
    room: (now) => tasks - counting(now),
    roomAt: (now) => (counting(now) < tasks ? now : taken[0]!.until),
    take: (now, submitted) => {
      if (limit !== undefined) taken.push({ until: now + seconds * 1_000, tasks: submitted });
    },
  };
}
