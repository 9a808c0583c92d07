import type { SiteRecord } from "@braid/data/records";
import { describe, expect, test } from "vitest";
import { countCodes } from "./masks.ts";

/** What is found of sites whose flow has these fields of codes. */
function found(
  mask: string[],
  sites: string[][],
  header = ["q", "q_qualifiers"],
  variables = ["q"],
): string[] {
  const codes = countCodes(variables, mask);
  for (const fields of sites) codes.add({ texts: { q_qualifiers: fields } } as unknown as SiteRecord);
  return codes.findings(header);
}

describe("what maskQualifiers does not mask is told, per code and variable, with the codes that occur", () => {
  test("a code that occurs nowhere", () => {
    expect(found(["Ice", "A"], [["A", "A P", ""]])).toEqual([
      'maskQualifiers: "Ice" masks nothing of q; the codes that occur: A (2 days), P (1 day).',
    ]);
    expect(found(["Ice"], [["", ""]])).toEqual(['maskQualifiers: "Ice" masks nothing of q; no code occurs.']);
  });

  test("at no site; that some have none is no finding", () => {
    expect(found(["Ice"], [["A"], ["A", "Ice"]])).toEqual([]);
    expect(found(["Ice"], [["A"], ["A"]])).toEqual([
      'maskQualifiers: "Ice" masks nothing of q at 2 sites; the codes that occur: A (2 days).',
    ]);
  });

  test("codes that are glued together", () => {
    expect(found(["e"], [["A", "Ae", "Pe", "A"]])).toEqual([
      'maskQualifiers: "e" masks nothing of q; the codes that occur: A (2 days), Ae (1 day), Pe (1 day). "Ae", "Pe" have it glued to another code: separate codes by blanks, or add them to maskQualifiers.',
    ]);
    expect(found(["e"], [["A e", "Ae"]])).toEqual([
      'maskQualifiers: "e" masks only 1 day of q; the codes that occur: A (1 day), e (1 day), Ae (1 day). "Ae" has it glued to another code: separate codes by blanks, or add it to maskQualifiers.',
    ]);
    expect(found(["e", "Ice"], [["A e", "Ice", "A:e"]])).toEqual([]);
  });

  test("lists as Python prints them", () => {
    expect(found(["ICE"], [["['ICE', 'ESTIMATED']", ""]])).toEqual([
      `maskQualifiers: "ICE" masks nothing of q; the codes that occur: ['ICE' (1 day), 'ESTIMATED'] (1 day). ['ICE' belongs to printed lists: write the codes alone, separated by blanks.`,
    ]);
  });

  test("codes in other letters", () => {
    expect(found(["ice"], [["A Ice"]])).toEqual([
      'maskQualifiers: "ice" masks nothing of q; the codes that occur: A (1 day), Ice (1 day). "Ice" differs by case: write it so in maskQualifiers.',
    ]);
  });

  test("a variable without codes, and the column that may be meant", () => {
    const header = ["site_id", "date", "q", "q_qualifiers", "t", "t_cd"];
    expect(found(["A"], [["A"]], header, ["q", "t"])).toEqual([
      "maskQualifiers masks nothing of t: the file has no column t_qualifiers. It has t_cd: rename the column.",
    ]);
    expect(found(["A"], [["A"]], header.slice(0, 5), ["q", "t"])).toEqual([
      "maskQualifiers masks nothing of t: the file has no column t_qualifiers.",
    ]);
    expect(found(["A"], [[]], ["00060_Mean_cd", "q"], ["q"])).toEqual([
      "maskQualifiers masks nothing of q: the file has no column q_qualifiers. It has 00060_Mean_cd: rename the column.",
    ]);
  });

  test("nothing where nothing shall be masked", () => {
    expect(found([], [["A"]], ["q"])).toEqual([]);
  });
});
