/** One working folder that the live view follows: its journal, its board, its latest tables, as messages for pages. */
import { followJournal, leftText, lockHolder } from "braid-engine/inspect";
import { growingGroups } from "../shared/failure-groups.ts";
import { board } from "./board.ts";
import type { Grid } from "./grid.ts";
import { machineWatch } from "./machine.ts";
import type { BoardMessage, FolderMessage } from "./message.ts";
import { type RecentTable, recentTables } from "./recent-tables.ts";

export interface Followed {
  readonly folder: string;
  /** Increases with every change. */
  readonly version: number;
  /** Reads what was added to the journal, and returns the tables made since the last call. */
  read(): readonly RecentTable[];
  /** The latest tables, the newest at the end. */
  readonly latest: readonly RecentTable[];
  /** The folder's line in the list of folders. */
  line(): FolderMessage;
  /** The whole message, without the list of folders. */
  message(): Omit<BoardMessage, "folders">;
  /** Null where the rule is not known. */
  grid(rule: string, x: string, y: string): Grid | null;
  /** The error and the log of a failure of the last run, by its number; undefined if there is none. */
  failure(id: number): { readonly error: string; readonly log: string } | undefined;
}

const mostGroups = 20;
const mostTables = 20;

export function followFolder(folder: string): Followed {
  const journal = followJournal(folder);
  const tables = recentTables(folder);
  const shown = board((trace) => tables.saw(trace));
  const machine = machineWatch(folder);
  const groupsOf = growingGroups();
  const latest: RecentTable[] = [];

  /** The run, the holder of the lock, and the state that follows from both. */
  function now() {
    const time = Date.now();
    const holder = lockHolder(folder);
    const status = shown.status(holder, time);
    const planning = holder !== null && holder.pid !== status?.run.pid;
    const state: BoardMessage["state"] = planning ? "planning" : (status?.state ?? "none");
    return { time, holder, status, planning, state };
  }

  return {
    folder,
    get version() {
      return shown.version;
    },
    latest,
    read() {
      const { again, records } = journal.read();
      shown.take(records, again);
      const fresh = tables.take();
      latest.push(...fresh);
      latest.splice(0, latest.length - mostTables);
      return fresh;
    },
    line() {
      const { status, state, time } = now();
      const rules = status?.rules ?? [];
      const sum = (of: "total" | "done" | "failed" | "running") =>
        rules.reduce((all, rule) => all + rule[of], 0);
      return {
        ...{ folder, state, total: sum("total"), done: sum("done") },
        ...{ failed: sum("failed"), running: sum("running") },
        pace: state === "running" ? shown.lastMinute(time) / Math.min(60, Math.max(5, status!.seconds)) : 0,
      };
    },
    message() {
      const { time, holder, status, planning, state } = now();
      const failures = shown.failures();
      const ended = status !== null && status.state !== "running";
      return {
        folder,
        state,
        command: planning ? holder!.command : (status?.run.command ?? ""),
        began: status?.run.at ?? time,
        seconds: status?.seconds ?? 0,
        left: status === null ? "" : leftText(status),
        slots: status?.run.slots ?? 1,
        rules: status?.rules ?? [],
        pace: ended ? shown.pace(status.run.at + status.seconds * 1_000, true) : shown.pace(time),
        failed: failures.length,
        failures: groupsOf(failures)
          .slice(0, mostGroups)
          .map(({ count, latest, place }) => ({
            ...{ id: place, count },
            ...{ rule: latest.rule, path: latest.path, error: latest.error },
          })),
        machine: machine(status?.state === "running" ? status.run : null),
        grids: failedFirst(shown.jobs.rules(), status?.rules ?? []),
      };
    },
    grid: (rule, x, y) => shown.jobs.grid(rule, x, y),
    failure: (id) => shown.failures()[id],
  };
}

/** The page opens at the first grid, so this is the one of the rule with the most failures. */
function failedFirst(grids: BoardMessage["grids"], rules: BoardMessage["rules"]): BoardMessage["grids"] {
  const failed = new Map(rules.map((rule) => [rule.rule, rule.failed]));
  const of = ({ rule }: { readonly rule: string }) => failed.get(rule) ?? 0;
  return grids.toSorted((a, b) => of(b) - of(a));
}
