/**
 * The report with its tables by column: names of columns stand once in the file and not at every site. Works in Node and
 * in the page.
 */
import type { Report, SiteResult } from "./report.ts";

type Table<T> = Readonly<Record<string, readonly T[]>>;

export interface PackedReport extends Omit<Report, "sites" | "verdicts"> {
  readonly sites: readonly Omit<Report["sites"][number], "properties" | "texts">[];
  readonly properties: Table<number | null>;
  readonly texts: Table<string>;
  readonly verdicts:
    | (Omit<NonNullable<Report["verdicts"]>, "answer"> & {
        readonly answer: {
          readonly test: string;
          readonly sites: readonly string[];
          readonly numbers: Table<number | null>;
          readonly verdicts: Table<string>;
          readonly refused: readonly string[];
        } | null;
      })
    | null;
}

const numbers = ["factor", "gain", "low", "high"] as const;

export function packReport(report: Report): PackedReport {
  const { sites, verdicts } = report;
  return {
    ...report,
    sites: sites.map(({ properties: _, texts: __, ...site }) => site),
    properties: byColumn(sites.map((site) => site.properties)),
    texts: byColumn(sites.map((site) => site.texts)),
    verdicts: verdicts === null ? null : { ...verdicts, answer: packAnswer(verdicts.answer) },
  };
}

export function unpackReport(packed: PackedReport): Report {
  const { properties, texts, verdicts, ...report } = packed;
  return {
    ...report,
    sites: packed.sites.map((site, i) => ({ ...site, properties: row(properties, i), texts: row(texts, i) })),
    verdicts: verdicts === null ? null : { ...verdicts, answer: unpackAnswer(verdicts.answer) },
  };
}

type Answer = NonNullable<Report["verdicts"]>["answer"];
type PackedAnswer = NonNullable<PackedReport["verdicts"]>["answer"];

function packAnswer(answer: Answer): PackedAnswer {
  if (answer === null) return null;
  const results = Object.values(answer.bySite);
  return {
    test: answer.test,
    sites: Object.keys(answer.bySite),
    numbers: Object.fromEntries(numbers.map((key) => [key, results.map((result) => result[key])])),
    verdicts: byColumn(results.map((result) => result.verdicts)),
    refused: results.map((result) => result.refused),
  };
}

function unpackAnswer(packed: PackedAnswer): Answer {
  if (packed === null) return null;
  const result = (i: number) => ({
    ...(row(packed.numbers, i) as Pick<SiteResult, (typeof numbers)[number]>),
    verdicts: row(packed.verdicts, i),
    refused: packed.refused[i]!,
  });
  return {
    test: packed.test,
    bySite: Object.fromEntries(packed.sites.map((site, i) => [site, result(i)])),
  };
}

/** All rows have the keys of the first. */
function byColumn<T>(rows: readonly Readonly<Record<string, T>>[]): Table<T> {
  return Object.fromEntries(Object.keys(rows[0] ?? {}).map((key) => [key, rows.map((one) => one[key]!)]));
}

function row<T>(table: Table<T>, i: number): Record<string, T> {
  return Object.fromEntries(Object.entries(table).map(([key, values]) => [key, values[i]!]));
}
