/**
 * A task that is followed through its record: the events so far, and the jobs that its loss would affect. Keeps only the
 * needed part of its call, because thousands of tasks run at once.
 */
import { CallLost, type FileSystem, type Loss, secondsOf } from "braid-engine/executor";
import type { Durations } from "./pack.ts";
import type { QueuedCall } from "./submitter.ts";
import { type EndRecord, endsPath, recordReader } from "./task.ts";

export interface TrackedTask {
  readonly id: string;
  /** The time (ms) from which the queue should list it. */
  expectedBy: number;
  /** Since when the queue says that it ended, or does not know it, though its record is not whole. */
  silentSince: number | null;
  /** Its record's sign of life then. */
  silentSign: string;
  /** Since when the queue doubts that it will ever start it. */
  doubtedSince: number | null;
  /** Its runner has started. */
  readonly started: boolean;
  /** Its record is complete. */
  readonly over: boolean;
  /** Changes with whatever its runner does with the record; empty where there is none. */
  lifeSign(): string;
  /** Reports new events in its record. Returns whether there were any. */
  read(): boolean;
  /** Ends its call: as its record says, or as `lost` does. */
  end(lost?: CallLost): void;
  /** Its loss, with the jobs that may be to blame. */
  lossOf(kind: Loss, reason: string): CallLost;
}

/** `orders` are those of this plan by those that the runner knows, where they differ. */
export function trackTask(
  files: FileSystem,
  id: string,
  { call: { rule, together }, events, resolve, reject }: QueuedCall,
  durations: Durations,
  orders: ReadonlyMap<number, number> | null = null,
): TrackedTask {
  const reader = recordReader(files, id);
  const orderOf = (order: number) => (orders === null ? order : orders.get(order));
  /** The jobs under way by its last "begin", as the runner knows them. */
  let begun = new Set<number>();
  let started = false;
  let over = false;
  /** Why the runner could not go on, and whether another runner would fail too. */
  let fault: string | null = null;
  let hopeless = false;

  function report(record: EndRecord & { t: "done" | "failed" }): void {
    begun.delete(record.order);
    const order = orderOf(record.order);
    if (record.t === "done") {
      durations.learn(rule, secondsOf(record));
      if (order !== undefined) events.done(order, record);
    } else if (order !== undefined) events.failed(order, record.error, record.failure);
  }

  function lossOf(kind: Loss, reason: string): CallLost {
    const suspects = together ? [...begun] : [...begun].slice(0, 1);
    return new CallLost(
      kind,
      reason,
      suspects.flatMap((order) => orderOf(order) ?? []),
    );
  }

  return {
    id,
    expectedBy: Number.POSITIVE_INFINITY,
    silentSince: null,
    silentSign: "",
    doubtedSince: null,
    get started() {
      return started;
    },
    get over() {
      return over;
    },
    lifeSign() {
      const stat = files.stat(endsPath(id));
      return stat === null ? "" : `${stat.size} ${stat.mtime}`;
    },
    read() {
      const records = reader.next();
      for (const record of records) {
        started = true;
        if (record.t === "begin") begun = new Set(record.orders);
        else if (record.t === "over") {
          over = true;
          fault = record.error ?? null;
          hopeless = record.hopeless === true;
        } else if (record.t === "done" || record.t === "failed") report(record);
      }
      return records.length > 0;
    },
    end(lost) {
      if (lost !== undefined) reject(lost);
      else if (fault !== null) reject(lossOf(hopeless ? "refused" : "crashed", fault));
      else resolve();
    },
    lossOf,
  };
}
