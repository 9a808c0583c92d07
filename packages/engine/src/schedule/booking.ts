/**
 * What running calls have booked: threads against `--jobs`, everything else against `--resources`. Where jobs run
 * elsewhere, a call there is one of `--jobs`, and threads of this machine are another thing, with a limit of its own.
 *
 * `gpu` is handed out as device numbers, lowest first, so that two calls never share a device.
 */

/** Amounts by name: `threads`, `gpu` or a name of the workflow's own. */
export type Wants = Readonly<Record<string, number>>;

/** Threads that jobs book on this machine where others run elsewhere; no resource of a workflow has such a name. */
export const localThreads = "threads of this machine";

/** GPUs of other machines: how many there are is their queue's business, unless the user says it. */
export const gpusElsewhere = "gpu elsewhere";

export interface Booking {
  /** True if a call that wants this can start now. What asks for more than there is runs by itself. */
  fits(wants: Wants): boolean;
  /** Books it; returns the numbers of the devices. */
  take(wants: Wants): readonly number[];
  /** Gives back what `take` booked. */
  give(wants: Wants, gpus: readonly number[]): void;
}

export function booking(slots: number, limits: ReadonlyMap<string, number>): Booking {
  const inUse = new Map<string, number>();
  const gpusInUse = new Set<number>();
  const limitOf = (name: string) =>
    name === "threads" ? slots : (limits.get(name) ?? (name === "gpu" ? 1 : Number.POSITIVE_INFINITY));
  const add = (wants: Wants, sign: 1 | -1) => {
    for (const name in wants) inUse.set(name, (inUse.get(name) ?? 0) + sign * wants[name]!);
  };
  return {
    fits(wants) {
      for (const name in wants) {
        const used = inUse.get(name) ?? 0;
        if (used > 0 && wants[name]! > 0 && used + wants[name]! > limitOf(name)) return false;
      }
      return true;
    },
    take(wants) {
      add(wants, 1);
      const gpus: number[] = [];
      // Where nobody has said how many there are, a call that wants several is believed.
      const most = limits.get("gpu") ?? Number.POSITIVE_INFINITY;
      for (let gpu = 0; gpus.length < (wants.gpu ?? 0) && gpu < most; gpu++)
        if (!gpusInUse.has(gpu)) {
          gpusInUse.add(gpu);
          gpus.push(gpu);
        }
      return gpus;
    },
    give(wants, gpus) {
      add(wants, -1);
      for (const gpu of gpus) gpusInUse.delete(gpu);
    },
  };
}
