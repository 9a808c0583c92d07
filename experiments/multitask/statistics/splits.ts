/** The verdicts of an experiment over its splits: the counts of each split, and at how many sites all splits agree. */
import { formatDay } from "@braid/data/tables";
import { count } from "braid-engine/quantities";
import { daysOf, formatRange, type Partitions } from "../sequences/partitions.ts";
import { countedTests } from "./over-days.ts";
import type { Row } from "./tables.ts";
import { type Counted, cannotFind, reasonsText, testWords } from "./words.ts";

/** A split, and the lines of its tests.csv with those over days (`withOverDays`). */
export interface SplitTests {
  readonly name: string;
  readonly partitions: Partitions;
  readonly tests: readonly Row[];
}

/** The columns of splits.csv: the verdicts of a test in a split, each site alone. */
export const splitColumns = [
  "split",
  "test",
  "sites",
  "better",
  "no_difference",
  "worse",
  "refused",
  "reason",
] as const;

/** The columns of splits_sites.csv: in how many splits a test has which verdict at a site. */
export const splitSiteColumns = [
  ...["test", "site_id", "splits", "better", "no_difference", "worse", "refused"],
  "verdicts",
] as const;

const verdicts = { better: "better", no_difference: "no difference", worse: "worse", refused: "refused" };

function counted(lines: readonly (Row | undefined)[]) {
  const number = (verdict: string) => lines.filter((line) => line?.verdict === verdict).length;
  return {
    better: number(verdicts.better),
    no_difference: number(verdicts.no_difference),
    worse: number(verdicts.worse),
    refused: number(verdicts.refused),
  };
}

/** The lines of splits.csv. */
export function splitRows(splits: readonly SplitTests[]) {
  return splits.flatMap(({ name, tests }) =>
    countedTests.map((test) => {
      const lines = tests.filter((line) => line.test === test);
      const refused = lines.filter((line) => line.verdict === verdicts.refused);
      const reason = reasonsText(refused.map((line) => line.refused ?? ""));
      return { split: name, test, sites: lines.length, ...counted(lines), reason };
    }),
  );
}

/** The lines of splits_sites.csv; a site that a split lacks has an empty verdict there. */
export function splitSiteRows(splits: readonly SplitTests[]) {
  const sites = [...new Set(splits.flatMap(({ tests }) => tests.map((line) => line.site_id!)))];
  return countedTests.flatMap((test) => {
    const bySplit = splits.map(
      ({ tests }) => new Map(tests.filter((line) => line.test === test).map((line) => [line.site_id!, line])),
    );
    return sites.map((site_id) => {
      const lines = bySplit.map((lines) => lines.get(site_id));
      return {
        ...{ test, site_id, splits: lines.filter((line) => line !== undefined).length },
        ...counted(lines),
        verdicts: lines.map((line) => line?.verdict ?? "").join("; "),
      };
    });
  });
}

/**
 * Verdicts by test: a header, then `better / no difference / worse` of each split, and the sites at which all agree. A test
 * that is refused in a split, or cannot give a verdict, has `-` for it and not 0.
 */
export function verdictCells(splits: readonly SplitTests[], naiveFactor: number): string[][] {
  const [rows, sites] = [splitRows(splits), splitSiteRows(splits)];
  return [
    ["better / same / worse", ...splits.map(({ name }) => `split ${name}`), "better in all", "worse in all"],
    ...countedTests.map((test) => {
      const ofTest = rows.filter((row) => row.test === test);
      const cell = (row: (typeof rows)[number], what: Counted) =>
        cannotFind(test, what) ? "-" : String(row[what]);
      const inAll = (what: "better" | "worse") =>
        cannotFind(test, what) || ofTest.some(isRefused)
          ? "-"
          : String(sites.filter((row) => row.test === test && row[what] === splits.length).length);
      const verdictsOf = (row: (typeof rows)[number]) =>
        (["better", "no_difference", "worse"] as const).map((what) => cell(row, what)).join(" / ");
      return [
        testWords(test, naiveFactor),
        ...ofTest.map((row) => (isRefused(row) ? "refused" : verdictsOf(row))),
        inAll("better"),
        inAll("worse"),
      ];
    }),
  ];
}

/** Whether a test has no verdict at any site of a split. */
function isRefused({ refused, sites }: { readonly refused: number; readonly sites: number }): boolean {
  return refused === sites;
}

/** A line per reason: the tests that `verdictCells` calls refused, in which splits, and why. */
export function splitRefusals(splits: readonly SplitTests[], naiveFactor: number): string[] {
  const rows = splitRows(splits).filter((row) => isRefused(row) && row.reason !== null);
  return [...Map.groupBy(rows, ({ reason }) => reason!)].map(([reason, refused]) => {
    const tests = [...Map.groupBy(refused, ({ test }) => test)].map(([test, lines]) => {
      const where = lines.map(({ split }) => split).join(", ");
      const all = lines.length === splits.length;
      return `${testWords(test, naiveFactor)} (${all ? "all splits" : `split ${where}`})`;
    });
    return `Refused: ${tests.join("; ")}: ${reason}`;
  });
}

/** The days of each split, a line per split. */
export function splitDays(splits: readonly Pick<SplitTests, "name" | "partitions">[]): string[] {
  return splits.map(({ name, partitions }) => {
    const days = Object.entries(partitions).map(
      ([partition, ranges]) => `${partition} ${ranges.map(formatRange).join(", ")}`,
    );
    return `split ${name}: ${days.join("; ")}`;
  });
}

/** What splits have in common: verdicts that rest on the same days do not repeat each other. Null if no judged day is shared. */
export function sharedDays(
  splits: readonly Pick<SplitTests, "name" | "partitions">[],
  judged: string,
): string | null {
  const ofDay = new Map<number, number>();
  for (const { partitions } of splits)
    for (const day of daysOf(partitions[judged] ?? [])) ofDay.set(day, (ofDay.get(day) ?? 0) + 1);
  const shared = [...ofDay].filter(([, times]) => times > 1).map(([day]) => day);
  if (shared.length === 0) return null;
  return `${count(shared.length, "day")} of ${judged} (${formatDay(Math.min(...shared))} to ${formatDay(Math.max(...shared))}) are in several splits: verdicts on the same days do not repeat each other.`;
}
