/** The predictions of one model on one partition, read back from the CSV that make_predictions wrote. */
import { readFile } from "node:fs/promises";
import { type Day, formatDay, parseDay, parseNumber } from "@braid/data/tables";
import { cannot } from "braid-engine";
import { parse } from "csv-parse/sync";

export interface Predictions {
  /** By variable: the value of each day, null for a variable whose head was never trained. */
  readonly byVariable: Readonly<Record<string, ReadonlyMap<Day, number> | null>>;
  readonly backend: string;
}

/** @throws where the file lacks a column, is empty or has text for a number. */
export async function readPredictions(file: string, variables: readonly string[]): Promise<Predictions> {
  const [header = [], ...rows] = parse(await readFile(file)) as string[][];
  const at = (column: string) => {
    const index = header.indexOf(column);
    if (index < 0) throw cannot("read predictions", file, `it has no column "${column}"`);
    return index;
  };
  if (rows.length === 0) throw cannot("read predictions", file, "it has no days");
  const dateAt = at("date");
  const days = rows.map((row) => dayOf(file, row[dateAt]!));
  const byVariable = Object.fromEntries(
    variables.map((variable) => {
      const index = at(variable);
      if (rows.every((row) => row[index] === "")) return [variable, null];
      return [
        variable,
        new Map(rows.map((row, i) => [days[i]!, numberOf(file, variable, days[i]!, row[index]!)])),
      ];
    }),
  );
  return { byVariable, backend: rows[0]![at("backend")]! };
}

function dayOf(file: string, text: string): Day {
  const day = parseDay(text);
  if (day === null) throw cannot("read predictions", file, `${JSON.stringify(text)} is not a date`);
  return day;
}

function numberOf(file: string, variable: string, day: Day, text: string): number {
  const value = parseNumber(text);
  if (value !== null && !Number.isNaN(value)) return value;
  throw cannot(
    "read predictions",
    file,
    `"${variable}" of ${formatDay(day)} is ${JSON.stringify(text)}, not a number`,
  );
}
