/** Errors of a site and factor day by day, as ensemble_predictions left them. */
import { readFile } from "node:fs/promises";
import { cannot } from "braid-engine";
import { parse } from "csv-parse/sync";

/** The observed days of the primary in one partition, [N] each. */
export interface DayErrors {
  /** Calendar months, 1 to 12. */
  readonly months: Uint8Array;
  readonly observed: Float64Array;
  /** The mean over seeds of the predictions. */
  readonly predicted: Float64Array;
  /** The mean over seeds of the squared errors. */
  readonly squaredErrors: Float64Array;
}

/** @throws where the file is not of this form. */
export async function readDays(file: string): Promise<DayErrors> {
  const [header = [], ...rows] = parse(await readFile(file)) as string[][];
  if (header.join() !== "date,observed,predicted,squared_error")
    throw cannot("read days", file, "it is not a file of days of this version", {
      hint: "Delete it and run again.",
    });
  const column = (at: number) => Float64Array.from(rows, (row) => Number(row[at]));
  return {
    months: Uint8Array.from(rows, (row) => Number(row[0]!.slice(5, 7))),
    observed: column(1),
    predicted: column(2),
    squaredErrors: column(3),
  };
}
