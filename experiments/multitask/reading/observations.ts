/**
 * What was observed at a site, after masking: the values that training learns from and scores are made of.
 *
 * Both steps come here, so that a masked day counts in neither. Records are kept per process for the sites
 * read last: jobs come site by site, and the file is not read again for each of them.
 */

import { stat } from "node:fs/promises";
import { type Columns, readRecords, type SiteRecord } from "@braid/data/records";
import { cannot } from "braid-engine";

/** Days without a value and why, per variable: `reasons[i]` is null where `values[i]` counts. */
export interface Observed {
  /** [D], NaN where nothing counts. */
  readonly values: Float64Array;
  readonly reasons: readonly (string | null)[];
}

/** The column of `variable`'s qualifier codes, where a file has one. */
export function qualifierColumn(variable: string): string {
  return `${variable}_qualifiers`;
}

/** The columns that observations of `variables` are read from. */
export function observationColumns(variables: readonly string[]): Columns {
  return { numbers: variables, texts: variables.map(qualifierColumn) };
}

/** The values of one variable, without those that carry one of the codes `mask` (ice, estimated, ...). */
export function observed(record: SiteRecord, variable: string, mask: readonly string[]): Observed {
  const values = Float64Array.from(record.numbers[variable]!);
  const codes = record.texts[qualifierColumn(variable)];
  const reasons = Array.from(values, (value, i) => {
    const code = codes === undefined ? undefined : splitCodes(codes[i]!).find((one) => mask.includes(one));
    if (code !== undefined) {
      values[i] = Number.NaN;
      return `qualifier ${code}`;
    }
    return Number.isNaN(value) ? "not observed" : null;
  });
  return { values, reasons };
}

/** @throws where codes shall be masked and no variable has a column of them. */
export function checkQualifiers(
  file: string,
  header: readonly string[],
  variables: readonly string[],
  mask: readonly string[],
): void {
  const columns = variables.map(qualifierColumn);
  if (mask.length === 0 || columns.some((column) => header.includes(column))) return;
  throw cannot("mask qualifiers", mask.join(", "), `"${file}" has no column of them`, {
    facts: [
      ["looked for", columns.join(", ")],
      ["its columns", header.join(", ")],
    ],
    hint: "Rename the columns of codes (dataretrieval calls them ..._cd). Leave maskQualifiers empty, or add the columns: codes separated by blanks, commas or colons.",
  });
}

/** The codes of a field. */
export function splitCodes(text: string): string[] {
  return text.split(/[\s,;:|]+/);
}

const kept = new Map<string, Promise<SiteRecord>>();
const keptSites = 16;

/** The record of one site, from the file or, unchanged since, from memory. */
export async function observationsOf(
  file: string,
  site: string,
  variables: readonly string[],
): Promise<SiteRecord> {
  const { size, mtimeMs } = await stat(file);
  const key = JSON.stringify([file, size, mtimeMs, site, variables]);
  const record = kept.get(key) ?? readOne(file, site, variables);
  // Taken out and put back: the first key is always the one used longest ago.
  kept.delete(key);
  kept.set(key, record);
  for (const oldest of kept.keys()) if (kept.size > keptSites) kept.delete(oldest);
  return record;
}

async function readOne(file: string, site: string, variables: readonly string[]): Promise<SiteRecord> {
  for await (const [, record] of readRecords(file, [site], observationColumns(variables))) {
    if (record instanceof Error) throw record;
    return record;
  }
  throw new Error(`Internal error: no record and no error for site ${site}`);
}
