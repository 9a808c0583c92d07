/** The latest small tables that a run has made, as they arrive: their first lines, by column. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Trace } from "braid-engine/inspect";

export interface RecentTable {
  readonly path: string;
  readonly rule: string;
  /** ms since 1970. */
  readonly at: number;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A larger file is no table to glance at. */
const largest = 16_384;
const mostRows = 4;
/** What is read at once; of a rule that makes hundreds a second, a few tell how it goes. */
const mostAtOnce = 3;

export interface RecentTables {
  saw(trace: Trace): void;
  /** Reads what was seen last since the call before, the newest at the end. */
  take(): RecentTable[];
}

export function recentTables(folder: string): RecentTables {
  let waiting: Trace[] = [];
  return {
    saw(trace) {
      const [first] = trace.outputs;
      if (!/\.(csv|tsv)$/.test(trace.path) || first === undefined || first.size > largest) return;
      if (waiting.length >= mostAtOnce) waiting.shift();
      waiting.push(trace);
    },
    take() {
      const tables = waiting.flatMap((trace) => readTable(folder, trace) ?? []);
      waiting = [];
      return tables;
    },
  };
}

function readTable(folder: string, { path, rule, end }: Trace): RecentTable | null {
  let text: string;
  try {
    text = readFileSync(join(folder, path), "utf8");
  } catch {
    // It was removed since.
    return null;
  }
  const separator = path.endsWith(".tsv") ? "\t" : ",";
  const lines = text.split("\n", mostRows + 1).filter((line) => line.trim() !== "");
  // Quoted fields would need a reader of CSV: a glance does without them.
  if (lines.length < 2 || lines.some((line) => line.includes('"'))) return null;
  const [columns, ...rows] = lines.map((line) => line.trimEnd().split(separator));
  return { path, rule, at: end, columns: columns!, rows };
}
