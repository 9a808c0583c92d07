/**
 * The record of mutation tests: a file with one JSON line per result, appended as they come. A stopped run continues
 * where it was. A killed mutant stays killed while its file is unchanged; a survivor is run again if a test changed.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Mutant } from "./mutants.ts";

/** `error`: the tests could not run with the mutant, which says nothing about them. */
export type Verdict = "killed" | "timeout" | "survived" | "unreached" | "error";

export interface Result extends Mutant {
  readonly verdict: Verdict;
  /** Hash of the tests that ran. */
  readonly tests: string;
  /** The first test that failed. */
  readonly by?: string;
}

/** Whether tests noticed the mutant: a test failed, or never ended. */
export const isKilled = ({ verdict }: { readonly verdict: Verdict }) =>
  verdict === "killed" || verdict === "timeout";

/** Appends a result as one line. */
export function append(file: string, result: Result): void {
  appendFileSync(file, `${JSON.stringify(result)}\n`);
}

/** The last result of each mutant, by its key. A half-written last line is no result. */
export function readRecord(file: string): Map<string, Result> {
  const results = new Map<string, Result>();
  if (!existsSync(file)) return results;
  for (const line of readFileSync(file, "utf8").split("\n")) {
    try {
      const result = JSON.parse(line) as Result;
      results.set(result.key, result);
    } catch {
      // The end of a run that was killed while it wrote.
    }
  }
  return results;
}

/** Whether a mutant needs no more tests: killed before, or survived these very tests. */
export function isSettled(result: Result | undefined, tests: string): boolean {
  if (result === undefined || result.verdict === "error") return false;
  return isKilled(result) || result.tests === tests;
}
