/**
 * When each job of a call began and ended, and what part of the call's time was its own.
 *
 * Time is given to the jobs that are known to have begun (the body says so, or the engine runs them in turn). If none
 * is known, it is given to all jobs that have not ended. Several jobs share it equally. So the seconds of the jobs of a
 * batch add up to those of the call, in whatever way the body makes them.
 */

/** The times of one job, as its runner reports them; ms since 1970. */
export interface JobTimes {
  readonly start: number;
  readonly end: number;
  /** How many jobs shared the time from start to end, on average; absent if the job had it alone. */
  readonly share?: number;
  /** ms of CPU, if known. */
  readonly cpu?: number;
}

export interface CallTimes {
  /** The work on a job begins; the first time counts. */
  begin(order: number): void;
  /** The jobs one by one; if a loop ends each job before it takes the next, this tells when each began. */
  loop(orders: readonly number[]): Generator<number>;
  end(order: number): JobTimes;
}

/** The time that a job has had so far, ms. */
interface Part {
  readonly ms: number;
  readonly cpu: number;
}

/** A job that is known to have begun. */
interface RunningJob {
  readonly at: number;
  had: Part;
  /** The part of it that was shared with all jobs. */
  readonly before: Part;
  /** Only a loop says that it began: the time before the loop, spent on all jobs, counts too. */
  readonly looped: boolean;
}

/** The time counts as the job's alone if other jobs had no more than this part of it. */
const little = 0.05;

const plus = (a: Part, b: Part, parts = 1): Part => ({ ms: a.ms + b.ms / parts, cpu: a.cpu + b.cpu / parts });

/** `cpu` gives ms of CPU used so far; undefined if unknown. */
export function callTimes(
  orders: Iterable<number>,
  now: () => number,
  cpu: () => number | undefined = () => undefined,
): CallTimes {
  const others = new Set(orders);
  const running = new Map<number, RunningJob>();
  const start = now();
  let last = start;
  let used = cpu();
  /** The time that each of the other jobs has had. */
  let shared: Part = { ms: 0, cpu: 0 };

  /** Gives the time since the last change to the jobs that were under way. */
  function advance(): number {
    const time = now();
    const usedNow = cpu();
    const more = { ms: time - last, cpu: (usedNow ?? 0) - (used ?? 0) };
    last = time;
    used = used === undefined ? undefined : usedNow;
    if (running.size > 0) for (const one of running.values()) one.had = plus(one.had, more, running.size);
    else if (others.size > 0) shared = plus(shared, more, others.size);
    return time;
  }

  function begin(order: number, looped: boolean): void {
    const at = advance();
    const one = running.get(order);
    if (others.delete(order)) running.set(order, { at, had: { ms: 0, cpu: 0 }, before: shared, looped });
    else if (one?.looped && !looped) running.set(order, { ...one, looped });
  }

  /** The loop went on although the job has not ended, so its begin is unknown. */
  function takeBack(order: number): void {
    if (running.get(order)?.looped !== true) return;
    advance();
    const { had } = running.get(order)!;
    running.delete(order);
    others.add(order);
    shared = plus(shared, had, others.size);
  }

  return {
    begin: (order) => begin(order, false),
    *loop(orders) {
      let inTurn = true;
      for (const order of orders) {
        // The job of another loop, which stopped there.
        for (const other of [...running.keys()]) takeBack(other);
        if (inTurn) begin(order, true);
        try {
          yield order;
        } finally {
          inTurn &&= running.get(order)?.looped !== true;
          takeBack(order);
        }
      }
    },
    end(order) {
      const end = advance();
      const one = running.get(order);
      others.delete(order);
      running.delete(order);
      const withBefore = one?.looped === true && one.before.ms > little * one.had.ms;
      const from = one === undefined || withBefore ? start : one.at;
      const had = one === undefined ? shared : withBefore ? plus(one.before, one.had) : one.had;
      const share = shareOf(end - from, had.ms);
      return {
        ...{ start: from, end },
        ...(share === undefined ? {} : { share }),
        ...(used === undefined ? {} : { cpu: Math.round(had.cpu) }),
      };
    },
  };
}

/** Undefined if the job had the time alone. */
function shareOf(span: number, ms: number): number | undefined {
  if (span - ms <= little * span) return undefined;
  // Nobody can measure more than four digits.
  return Number((span / Math.max(ms, 0.001)).toPrecision(4));
}
