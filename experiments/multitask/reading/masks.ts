/**
 * Counts what `maskQualifiers` masks, over all sites that are read. A code that masks nothing is a mistake in the config or in
 * the file. Warns per code and variable.
 */
import type { SiteRecord } from "@braid/data/records";
import { count } from "braid-engine/quantities";
import { qualifierColumn, splitCodes } from "./observations.ts";

/** The number of days with each code, by variable. */
export interface CodeCount {
  add(record: SiteRecord): void;
  /** A sentence for each code that masks nothing; `header` is the header of the file. */
  findings(header: readonly string[]): string[];
}

/** Counts the codes of `variables`, and compares them with the codes to mask. */
export function countCodes(variables: readonly string[], mask: readonly string[]): CodeCount {
  const byVariable = new Map(variables.map((variable) => [variable, new Map<string, number>()]));
  let sites = 0;
  return {
    add({ texts }) {
      if (mask.length === 0) return;
      sites += 1;
      for (const [variable, codes] of byVariable)
        for (const text of texts[qualifierColumn(variable)] ?? [])
          for (const code of splitCodes(text)) if (code !== "") codes.set(code, (codes.get(code) ?? 0) + 1);
    },
    findings(header) {
      if (mask.length === 0 || sites === 0) return [];
      return [...byVariable].flatMap(([variable, codes]) =>
        header.includes(qualifierColumn(variable))
          ? mask.flatMap((code) => aboutCode(code, variable, codes, sites))
          : [withoutColumn(variable, header)],
      );
    },
  };
}

/** The message for a variable without codes; names columns that may hold them. */
function withoutColumn(variable: string, header: readonly string[]): string {
  const meant = codeColumns(variable, header);
  const instead = meant.length === 0 ? "" : ` It has ${meant.join(", ")}: rename the column.`;
  return `maskQualifiers masks nothing of ${variable}: the file has no column ${qualifierColumn(variable)}.${instead}`;
}

/** Endings of columns of codes in other programs: dataretrieval's `_cd`, and the like. */
const otherEnding = /_(cd|code|codes|qualifier|qualifiers|flag|flags|qc|qa)$/i;

/** Columns that may hold the codes of a variable: those that start with its name, else all. */
function codeColumns(variable: string, header: readonly string[]): string[] {
  const all = header.filter((column) => otherEnding.test(column) && !column.endsWith("_qualifiers"));
  const own = all.filter((column) => column.startsWith(variable));
  return own.length > 0 ? own : all;
}

const mostTold = 10;

function aboutCode(
  code: string,
  variable: string,
  codes: ReadonlyMap<string, number>,
  sites: number,
): string[] {
  const days = codes.get(code) ?? 0;
  const near = [...codes.keys()].filter((one) => one !== code);
  const printed = near.filter((one) => one !== bare(one) && bare(one) === code);
  const glued = near.filter((one) => !printed.includes(one) && isGlued(bare(one), code));
  const cased = near.filter((one) => bare(one) !== code && bare(one).toLowerCase() === code.toLowerCase());
  const why = [
    ...(printed.length === 0
      ? []
      : [
          `${printed.join(" and ")} ${printed.length === 1 ? "belongs" : "belong"} to printed lists: write the codes alone, separated by blanks`,
        ]),
    ...(glued.length === 0
      ? []
      : [
          `${quoted(glued)} ${glued.length === 1 ? "has" : "have"} it glued to another code: separate codes by blanks, or add ${glued.length === 1 ? "it" : "them"} to maskQualifiers`,
        ]),
    ...(cased.length === 0
      ? []
      : [`${quoted(cased)} differ${cased.length === 1 ? "s" : ""} by case: write it so in maskQualifiers`]),
  ];
  if (days > 0 && why.length === 0) return [];
  const at = sites === 1 ? "" : ` at ${count(sites, "site")}`;
  const occur = [...codes]
    .sort((a, b) => b[1] - a[1])
    .map(([one, times]) => `${one} (${count(times, "day")})`);
  const more = occur.length > mostTold ? ` and ${occur.length - mostTold} more` : "";
  const listed =
    occur.length === 0
      ? "no code occurs"
      : `the codes that occur: ${occur.slice(0, mostTold).join(", ")}${more}`;
  const masks =
    days === 0 ? `masks nothing of ${variable}${at}` : `masks only ${count(days, "day")} of ${variable}${at}`;
  return [`maskQualifiers: "${code}" ${masks}; ${[listed, ...why].join(". ")}.`];
}

/** A code without the brackets and quotes of a printed list. */
function bare(code: string): string {
  return code.replace(/[[\](){}'"`]/g, "");
}

/** True if each other letter of a code is a code by itself: Ae is A and e, but Ice is not Ic and e. */
function isGlued(text: string, code: string): boolean {
  const rest = text.endsWith(code)
    ? text.slice(0, -code.length)
    : text.startsWith(code)
      ? text.slice(code.length)
      : "";
  return rest !== "" && /^[APRe<>*[\]]+$/.test(rest);
}

function quoted(codes: readonly string[]): string {
  return codes.map((code) => `"${code}"`).join(", ");
}
