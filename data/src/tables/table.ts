/**
 * A table of a data folder, CSV or Parquet, as rows of text in one pass: memory does not grow with the file.
 * Site ids stay the text they are.
 */

/** A row and where it stands: the line of a CSV file (the header is line 1), the row of a Parquet file plus 1. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The column names, and all rows in batches; a row may have more or fewer cells than there are columns. */
export interface Table {
  readonly path: string;
  readonly columns: readonly string[];
  rows(): AsyncIterable<readonly Row[]>;
  /** What the text as a whole shows, known after the last row: a file cut in the middle of a line. */
  remarks(): readonly string[];
}
