/** The messages of the server to the page. Only types: the page's scripts import nothing from the engine. */
import type { MachineUse } from "./machine.ts";

/** The state of one of several folders. */
export interface FolderMessage {
  readonly folder: string;
  readonly state: BoardMessage["state"];
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  /** Jobs a second in the last minute, or since the run began. */
  readonly pace: number;
}

/** Jobs done in steps of 5 seconds, the latest at the end. */
export interface RulePace {
  readonly rule: string;
  readonly done: readonly number[];
}

export interface BoardMessage {
  /** All folders that the view follows, this one too, in the order of the command; empty if it is the only one. */
  readonly folders: readonly FolderMessage[];
  readonly folder: string;
  /** `planning`: a run has begun and has nothing in the journal yet; `none`: nothing ever ran. */
  readonly state: "none" | "planning" | "running" | "done" | "failed" | "interrupted" | "killed";
  readonly command: string;
  /** ms since 1970. */
  readonly began: number;
  readonly seconds: number;
  /** The time left, in words. */
  readonly left: string;
  readonly slots: number;
  readonly rules: readonly {
    readonly rule: string;
    readonly total: number;
    readonly done: number;
    readonly running: number;
    readonly failed: number;
    /** Jobs a second. */
    readonly pace: number;
  }[];
  /** Of the rules with jobs done in these steps. */
  readonly pace: readonly RulePace[];
  readonly failed: number;
  /** The latest failure of each group, with the size of the group; `id` is its number in a request for its log. */
  readonly failures: readonly {
    readonly id: number;
    readonly count: number;
    readonly rule: string;
    readonly path: string;
    readonly error: string;
  }[];
  readonly machine: MachineUse;
  readonly grids: readonly { readonly rule: string; readonly wildcards: readonly string[] }[];
}

export type { Grid } from "./grid.ts";
export type { RecentTable } from "./recent-tables.ts";
