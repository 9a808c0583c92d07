/** The messages of the server to the page. Only types: the page's scripts import nothing from the engine. */
import type { MachineUse } from "./machine.ts";

export interface BoardMessage {
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
  /** Jobs done in steps of 5 seconds, the latest at the end. */
  readonly pace: readonly number[];
  readonly failed: number;
  /** The latest, with their numbers to ask for logs by. */
  readonly failures: readonly {
    readonly id: number;
    readonly rule: string;
    readonly path: string;
    readonly error: string;
  }[];
  readonly machine: MachineUse;
  readonly grids: readonly { readonly rule: string; readonly wildcards: readonly string[] }[];
}

export type { Grid } from "./grid.ts";
export type { RecentTable } from "./recent-tables.ts";
