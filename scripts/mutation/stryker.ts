/** One run of Stryker: chosen mutants against chosen tests, with each result written at once. */
import { join, relative } from "node:path";
import type { MutantResult } from "@stryker-mutator/api/core";
import { Stryker } from "@stryker-mutator/core";
import { type Mutant, placeOf, withOnly } from "./mutants.ts";
import { append, type Verdict } from "./record.ts";
import { onResult } from "./reporter.ts";

export interface Run {
  readonly root: string;
  /** An empty folder for the changed copies of the sources. */
  readonly temporary: string;
  /** All mutants of the files, and those to test. */
  readonly all: readonly Mutant[];
  readonly open: readonly Mutant[];
  /** Globs of the tests. */
  readonly globs: readonly string[];
  /** Run all tests for each mutant, not only those that reach it. */
  readonly every: boolean;
  readonly workers: number;
  /** Their hash. */
  readonly tests: string;
  /** The file that results are appended to. */
  readonly record: string;
}

const verdicts: Readonly<Record<string, Verdict>> = {
  Killed: "killed",
  Timeout: "timeout",
  Survived: "survived",
  NoCoverage: "unreached",
  RuntimeError: "error",
  CompileError: "error",
};

/** Tests the open mutants. The tests must pass without a mutant; otherwise Stryker says which one failed. */
export async function runStryker(run: Run): Promise<void> {
  const { root, temporary, all, open, globs, every, workers } = run;
  const byPlace = new Map(open.map((mutant) => [mutant.place, mutant]));
  const faults: Error[] = [];
  onResult((result) => {
    try {
      write(run, byPlace, result);
    } catch (error) {
      // Stryker only logs what a reporter throws.
      faults.push(error as Error);
    }
  });
  process.env.BRAID_MUTATION_TESTS = JSON.stringify(globs);
  const stryker = new Stryker({
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner", join(import.meta.dirname, "reporter.ts")],
    // Not threads: some tests change the working folder.
    vitest: { configFile: "scripts/mutation/vitest.config.ts", related: !every, pool: "forks" },
    warnings: false,
    mutate: [...new Set(open.map(({ file }) => file))],
    coverageAnalysis: every ? "off" : "perTest",
    reporters: ["lines"],
    concurrency: workers,
    tempDirName: temporary,
    // Outputs of the workflow: large, and no test reads them.
    ignorePatterns: ["/exp", "/exp[!e]*", "/runs", ".braid", ".turbo", "coverage", "/api", "/npm-packages"],
    // Stryker rewrites it with the JavaScript API of TypeScript, which TypeScript 7 does not have.
    tsconfigFile: "none.json",
    disableTypeChecks: false,
    // Added to the usual time of the tests: a busy machine must not look like an endless loop.
    timeoutMS: 90_000,
    dryRunTimeoutMinutes: 30,
    cleanTempDir: "always",
    logLevel: "warn",
  } as ConstructorParameters<typeof Stryker>[0]);
  await withOnly(root, all, new Set(open.map(({ key }) => key)), () => stryker.runMutationTest());
  if (faults.length > 0) throw faults[0];
}

/** Appends one result to the record. */
function write(run: Run, byPlace: ReadonlyMap<string, Mutant>, result: MutantResult): void {
  const verdict = verdicts[result.status];
  if (verdict === undefined) return;
  const { root, tests, record } = run;
  const file = relative(root, result.fileName).replaceAll("\\", "/");
  const { start, end } = result.location;
  // Results count lines and columns from 1.
  const position = ({ line, column }: typeof start) => ({ line: line - 1, column: column - 1 });
  const at = { start: position(start), end: position(end) };
  const place = placeOf(file, at, result.mutatorName, result.replacement);
  const mutant = byPlace.get(place);
  if (mutant === undefined)
    throw new Error(`Cannot record a result: Stryker made a mutant that nobody chose, ${place}.`);
  const by = result.killedBy?.[0];
  append(record, { ...mutant, verdict, tests, ...(by && { by }) });
  console.log(`${verdict.padEnd(9)} ${mutant.file}:${mutant.line} ${mutant.mutator}`);
}
