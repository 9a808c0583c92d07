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

/** Larger files are skipped. */
const largest = 16_384;
const mostRows = 4;
/** The most files to read at once; a few are enough for a rule that makes hundreds a second. */
const mostAtOnce = 3;

export interface RecentTables {
  saw(trace: Trace): void;
  /** Reads the latest files since the previous call, the newest at the end. */
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
  // Quoted fields would need a CSV parser: skip such files.
  if (lines.length < 2 || lines.some((line) => line.includes('"'))) return null;
  const [columns, ...rows] = lines.map((line) => line.trimEnd().split(separator));
  // Skip a table without a header: its first row would be shown as column names.
  if (columns!.some((name) => name.trim() !== "" && Number.isFinite(Number(name)))) return null;
  return { path, rule, at: end, columns: columns!, rows };
}
